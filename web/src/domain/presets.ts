import type { FilterMode, PresetMapping } from '@/api/types'
import type { Modes } from './filters'
import { roleOf, type Roles, ROLES, withRole } from './roles'

/** What a preset stores of a view. */
export interface Arrangement {
  readonly roles: Roles
  readonly modes: Modes
}

/** For sorting: by name, without regard to case. */
export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name.localeCompare(b.name, undefined, { sensitivity: 'base' })
}

/** The modes that differ from the default, of dimensions without a role. */
function shownModes({ roles, modes }: Arrangement): [string, FilterMode][] {
  return [...modes].filter(
    ([dimension, mode]) => mode !== 'hide' && roleOf(roles, dimension) === undefined,
  )
}

export function toMapping(arrangement: Arrangement): PresetMapping {
  const shown = shownModes(arrangement)
  return {
    ...arrangement.roles,
    filter_modes: Object.fromEntries(shown),
    combos: shown.map(([dimension]) => dimension),
  }
}

export function fromMapping(mapping: PresetMapping): Arrangement {
  let roles: Roles = {}
  for (const role of ROLES) {
    const dimension = mapping[role]
    if (dimension !== undefined && roleOf(roles, dimension) === undefined) {
      roles = withRole(roles, role, dimension)
    }
  }
  const modes = new Map<string, FilterMode>(mapping.combos.map((dimension) => [dimension, 'multi']))
  for (const [dimension, mode] of Object.entries(mapping.filter_modes ?? {})) {
    modes.set(dimension, mode)
  }
  return { roles, modes }
}

/** The dimensions that a preset shows and a run with these dimensions does not have, sorted. */
export function unmatchedDimensions(
  mapping: PresetMapping,
  dimensions: readonly string[],
): readonly string[] {
  const stored = fromMapping(mapping)
  const named = new Set([
    ...ROLES.flatMap((role) => stored.roles[role] ?? []),
    ...shownModes(stored).map(([dimension]) => dimension),
  ])
  dimensions.forEach((dimension) => named.delete(dimension))
  return [...named].sort()
}

export function sameArrangement(one: Arrangement, other: Arrangement): boolean {
  if (!ROLES.every((role) => one.roles[role] === other.roles[role])) return false
  const ones = new Map(shownModes(one))
  const others = new Map(shownModes(other))
  return (
    ones.size === others.size && [...ones].every(([dimension, mode]) => others.get(dimension) === mode)
  )
}
