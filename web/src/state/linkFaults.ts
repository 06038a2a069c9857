// What a link names that a run does not have.

import type { Catalog } from '@/domain/catalog'
import { CHECKPOINT, ROLES } from '@/domain/roles'
import type { Link } from './link'

/** In words, each once: `the dimension “sampler”`, `seed 999`. */
export function unknownInLink(link: Link, { columns }: Catalog): readonly string[] {
  const found = new Set<string>()
  function checkDimension(dimension: string): void {
    if (!columns.has(dimension)) found.add(`the dimension “${dimension}”`)
  }
  function checkValue(dimension: string | undefined, value: string | undefined): void {
    if (dimension === undefined || value === undefined) return
    const column = columns.get(dimension)
    if (column && !column.dimension.values.includes(value)) found.add(`${dimension} ${value}`)
  }

  for (const dimension of [...Object.values(link.roles ?? {}), ...link.modes.keys()]) checkDimension(dimension)
  for (const [dimension, values] of [...link.selections, ...link.excluded]) {
    checkDimension(dimension)
    for (const value of values) checkValue(dimension, value)
  }
  for (const [dimension, value] of link.chosen) {
    checkDimension(dimension)
    checkValue(dimension, value)
  }
  checkValue(link.roles ? link.roles.slider : CHECKPOINT, link.at)
  for (const role of ROLES) checkValue(link.roles?.[role], link.open?.[role])
  return [...found]
}
