/** Letters written from right to left, and signs that change the direction. */
const TURNS = /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u
/** Between these, a text has a direction of its own and leaves that of what is around it alone. */
const ISOLATE = '\u2068'
const END_OF_ISOLATE = '\u2069'

/** A value, or a dimension's name, within a line for people: an empty one is said, and none turns around what follows it. */
export function valueText(value: string): string {
  if (value === '') return '(empty)'
  return TURNS.test(value) ? `${ISOLATE}${value}${END_OF_ISOLATE}` : value
}
