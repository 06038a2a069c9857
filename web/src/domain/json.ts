// JSON text that keeps its numbers: 64-bit seeds have more digits than a JavaScript number.

type Token = { readonly kind: 'string' | 'literal' | 'mark'; readonly text: string }

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+|"/gs

function* tokens(text: string): Generator<Token> {
  for (const [found] of text.matchAll(TOKEN)) {
    if (found.startsWith('"')) yield { kind: 'string', text: found }
    else if ('{}[],:'.includes(found)) yield { kind: 'mark', text: found }
    else yield { kind: 'literal', text: found }
  }
}

/** Integers that a JavaScript number would round become strings; Python's NaN and Infinity become null. */
function safeLiteral(text: string): string {
  if (/^-?\d{16,}$/.test(text)) return `"${text}"`
  return /^-?(NaN|Infinity)$/.test(text) ? 'null' : text
}

/** Parses JSON as Python writes it; undefined when it is none. Large integers are given as strings. */
export function parseJson(text: string): unknown {
  let safe = ''
  for (const token of tokens(text)) {
    safe += token.kind === 'literal' ? safeLiteral(token.text) : token.text
  }
  try {
    return JSON.parse(safe)
  } catch {
    return undefined
  }
}

/** How long a list of plain values may be to stay on one line. */
const INLINE = 60

/** The list of plain values that begins at `start`, on one line; undefined when it is none, or too long. */
function inlineList(list: readonly Token[], start: number): { text: string; end: number } | undefined {
  let text = '['
  for (let at = start + 1; at < list.length && text.length < INLINE; at++) {
    const token = list[at]
    if (token?.kind !== 'mark') text += token?.text ?? ''
    else if (token.text === ',') text += ', '
    else return token.text === ']' ? { text: text + ']', end: at } : undefined
  }
  return undefined
}

/** JSON text with one member a line and short lists on one; text that is no JSON is given back as it is. */
export function formatJson(text: string): string {
  if (parseJson(text) === undefined) return text
  const list = [...tokens(text)]
  let depth = 0
  let out = ''
  let isOpened = false
  const newLine = (): string => '\n' + '  '.repeat(depth)
  for (let at = 0; at < list.length; at++) {
    const token = list[at]
    if (!token) break
    const isMark = token.kind === 'mark'
    if (isMark && (token.text === '}' || token.text === ']')) {
      depth--
      out += (isOpened ? '' : newLine()) + token.text
      isOpened = false
      continue
    }
    if (isOpened) out += newLine()
    isOpened = false
    const inline = isMark && token.text === '[' ? inlineList(list, at) : undefined
    if (inline) {
      out += inline.text
      at = inline.end
    } else if (isMark && (token.text === '{' || token.text === '[')) {
      depth++
      isOpened = true
      out += token.text
    } else if (isMark) {
      out += token.text === ':' ? ': ' : ',' + newLine()
    } else {
      out += token.text
    }
  }
  return out
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
