import type { Choice } from './imageIndex'
import { valueText } from './valueText'

/** The values that somebody stepped to, by dimension. */
export type ChosenValues = ReadonlyMap<string, string | undefined>

/** The position of the first choice that agrees with what was chosen; 0 when none does. */
export function choicePosition(choices: readonly Choice[], chosen: ChosenValues): number {
  const found = choices.findIndex(({ values }) =>
    values.every(({ dimension, value }) => !chosen.has(dimension) || chosen.get(dimension) === value),
  )
  return Math.max(0, found)
}

/** One choice further or back, round the ends. */
export function stepChoice(choices: readonly Choice[], position: number, by: number): ChosenValues {
  const next = choices[(position + by + choices.length) % choices.length]
  return new Map(next?.values.map(({ dimension, value }) => [dimension, value]))
}

export function describeChoice(choice: Choice | undefined): string {
  return (choice?.values ?? [])
    .map(({ dimension, value }) => `${valueText(dimension)} ${value === undefined ? 'none' : valueText(value)}`)
    .join(' · ')
}
