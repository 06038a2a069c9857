// Parsed JSON (see parseJsonTexts) as a tree of lines to read.

import { isRecord, numberText } from '@/domain/json'

export interface Entry {
  readonly key: string
  readonly value: unknown
}

/** How long a list of plain values may be to stay on one line. */
const INLINE = 60

export function isBranch(value: unknown): value is unknown[] | Record<string, unknown> {
  return Array.isArray(value) || isRecord(value)
}

export function entriesOf(branch: unknown[] | Record<string, unknown>): readonly Entry[] {
  return Object.entries(branch).map(([key, value]) => ({ key, value }))
}

/** A plain value as JSON writes it; numbers as they were written. */
export function leafText(value: unknown): string {
  return numberText(value) ?? JSON.stringify(value)
}

/** The text of a value that fits on one line: plain ones, empty branches, short lists. undefined: it has to be unfolded. */
export function lineText(value: unknown): string | undefined {
  if (!isBranch(value)) return leafText(value)
  if (!Array.isArray(value)) return Object.keys(value).length === 0 ? '{}' : undefined
  if (value.length > INLINE / 2 || value.some(isBranch)) return undefined
  const text = `[${value.map(leafText).join(', ')}]`
  return text.length <= INLINE ? text : undefined
}

const HINT = 60

/** The plain members of a branch in few words, to tell it from its neighbours while it is folded. */
export function hintOf(branch: unknown[] | Record<string, unknown>): string {
  let hint = ''
  for (const { key, value } of entriesOf(branch)) {
    if (isBranch(value)) continue
    hint += `${hint === '' ? '' : ', '}${Array.isArray(branch) ? '' : `${key}: `}${leafText(value).slice(0, HINT)}`
    if (hint.length > HINT) return `${hint.slice(0, HINT)}…`
  }
  return hint
}

export interface Match {
  /** The keys that lead there. */
  readonly path: readonly string[]
  readonly value: unknown
}

interface Step extends Entry {
  readonly parent: Step | undefined
}

function pathTo(step: Step): string[] {
  const path: string[] = []
  for (let at = step; at.parent; at = at.parent) path.push(at.key)
  return path.reverse()
}

/** The entries whose key or plain value contains a text in any case, in order, at most `limit`. */
export function searchTree(root: unknown, text: string, limit: number): readonly Match[] {
  const needle = text.toLowerCase()
  const matches: Match[] = []
  const waiting: Step[] = [{ key: '', value: root, parent: undefined }]
  for (let at = waiting.pop(); at && matches.length < limit; at = waiting.pop()) {
    const { key, value, parent } = at
    const line = lineText(value)
    const isFound = key.toLowerCase().includes(needle) || (line?.toLowerCase().includes(needle) ?? false)
    if (isFound && parent) matches.push({ path: pathTo(at), value })
    if (line !== undefined || !isBranch(value)) continue
    for (const entry of entriesOf(value).toReversed()) waiting.push({ ...entry, parent: at })
  }
  return matches
}
