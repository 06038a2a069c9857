// Selections told by what they leave out, which is shorter where most values pass.

import type { Dimension } from '@/api/types'
import type { Selections } from './filters'

export interface ToldSelections {
  /** By dimension: the values that pass. */
  readonly selections: Selections
  /** By dimension: the values that do not. */
  readonly excluded: Selections
}

/** Tells each selection by what passes or by what does not, whichever is less. */
export function tellSelections(selections: Selections, dimensions: readonly Dimension[]): ToldSelections {
  const told = { selections: new Map<string, readonly string[]>(), excluded: new Map<string, readonly string[]>() }
  for (const { name, values } of dimensions) {
    const selected = selections.get(name)
    if (selected === undefined) continue
    if (selected.length * 2 <= values.length) {
      told.selections.set(name, selected)
      continue
    }
    const passing = new Set(selected)
    told.excluded.set(name, values.filter((value) => !passing.has(value)))
  }
  return told
}

/** The selections that were told, as far as these dimensions have the values; what would leave none out or none in is skipped. */
export function heardSelections({ selections, excluded }: ToldSelections, dimensions: readonly Dimension[]): Selections {
  if (excluded.size === 0) return selections
  const heard = new Map(selections)
  for (const { name, values } of dimensions) {
    const out = new Set(excluded.get(name))
    const passing = values.filter((value) => !out.has(value))
    if (passing.length > 0 && passing.length < values.length) heard.set(name, passing)
  }
  return heard
}
