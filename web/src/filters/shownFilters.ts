import type { Dimension, FilterMode } from '@/api/types'
import { effectiveMode, type Modes, passingValues, type Selections } from '@/domain/filters'
import { ROLE_NAMES, roleOf, type Roles, ROLES } from '@/domain/roles'
import { filterSummary } from './filterSummary'

export interface ShownFilter {
  readonly dimension: Dimension
  readonly mode: FilterMode
  /** The values that pass. */
  readonly passing: readonly string[]
  /** What the dimension is on, in words; '' for nothing. */
  readonly role: string
  readonly summary: string
  readonly isFiltering: boolean
}

/** The filters that have something to choose from, those of dimensions with a role first. */
export function shownFilters(
  dimensions: readonly Dimension[],
  roles: Roles,
  modes: Modes,
  selections: Selections,
): readonly ShownFilter[] {
  const rank = ({ name }: Dimension): number => {
    const role = roleOf(roles, name)
    return role === undefined ? ROLES.length : ROLES.indexOf(role)
  }
  return dimensions
    .filter(({ name, values }) => values.length > 1 && effectiveMode(name, roles, modes) !== 'hide')
    .sort((a, b) => rank(a) - rank(b))
    .map((dimension) => {
      const mode = effectiveMode(dimension.name, roles, modes)
      const passing = passingValues(dimension, mode, selections)
      const role = roleOf(roles, dimension.name)
      return {
        dimension,
        mode,
        passing,
        role: role === undefined ? '' : ROLE_NAMES[role],
        summary: filterSummary(dimension, mode, passing),
        isFiltering: passing.length < dimension.values.length,
      }
    })
}
