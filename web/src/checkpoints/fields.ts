// What two checkpoints' files say, compared; and what of it contains a text.

import { parseJsonTexts } from '@/domain/json'
import { entriesOf, isBranch, leafText } from '@/ui/jsonTree'

/** Metadata as the file has it: values are text, some of it JSON. */
export type Fields = Readonly<Record<string, string>>

export interface Field {
  readonly key: string
  readonly value: string
  /** The value is a JSON list or object. */
  readonly isNested: boolean
}

function parseNested(value: string): unknown {
  return /^\s*[[{]/.test(value) ? parseJsonTexts(value) : undefined
}

/** The fields in natural order of their keys; nested ones, which may be long, after the others. */
export function listFields(fields: Fields): readonly Field[] {
  const all = Object.entries(fields)
    .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([key, value]) => ({ key, value, isNested: isBranch(parseNested(value)) }))
  return [...all.filter(({ isNested }) => !isNested), ...all.filter(({ isNested }) => isNested)]
}

/** Those whose key or value contains a text, in any case. */
export function searchFields(fields: readonly Field[], text: string): readonly Field[] {
  const needle = text.trim().toLowerCase()
  return fields.filter(
    ({ key, value }) => key.toLowerCase().includes(needle) || value.toLowerCase().includes(needle),
  )
}

export interface Difference {
  /** The key, with the keys inside of its JSON: `ss_datasets › 0 › num_repeats`. */
  readonly key: string
  /** undefined: the file has no such key. */
  readonly one: string | undefined
  readonly other: string | undefined
}

const SEPARATOR = ' › '

/** A value as text; nested ones on one line. */
function textOf(value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (Array.isArray(value)) return `[${value.map(textOf).join(', ')}]`
  if (isBranch(value)) return `{${entriesOf(value).map((entry) => `${entry.key}: ${textOf(entry.value)}`).join(', ')}}`
  return leafText(value)
}

function compare(key: string, one: unknown, other: unknown, into: Difference[]): void {
  if (isBranch(one) && isBranch(other) && Array.isArray(one) === Array.isArray(other)) {
    const ones = new Map(entriesOf(one).map((entry) => [entry.key, entry.value]))
    const others = new Map(entriesOf(other).map((entry) => [entry.key, entry.value]))
    for (const name of new Set([...ones.keys(), ...others.keys()])) {
      compare(`${key}${SEPARATOR}${name}`, ones.get(name), others.get(name), into)
    }
    return
  }
  const texts = [textOf(one), textOf(other)] as const
  if (texts[0] !== texts[1]) into.push({ key, one: texts[0], other: texts[1] })
}

/** The keys in which two files differ; of nested JSON only what differs inside of it. */
export function differences(one: Fields, other: Fields): readonly Difference[] {
  const found: Difference[] = []
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])]
  for (const key of keys.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))) {
    const values = [one, other].map((fields) => (Object.hasOwn(fields, key) ? fields[key] : undefined))
    if (values[0] === values[1]) continue
    const nested = values.map((value) => (value === undefined ? undefined : parseNested(value)))
    if (isBranch(nested[0]) && isBranch(nested[1])) compare(key, nested[0], nested[1], found)
    else found.push({ key, one: values[0], other: values[1] })
  }
  return found
}

/** Those whose key or one of whose values contains a text, in any case. */
export function searchDifferences(found: readonly Difference[], text: string): readonly Difference[] {
  const needle = text.trim().toLowerCase()
  return found.filter(({ key, one, other }) =>
    [key, one, other].some((each) => each?.toLowerCase().includes(needle)),
  )
}
