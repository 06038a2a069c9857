// The view as a URL: what a link to it has to say, so that another browser shows the same.

import type { FilterMode } from '@/api/types'
import { cellValuesOf } from '@/domain/cells'
import type { Modes, Selections } from '@/domain/filters'
import { type Roles, roleOf, ROLES, withRole } from '@/domain/roles'
import type { ChosenValues } from '@/domain/choices'

export interface Link {
  /** The id of the training run. */
  readonly run: string
  /** undefined: as the run is first shown. */
  readonly roles: Roles | undefined
  readonly modes: Modes
  readonly selections: Selections
  /** Selections that are told by what they leave out. */
  readonly excluded: Selections
  /** The values that tell which of several images the cells show. */
  readonly chosen: ChosenValues
  /** The value the master slider stands at. */
  readonly at: string | undefined
  /** By cell: the value of a slider that was moved alone. */
  readonly cells: ReadonlyMap<string, string>
  /** By role: the values of the place in the lightbox. */
  readonly open: Roles | undefined
}

const MODES: readonly FilterMode[] = ['hide', 'single', 'multi']

/** Servers refuse longer URLs; nginx takes a line of 16 KiB. */
const LONGEST = 8000

function queryOf(link: Link): URLSearchParams {
  const query = new URLSearchParams({ run: link.run })
  if (link.roles) {
    for (const role of ROLES) query.set(role, link.roles[role] ?? '')
  }
  if (link.at !== undefined) query.set('at', link.at)
  for (const [dimension, mode] of link.modes) query.set(`filter.${dimension}`, mode)
  for (const [dimension, values] of link.selections) {
    if (values.length === 0) query.append('none', dimension)
    for (const value of values) query.append(`only.${dimension}`, value)
  }
  for (const [dimension, values] of link.excluded) {
    for (const value of values) query.append(`not.${dimension}`, value)
  }
  for (const [dimension, value] of link.chosen) {
    if (value === undefined) query.append('without', dimension)
    else query.set(`show.${dimension}`, value)
  }
  for (const [cell, value] of link.cells) {
    const { x, y } = cellValuesOf(cell)
    if (x !== undefined) query.append('cell.x', x)
    if (y !== undefined) query.append('cell.y', y)
    query.append('cell.slider', value)
  }
  if (link.open) {
    query.set('open', '1')
    for (const role of ROLES) {
      const value = link.open[role]
      if (value !== undefined) query.set(`open.${role}`, value)
    }
  }
  return query
}

/** All that a link says, however long. */
function wholeLink(link: Link): string {
  return `?${queryOf(link).toString()}`
}

/**
 * `run=…&x=cfg&y=prompt_name&slider=checkpoint&at=4500`, then `filter.seed=single`, `only.seed=420` (repeated; `none=seed`
 * for none) or `not.seed=420`, `show.seed=421` (`without=seed` for the images that have no seed), `cell.x=7&cell.y=forest&
 * cell.slider=500` (repeated) for cells moved alone, and `open=1&open.x=7&…` for the lightbox. What is too long for a URL is
 * left out: first the cells, then the selections.
 */
export function writeLink(link: Link): string {
  const withoutCells = { ...link, cells: new Map() }
  const bare = { ...withoutCells, selections: new Map(), excluded: new Map() }
  const texts = [link, withoutCells, bare].map(wholeLink)
  return texts.find(({ length }) => length <= LONGEST) ?? texts.at(-1) ?? ''
}

const WITHIN_STEP = /^(at|without|open|(show|cell|open)\..*)$/s

/** Links that differ in this are steps of the history; the rest, such as the slider, changes within a step. */
export interface Step {
  readonly arrangement: string
  readonly isOpen: boolean
}

/** The step of the history that a URL stands for. */
export function stepOf(search: string): Step {
  const query = new URLSearchParams(search)
  const isOpen = query.has('open')
  for (const key of [...query.keys()]) if (WITHIN_STEP.test(key)) query.delete(key)
  query.sort()
  return { arrangement: query.toString(), isOpen }
}

/** The step that a link stands for, with what its URL is too short to say. */
export function stepOfLink(link: Link): Step {
  return stepOf(wholeLink(link))
}

function readCells(query: URLSearchParams): ReadonlyMap<string, string> {
  const cells = new Map<string, string>()
  let x: string | null = null
  let y: string | null = null
  for (const [key, value] of query) {
    if (key === 'cell.x') x = value
    if (key === 'cell.y') y = value
    if (key !== 'cell.slider') continue
    cells.set(JSON.stringify([x, y]), value)
    x = y = null
  }
  return cells
}

function readRoles(query: URLSearchParams): Roles | undefined {
  if (!ROLES.some((role) => query.has(role))) return undefined
  let roles: Roles = {}
  for (const role of ROLES) {
    const dimension = query.get(role) ?? ''
    if (dimension !== '' && roleOf(roles, dimension) === undefined) roles = withRole(roles, role, dimension)
  }
  return roles
}

function readOpen(query: URLSearchParams): Roles | undefined {
  if (!query.has('open')) return undefined
  return Object.fromEntries(
    ROLES.flatMap((role) => {
      const value = query.get(`open.${role}`)
      return value === null ? [] : [[role, value]]
    }),
  )
}

/** Reads what writeLink wrote; undefined when it names no run. What it does not know is skipped. */
export function readLink(search: string): Link | undefined {
  const query = new URLSearchParams(search)
  const run = query.get('run') ?? ''
  if (run === '') return undefined
  const modes = new Map<string, FilterMode>()
  const selections = new Map<string, string[]>(query.getAll('none').map((dimension) => [dimension, []]))
  const excluded = new Map<string, string[]>()
  const chosen = new Map<string, string | undefined>(
    query.getAll('without').map((dimension) => [dimension, undefined]),
  )
  for (const [key, value] of query) {
    const dot = key.indexOf('.')
    const dimension = key.slice(dot + 1)
    const kind = dot === -1 ? '' : key.slice(0, dot)
    const mode = MODES.find((each) => each === value)
    if (kind === 'filter' && mode) modes.set(dimension, mode)
    if (kind === 'only') selections.set(dimension, [...(selections.get(dimension) ?? []), value])
    if (kind === 'not') excluded.set(dimension, [...(excluded.get(dimension) ?? []), value])
    if (kind === 'show') chosen.set(dimension, value)
  }
  return {
    run,
    roles: readRoles(query),
    modes,
    selections,
    excluded,
    chosen,
    at: query.get('at') ?? undefined,
    cells: readCells(query),
    open: readOpen(query),
  }
}
