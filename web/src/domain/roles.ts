import { type Catalog, type Column, groupImages, isDetermined } from './catalog'

export const ROLES = ['x', 'y', 'slider'] as const
export type Role = (typeof ROLES)[number]

/** Which dimension has which role; no dimension has two. */
export type Roles = Readonly<Partial<Record<Role, string>>>

export const ROLE_NAMES: Readonly<Record<Role, string>> = {
  x: 'X axis',
  y: 'Y axis',
  slider: 'Slider',
}

export const CHECKPOINT = 'checkpoint'

export function roleOf(roles: Roles, dimension: string): Role | undefined {
  return ROLES.find((role) => roles[role] === dimension)
}

export function withRole(roles: Roles, role: Role, dimension: string | undefined): Roles {
  const rest = Object.fromEntries(
    ROLES.flatMap((each) => {
      const occupant = roles[each]
      return each === role || occupant === undefined ? [] : [[each, occupant]]
    }),
  ) as Roles
  return dimension === undefined ? rest : { ...rest, [role]: dimension }
}

/** Gives a dimension a role, or none. The dimension that had the role gets the one given up: they swap. */
export function assignRole(roles: Roles, dimension: string, role: Role | undefined): Roles {
  const former = roleOf(roles, dimension)
  if (former === role) return roles
  const occupant = role === undefined ? undefined : roles[role]
  let next = roles
  if (former !== undefined) next = withRole(next, former, occupant)
  if (role !== undefined) next = withRole(next, role, dimension)
  return next
}

export function swapAxes(roles: Roles): Roles {
  return withRole(withRole(roles, 'x', roles.y), 'y', roles.x)
}

/**
 * The dimensions worth an axis: more than one value, and none of two that tell the same. Of two that
 * determine each other, text is kept before numbers, then the earlier name. A dimension that determines
 * several others (`index` over prompts and seeds) is left out for them, and so is a number that merely counts
 * a text (`index` over `prompt_name`); else the determined one is left out. `checkpoint` stays.
 */
function independentDimensions(catalog: Catalog): Column[] {
  const candidates = [...catalog.columns.values()].filter(
    (column) => column.dimension.values.length > 1,
  )
  const determines = new Map<Column, Set<Column>>()
  for (const column of candidates) {
    const groups = groupImages(catalog, [column])
    determines.set(
      column,
      new Set(candidates.filter((other) => other !== column && isDetermined(groups, other))),
    )
  }
  const isText = (column: Column): boolean => column.dimension.type === 'string'
  const left = new Set<Column>()
  const saysMore = (one: Column, other: Column): boolean => {
    if (one.dimension.name === CHECKPOINT) return true
    if (other.dimension.name === CHECKPOINT) return false
    if (isText(one) !== isText(other)) return isText(one)
    return one.dimension.name < other.dimension.name
  }
  // Twins first, so that a composite is not counted as determining both of a pair.
  for (const column of candidates) {
    for (const other of determines.get(column) ?? []) {
      if (determines.get(other)?.has(column) && saysMore(column, other)) left.add(other)
    }
  }
  const remaining = candidates.filter((column) => !left.has(column))
  for (const column of remaining) {
    const determined = remaining.filter((other) => determines.get(column)?.has(other))
    if (determined.length === 0) continue
    const isComposite =
      determined.length > 1 ||
      determined.some((other) => other.dimension.name === CHECKPOINT) ||
      (!isText(column) && determined.some(isText))
    if (isComposite && column.dimension.name !== CHECKPOINT) left.add(column)
    else determined.forEach((other) => left.add(other))
  }
  return candidates.filter((column) => !left.has(column))
}

/** The roles of a run that nobody has arranged yet. */
export function firstView(catalog: Catalog): Roles {
  const axes = independentDimensions(catalog)
    .filter((column) => column.dimension.name !== CHECKPOINT)
    .map((column) => ({ name: column.dimension.name, count: column.dimension.values.length }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
    .slice(0, 2)
    .sort((a, b) => a.count - b.count || (a.name < b.name ? -1 : 1))
  const [x, y] = axes
  let roles: Roles = {}
  if (catalog.columns.has(CHECKPOINT)) roles = withRole(roles, 'slider', CHECKPOINT)
  if (x) roles = withRole(roles, 'x', x.name)
  if (y) roles = withRole(roles, 'y', y.name)
  return roles
}

/**
 * The roles somebody arranged, as far as this run has the dimensions; a role whose dimension is missing falls
 * back to the first view, one that was left empty stays empty.
 */
export function carryRoles(wanted: Roles, catalog: Catalog): Roles {
  let roles: Roles = {}
  for (const role of ROLES) {
    const dimension = wanted[role]
    if (dimension !== undefined && catalog.columns.has(dimension)) {
      roles = withRole(roles, role, dimension)
    }
  }
  const fallback = firstView(catalog)
  for (const role of ROLES) {
    if (wanted[role] === undefined || roles[role] !== undefined) continue
    const free = [fallback[role], fallback.x, fallback.y].find(
      (dimension) => dimension !== undefined && roleOf(roles, dimension) === undefined,
    )
    roles = withRole(roles, role, free)
  }
  return roles
}
