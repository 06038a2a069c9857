// JSON text that keeps its numbers: 64-bit seeds have more digits than a JavaScript number, and 7.0 is not 7.

/** Strings, which are left alone, or whole numbers as JSON and Python write them. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?(?:\d[\d.eE+-]*|NaN\b|Infinity\b)/gs

/** Begins the text of a number that parseJsonTexts gives; a character for private use. */
const NUMBER_MARK = '\uE000'

function parseWith(text: string, ofNumber: (number: string) => string): unknown {
  const safe = text.replace(TOKEN, (token) => (token.startsWith('"') ? token : ofNumber(token)))
  try {
    return JSON.parse(safe)
  } catch {
    return undefined
  }
}

/** Integers that a JavaScript number would round become strings; Python's NaN and Infinity become null. */
function safeNumber(text: string): string {
  if (/^-?\d{16,}$/.test(text)) return `"${text}"`
  return /^-?[NI]/.test(text) ? 'null' : text
}

/** Parses JSON as Python writes it; undefined when it is none. Large integers are given as strings. */
export function parseJson(text: string): unknown {
  return parseWith(text, safeNumber)
}

/** The same with every number as the text that it was written as: see numberText. */
export function parseJsonTexts(text: string): unknown {
  return parseWith(text, (number) => `"${NUMBER_MARK}${number}"`)
}

/** The text of a number from parseJsonTexts; undefined for any other value. */
export function numberText(value: unknown): string | undefined {
  return typeof value === 'string' && value.startsWith(NUMBER_MARK) ? value.slice(1) : undefined
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
