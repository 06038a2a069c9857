import type { Dimension, Image } from '@/api/types'
import { ABSENT, type Catalog, type Column, groupImages, isDetermined } from './catalog'
import { effectiveMode, type Modes, passingValues, type Selections } from './filters'
import { type Role, type Roles, ROLES, roleOf } from './roles'

/** One side of the grid, or the slider: the values that pass the filter, in order. */
export interface Axis {
  readonly dimension: Dimension
  readonly values: readonly string[]
}

/** A dimension on no role that tells apart the images of one cell, with the value chosen in it. */
export interface ChoiceValue {
  readonly dimension: string
  /** undefined: the images that have no value in this dimension. */
  readonly value: string | undefined
}

/** One way to pick a single image for every cell. */
export interface Choice {
  readonly values: readonly ChoiceValue[]
}

/** Where a cell is, by position in the axes; 0 for an axis that no dimension has. */
export interface Place {
  readonly x: number
  readonly y: number
  readonly slider: number
}

export interface ImageIndex {
  readonly x: Axis | undefined
  readonly y: Axis | undefined
  readonly slider: Axis | undefined
  /** The choices among several images for one cell, in order; one with no values when no cell has several. */
  readonly choices: readonly Choice[]
  /** Images left out because they have no value in a dimension that has a role. */
  readonly unplaced: number
  /** Images that pass the filters of the dimensions without a role and have a place. */
  readonly placed: number
  find(place: Place, choice: number): Image | undefined
}

export function axisLength(axis: Axis | undefined): number {
  return axis === undefined ? 1 : axis.values.length
}

/**
 * The dimensions without a role that distinguish images of one cell and slider position. One that follows from
 * the roles, or from the others (`index`, which counts prompts and seeds), distinguishes nothing.
 */
export function freeDimensions(catalog: Catalog, roles: Roles): readonly Column[] {
  const given = ROLES.flatMap((role) => {
    const column = roles[role] === undefined ? undefined : catalog.columns.get(roles[role])
    return column ? [column] : []
  })
  // Few values first, so that a composite of several dimensions is recognised as following from them.
  const candidates = [...catalog.columns.values()]
    .filter(({ dimension }) => roleOf(roles, dimension.name) === undefined)
    .sort(
      (a, b) =>
        a.dimension.values.length - b.dimension.values.length ||
        (a.dimension.name < b.dimension.name ? -1 : 1),
    )
  const free: Column[] = []
  for (const column of candidates) {
    if (!isDetermined(groupImages(catalog, [...given, ...free]), column)) free.push(column)
  }
  return free.sort((a, b) => (a.dimension.name < b.dimension.name ? -1 : 1))
}

interface PlacedAxis {
  readonly column: Column
  /** By code: the position among the passing values, or ABSENT. */
  readonly positions: Int32Array
  readonly axis: Axis
}

/** By code: the position among the values that pass, or ABSENT. */
function passingPositions(column: Column, passing: readonly string[]): Int32Array {
  const positions = new Int32Array(column.dimension.values.length).fill(ABSENT)
  passing.forEach((value, position) => {
    const code = column.positions.get(value)
    if (code !== undefined) positions[code] = position
  })
  return positions
}

function choiceOf(free: readonly Column[], codes: readonly number[]): Choice {
  return {
    values: free.map((column, at) => ({
      dimension: column.dimension.name,
      value: column.dimension.values[codes[at] ?? ABSENT],
    })),
  }
}

/**
 * Finds the image of a cell in O(1). Building takes O(images), plus sorting the choices. `free` comes
 * from freeDimensions with the same catalog and roles, so that a change of filters need not repeat it.
 */
export function buildIndex(
  catalog: Catalog,
  roles: Roles,
  modes: Modes,
  selections: Selections,
  free: readonly Column[],
): ImageIndex {
  const axisOf = (role: Role): PlacedAxis | undefined => {
    const column = roles[role] === undefined ? undefined : catalog.columns.get(roles[role])
    if (!column) return undefined
    const values = passingValues(column.dimension, 'multi', selections)
    return {
      column,
      positions: passingPositions(column, values),
      axis: { dimension: column.dimension, values },
    }
  }
  const x = axisOf('x')
  const y = axisOf('y')
  const slider = axisOf('slider')
  const filters = [...catalog.columns.values()].flatMap((column) => {
    const { dimension } = column
    if (roleOf(roles, dimension.name) !== undefined) return []
    const mode = effectiveMode(dimension.name, roles, modes)
    const passing = passingValues(dimension, mode, selections)
    if (passing.length === dimension.values.length) return []
    return [{ codes: column.codes, positions: passingPositions(column, passing) }]
  })
  const passes = (at: number): boolean =>
    filters.every(({ codes, positions }) => (positions[codes[at] ?? ABSENT] ?? ABSENT) !== ABSENT)

  const groups = groupImages(catalog, free)
  const passingImages: number[] = []
  const exampleOfGroup = new Map<number, number>()
  for (let at = 0; at < catalog.images.length; at++) {
    if (!passes(at)) continue
    passingImages.push(at)
    const group = groups[at] ?? 0
    if (!exampleOfGroup.has(group)) exampleOfGroup.set(group, at)
  }
  // Absent values sort last.
  const sortCode = (code: number): number => (code === ABSENT ? Number.MAX_SAFE_INTEGER : code)
  const sortedGroups = [...exampleOfGroup]
    .map(([group, example]) => ({ group, codes: free.map(({ codes }) => codes[example] ?? ABSENT) }))
    .sort((a, b) => {
      for (let i = 0; i < a.codes.length; i++) {
        const difference = sortCode(a.codes[i] ?? ABSENT) - sortCode(b.codes[i] ?? ABSENT)
        if (difference !== 0) return difference
      }
      return 0
    })
  const choiceOfGroup = new Map(sortedGroups.map(({ group }, position) => [group, position]))

  const lengths = [axisLength(x?.axis), axisLength(y?.axis), axisLength(slider?.axis)] as const
  const keyOf = (px: number, py: number, ps: number, choice: number): number =>
    ((choice * lengths[2] + ps) * lengths[1] + py) * lengths[0] + px
  const positionIn = (placed: PlacedAxis | undefined, at: number): number => {
    if (!placed) return 0
    const code = placed.column.codes[at] ?? ABSENT
    return code === ABSENT ? ABSENT : (placed.positions[code] ?? ABSENT)
  }
  const lacksRole = (at: number): boolean =>
    [x, y, slider].some((placed) => placed?.column.codes[at] === ABSENT)

  const byKey = new Map<number, number>()
  let unplaced = 0
  for (const at of passingImages) {
    const px = positionIn(x, at)
    const py = positionIn(y, at)
    const ps = positionIn(slider, at)
    if (px === ABSENT || py === ABSENT || ps === ABSENT) {
      if (lacksRole(at)) unplaced++
      continue
    }
    byKey.set(keyOf(px, py, ps, choiceOfGroup.get(groups[at] ?? 0) ?? 0), at)
  }
  return {
    x: x?.axis,
    y: y?.axis,
    slider: slider?.axis,
    choices: sortedGroups.map(({ codes }) => choiceOf(free, codes)),
    unplaced,
    placed: byKey.size,
    find(place, choice) {
      const at = byKey.get(keyOf(place.x, place.y, place.slider, choice))
      return at === undefined ? undefined : catalog.images[at]
    },
  }
}
