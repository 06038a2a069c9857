import type { Dimension, FilterMode } from '@/api/types'
import { type Roles, roleOf } from './roles'

/** Filter modes that somebody chose, by dimension; a dimension without one is hidden. */
export type Modes = ReadonlyMap<string, FilterMode>

/** Values that somebody chose, by dimension; a dimension without an entry has all of its values. */
export type Selections = ReadonlyMap<string, readonly string[]>

export const MODE_NAMES: Readonly<Record<FilterMode, string>> = {
  hide: 'Hide',
  single: 'Single',
  multi: 'Multi',
}

/** A dimension on a role is always filtered as multi; the mode chosen before returns when the role goes. */
export function effectiveMode(dimension: string, roles: Roles, modes: Modes): FilterMode {
  return roleOf(roles, dimension) === undefined ? (modes.get(dimension) ?? 'hide') : 'multi'
}

/** The values of a dimension that pass its filter, in order. */
export function passingValues(
  dimension: Dimension,
  mode: FilterMode,
  selections: Selections,
): readonly string[] {
  const selected = selections.get(dimension.name)
  if (mode === 'hide') return dimension.values
  if (mode === 'single') {
    const first = dimension.values.find((value) => selected?.includes(value)) ?? dimension.values[0]
    return first === undefined ? [] : [first]
  }
  if (selected === undefined) return dimension.values
  const chosen = new Set(selected)
  return dimension.values.filter((value) => chosen.has(value))
}

function withSelection(
  selections: Selections,
  dimension: Dimension,
  values: readonly string[],
): Selections {
  const next = new Map(selections)
  if (values.length === dimension.values.length) next.delete(dimension.name)
  else next.set(dimension.name, values)
  return next
}

export function selectAll(selections: Selections, dimension: Dimension): Selections {
  return withSelection(selections, dimension, dimension.values)
}

export function selectOnly(
  selections: Selections,
  dimension: Dimension,
  value: string,
): Selections {
  return withSelection(selections, dimension, [value])
}

/** Adds some values to those of a multi filter, or removes them. */
export function includeValues(
  selections: Selections,
  dimension: Dimension,
  values: readonly string[],
  isIncluded: boolean,
): Selections {
  const passing = new Set(passingValues(dimension, 'multi', selections))
  for (const value of values) {
    if (isIncluded) passing.add(value)
    else passing.delete(value)
  }
  return withSelection(
    selections,
    dimension,
    dimension.values.filter((each) => passing.has(each)),
  )
}

/** The values from one to another in their list, in whichever order they are named; `to` alone where it lacks `from`. */
export function valuesBetween(values: readonly string[], from: string | undefined, to: string): readonly string[] {
  const ends = [from === undefined ? -1 : values.indexOf(from), values.indexOf(to)]
  if (ends.includes(-1)) return [to]
  return values.slice(Math.min(...ends), Math.max(...ends) + 1)
}

export function isSoloed(selections: Selections, dimension: Dimension, value: string): boolean {
  const passing = passingValues(dimension, 'multi', selections)
  return dimension.values.length > 1 && passing.length === 1 && passing[0] === value
}

/** Selects only `value`; when it is the only one already, all values again. */
export function toggleSolo(
  selections: Selections,
  dimension: Dimension,
  value: string,
): Selections {
  return isSoloed(selections, dimension, value)
    ? selectAll(selections, dimension)
    : selectOnly(selections, dimension, value)
}

/**
 * What was chosen, as far as these dimensions have the values. Where none of the chosen values exists, all are
 * chosen; "none" stays none.
 */
export function carrySelections(
  selections: Selections,
  dimensions: readonly Dimension[],
): Selections {
  let next: Selections = new Map()
  for (const dimension of dimensions) {
    const selected = selections.get(dimension.name)
    if (selected === undefined) continue
    const chosen = new Set(selected)
    const kept = dimension.values.filter((value) => chosen.has(value))
    if (kept.length > 0 || selected.length === 0) next = withSelection(next, dimension, kept)
  }
  return next
}
