// The view as this browser remembers it: plain JSON, read with distrust, since an older version may have written it.

import type { FilterMode } from '@/api/types'
import type { ChosenValues } from '@/domain/choices'
import type { Modes, Selections } from '@/domain/filters'
import { isRecord } from '@/domain/json'
import { type Roles, roleOf, ROLES, withRole } from '@/domain/roles'

export interface StoredView {
  /** undefined: nobody has arranged anything. */
  readonly roles: Roles | undefined
  readonly modes: Modes
  readonly selections: Selections
  /** Selections that a link told by what they leave out. */
  readonly excluded: Selections
  /** By slider dimension: the value the master slider was left at. */
  readonly positions: ReadonlyMap<string, string>
  /** By cell: the value of a slider that was moved alone. */
  readonly cells: ReadonlyMap<string, string>
  /** The values that tell which of several images the cells show. */
  readonly chosen: ChosenValues
}

export function storeView(view: StoredView): unknown {
  return {
    roles: view.roles,
    modes: [...view.modes],
    selections: [...view.selections],
    excluded: [...view.excluded],
    positions: [...view.positions],
    cells: [...view.cells],
    chosen: [...view.chosen].map(([dimension, value]) => [dimension, value ?? null]),
  }
}

function isMode(value: unknown): value is FilterMode {
  return value === 'hide' || value === 'single' || value === 'multi'
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}

function isStringOrNull(value: unknown): value is string | null {
  return value === null || isString(value)
}

function isStringList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isString)
}

function readEntries<Value>(
  stored: unknown,
  isValue: (value: unknown) => value is Value,
): ReadonlyMap<string, Value> {
  const entries = new Map<string, Value>()
  for (const entry of Array.isArray(stored) ? (stored as unknown[]) : []) {
    if (!Array.isArray(entry)) continue
    const [key, value] = entry as unknown[]
    if (isString(key) && isValue(value)) entries.set(key, value)
  }
  return entries
}

function readRoles(stored: unknown): Roles | undefined {
  if (!isRecord(stored)) return undefined
  let roles: Roles = {}
  for (const role of ROLES) {
    const dimension = stored[role]
    if (isString(dimension) && roleOf(roles, dimension) === undefined) {
      roles = withRole(roles, role, dimension)
    }
  }
  return roles
}

export function parseView(stored: unknown): StoredView {
  const view = isRecord(stored) ? stored : {}
  return {
    roles: readRoles(view.roles),
    modes: readEntries(view.modes, isMode),
    selections: readEntries(view.selections, isStringList),
    excluded: readEntries(view.excluded, isStringList),
    positions: readEntries(view.positions, isString),
    cells: readEntries(view.cells, isString),
    chosen: new Map(
      [...readEntries(view.chosen, isStringOrNull)].map(([dimension, value]) => [dimension, value ?? undefined]),
    ),
  }
}
