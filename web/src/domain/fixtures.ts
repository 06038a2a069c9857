// Scans for tests, made from lists of values.

import type { Dimension, Image, Scan } from '@/api/types'

export function dimension(name: string, ...values: string[]): Dimension {
  const type = values.every((value) => /^-?\d+$/.test(value)) ? 'int' : 'string'
  return { name, type, values }
}

export function image(dimensions: Record<string, string>): Image {
  return { relative_path: `${JSON.stringify(dimensions)}.png`, dimensions, version: '1' }
}

/** Dimensions in name order with values in the order of their first appearance. */
export function scanOf(images: readonly Record<string, string>[]): Scan {
  const values = new Map<string, Set<string>>()
  for (const each of images) {
    for (const [name, value] of Object.entries(each)) {
      values.set(name, (values.get(name) ?? new Set()).add(value))
    }
  }
  return {
    images: images.map(image),
    dimensions: [...values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, set]) => dimension(name, ...set)),
    skipped: [],
    skipped_count: 0,
  }
}

/** Every combination of the values. */
export function combinations(axes: Record<string, readonly string[]>): Record<string, string>[] {
  return Object.entries(axes).reduce<Record<string, string>[]>(
    (partial, [name, values]) =>
      partial.flatMap((each) => values.map((value) => ({ ...each, [name]: value }))),
    [{}],
  )
}
