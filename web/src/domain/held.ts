// What nobody chose: derived from a run's images when the run is shown, and held while images come and go. Else the next
// image could swap the axes, move the slider to a new last checkpoint, or show another seed in every cell. Each function takes
// what it gave last, and gives the same object where nothing has changed.

import type { Dimension } from '@/api/types'
import type { Catalog } from './catalog'
import { choicePosition, type ChosenValues } from './choices'
import type { Modes, Selections } from './filters'
import type { Axis, Choice } from './imageIndex'
import { defaultPosition } from './positions'
import { carryRoles, firstView, roleOf, type Roles, ROLES, withRole } from './roles'

type Run = string | undefined

export interface HeldRoles {
  readonly run: Run
  readonly wanted: Roles | undefined
  readonly roles: Roles
  /** There was nothing to compare yet when the run was shown: axes are found as images come. */
  readonly isOpen: boolean
}

/** Which dimension has which role. Unless X and Y were vacant when the run was shown, images that come change none. */
export function holdRoles(
  before: HeldRoles | undefined,
  run: Run,
  wanted: Roles | undefined,
  catalog: Catalog | undefined,
): HeldRoles {
  if (!catalog) return { run: undefined, wanted, roles: {}, isOpen: true }
  const isHeld = before?.run === run && before?.wanted === wanted
  if (before && isHeld && !before.isOpen) return before
  const derived = wanted ? carryRoles(wanted, catalog) : firstView(catalog)
  let roles = before && isHeld ? before.roles : derived
  for (const role of ROLES) {
    if (roles[role] !== undefined || derived[role] === undefined) continue
    const candidates = role === 'slider' ? [derived.slider] : [derived[role], derived.x, derived.y]
    roles = withRole(roles, role, candidates.find((each) => each !== undefined && roleOf(roles, each) === undefined))
  }
  const isBare = roles.x === undefined && roles.y === undefined
  const isWhole = roles.x !== undefined && roles.y !== undefined
  return { run, wanted, roles, isOpen: isBare || (isHeld && !isWhole) }
}

export interface HeldSingles {
  readonly run: Run
  /** By dimension with a single filter in which nobody chose: the value that it shows. */
  readonly values: ReadonlyMap<string, string>
  /** Those that somebody made, and where needed those that hold a single filter where it is. */
  readonly selections: Selections
}

/** A single filter in which nobody chose shows the first value, and goes on to when another one comes before it. */
export function holdSingles(
  before: HeldSingles | undefined,
  run: Run,
  dimensions: readonly Dimension[],
  modes: Modes,
  selections: Selections,
): HeldSingles {
  const values = new Map<string, string>()
  const held = new Map(selections)
  for (const { name, values: present } of dimensions) {
    if (modes.get(name) !== 'single' || selections.has(name)) continue
    const kept = before?.run === run ? before?.values.get(name) : undefined
    const value = kept !== undefined && present.includes(kept) ? kept : present[0]
    if (value === undefined) continue
    values.set(name, value)
    if (value !== present[0]) held.set(name, [value])
  }
  return { run, values, selections: held.size === selections.size ? selections : held }
}

export interface HeldValue {
  readonly run: Run
  readonly dimension: string | undefined
  /** Where the slider stands; undefined when it has no values. */
  readonly value: string | undefined
}

/** The value a slider stands at. One that nobody has moved stays where it was first shown. */
export function holdValue(
  before: HeldValue | undefined,
  run: Run,
  axis: Axis | undefined,
  chosen: string | undefined,
): HeldValue {
  const dimension = axis?.dimension.name
  const isHeld = before?.run === run && before?.dimension === dimension
  const kept = before && isHeld && before.value !== undefined && axis?.dimension.values.includes(before.value)
  const value = chosen ?? (kept ? before.value : axis?.values[defaultPosition(axis)])
  return before && isHeld && before.value === value ? before : { run, dimension, value }
}

export interface HeldChoice {
  readonly run: Run
  readonly chosenBy: readonly unknown[]
  /** The dimensions that there were. */
  readonly known: ReadonlySet<string>
  /** The values of the images that the cells show. */
  readonly values: ChosenValues
  /** The position among the choices. */
  readonly position: number
}

export interface ChoiceInput {
  readonly run: Run
  readonly catalog: Catalog | undefined
  readonly choices: readonly Choice[]
  readonly chosen: ChosenValues
  /** What else decides which choices there are; with a change of these the choice is made anew. */
  readonly chosenBy: readonly unknown[]
}

/**
 * Which of several images the cells show. While images come it stays with the values that it has: in dimensions that had one
 * value until now, that one; in dimensions that come, none.
 */
export function holdChoice(before: HeldChoice | undefined, input: ChoiceInput): HeldChoice {
  const { run, catalog, choices, chosen, chosenBy } = input
  const dimensions = catalog?.dimensions ?? []
  const isHeld = before?.run === run && before?.chosenBy.every((each, at) => each === chosenBy[at])
  const held = new Map<string, string | undefined>(before && isHeld ? before.values : [])
  for (const { name } of dimensions) if (before && isHeld && !before.known.has(name)) held.set(name, undefined)

  const preferred = new Map([...held, ...chosen])
  const matches = ({ values }: Choice): boolean =>
    values.every(({ dimension, value }) => !preferred.has(dimension) || preferred.get(dimension) === value)
  const found = choices.findIndex(matches)
  const position = found === -1 ? choicePosition(choices, chosen) : found

  for (const { dimension, value } of choices[position]?.values ?? []) held.set(dimension, value)
  for (const { name, values } of dimensions) {
    if (values.length === 1 && !held.has(name)) held.set(name, values[0])
  }
  return { run, chosenBy, known: new Set(dimensions.map(({ name }) => name)), values: held, position }
}
