// Prompts as a list of names and texts; the name becomes part of a file's name and the value of a dimension.

export interface Prompt {
  readonly name: string
  readonly text: string
}

/** Words of a prompt that make a name. */
const WORDS = 3
const NAME_LENGTH = 40
/** `name: text` or `name<tab>text`; a sentence with a colon in it is no name. */
const NAMED_LINE = /^(?<name>[^\s:][^:\t]{0,38}?)\s*(?::\s+|\t\s*)(?<text>\S.*)$/

const folded = (name: string): string => name.trim().toLowerCase()

/** `name`, or `name 2`, `name 3` …, so that it is none of `taken`, whatever their case. */
export function uniqueName(name: string, taken: Iterable<string>): string {
  const names = new Set([...taken].map(folded))
  if (!names.has(folded(name))) return name
  const stem = name.replace(/ \d+$/, '')
  let count = 2
  while (names.has(folded(`${stem} ${count}`))) count++
  return `${stem} ${count}`
}

/** A short name from a prompt's first words: `a_misty_forest`. */
export function nameFrom(text: string): string {
  const words = text
    .toLowerCase()
    .normalize('NFC')
    .match(/[\p{L}\p{N}]+/gu)
  return words?.slice(0, WORDS).join('_').slice(0, NAME_LENGTH) ?? 'prompt'
}

/** One prompt a line; a line may begin with its name: `forest: a misty forest`. */
export function parsePromptLines(text: string, taken: Iterable<string> = []): Prompt[] {
  const names = [...taken]
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const groups = NAMED_LINE.exec(line)?.groups
      const isNamed = groups?.name !== undefined && groups.name.trim().split(/\s+/).length <= WORDS
      const body = isNamed ? (groups.text ?? line) : line
      const name = uniqueName(isNamed ? (groups.name ?? '') : nameFrom(body), names)
      names.push(name)
      return { name, text: body }
    })
}

/** The same list with one entry at another place. */
export function moved<Entry>(list: readonly Entry[], from: number, to: number): Entry[] {
  const result = [...list]
  const target = Math.max(0, Math.min(list.length - 1, to))
  result.splice(target, 0, ...result.splice(from, 1))
  return result
}
