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

/** JSON text with one member a line; text that is no JSON is given back as it is. */
export function formatJson(text: string): string {
  if (parseJson(text) === undefined) return text
  let depth = 0
  let out = ''
  let opened = false
  const newLine = (): string => '\n' + '  '.repeat(depth)
  for (const token of tokens(text)) {
    if (token.kind === 'mark' && (token.text === '}' || token.text === ']')) {
      depth--
      out += (opened ? '' : newLine()) + token.text
      opened = false
      continue
    }
    if (opened) out += newLine()
    opened = false
    if (token.kind === 'mark') {
      if (token.text === '{' || token.text === '[') {
        depth++
        opened = true
        out += token.text
      } else {
        out += token.text === ':' ? ': ' : ',' + newLine()
      }
    } else {
      out += token.text
    }
  }
  return out
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
