// The order of a dimension's values: the server's rules (common/naming/values.h) once more, for values that come while a
// run is on screen. What a scan says is in this order already.

import type { Dimension } from '@/api/types'

type ValueType = Dimension['type']

const INTEGER = /^[+-]?\d+$/
const DECIMAL = /^([+-]?)(?=\.?\d)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/
/** Larger exponents are taken for this one. */
const EXPONENT_MAX = 1_000_000

/** The type that all values have in common; `int` of none. */
export function commonType(values: Iterable<string>): ValueType {
  let type: ValueType = 'int'
  for (const value of values) {
    if (INTEGER.test(value)) continue
    if (!DECIMAL.test(value)) return 'string'
    type = 'number'
  }
  return type
}

/** By Unicode code points, which is the order of the bytes of UTF-8. */
export function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    // Units that differ: either may be half of a pair, which stands for more than any other unit.
    const left = a.charCodeAt(at)
    const right = b.charCodeAt(at)
    if (left === right) continue
    const isHalf = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff
    if (isHalf(left) !== isHalf(right)) return isHalf(left) ? 1 : -1
    return left - right
  }
  return a.length - b.length
}

/** A number as 0.DIGITS times ten to the power of `magnitude`, however many digits it has. */
interface Decimal {
  readonly isNegative: boolean
  readonly magnitude: number
  /** Neither begins nor ends with 0; empty for zero. */
  readonly digits: string
}

function readDecimal(value: string): Decimal {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(value) ?? []
  const all = whole + fraction
  const digits = all.replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  if (significant === '') return { isNegative: false, magnitude: 0, digits: '' }
  const power = Math.max(-EXPONENT_MAX, Math.min(EXPONENT_MAX, Number(exponent)))
  return {
    isNegative: sign === '-',
    magnitude: whole.length + power - (all.length - digits.length),
    digits: significant,
  }
}

function compareMagnitudes(a: Decimal, b: Decimal): number {
  if (a.digits === '' || b.digits === '') return a.digits.length - b.digits.length
  return a.magnitude - b.magnitude || compareTexts(a.digits, b.digits)
}

/** Exact, however many digits there are; equal numbers (`1`, `01`, `1.0`) by their text. */
function compareNumbers(left: string, right: string): number {
  const a = readDecimal(left)
  const b = readDecimal(right)
  if (a.isNegative !== b.isNegative) return a.isNegative ? -1 : 1
  const order = a.isNegative ? compareMagnitudes(b, a) : compareMagnitudes(a, b)
  return order || compareTexts(left, right)
}

/** Digits compare as the numbers they spell (`p2` before `p10`), all else by code points. */
function compareNatural(left: string, right: string): number {
  const parts = /\d+|\D/gu
  const a = left.match(parts) ?? []
  const b = right.match(parts) ?? []
  const isNumber = (part: string): boolean => /^\d/.test(part)
  for (let at = 0; at < a.length && at < b.length; at++) {
    const one = a[at] ?? ''
    const other = b[at] ?? ''
    const areNumbers = isNumber(one) && isNumber(other)
    const [p, q] = areNumbers ? [one.replace(/^0+/, ''), other.replace(/^0+/, '')] : [one, other]
    const order = (areNumbers ? p.length - q.length : 0) || compareTexts(p, q)
    if (order !== 0) return order
  }
  return a.length - b.length || compareTexts(left, right)
}

/** The values in the order of the type that they have in common. */
export function sortValues(values: Iterable<string>): { type: ValueType; values: string[] } {
  const list = [...values]
  const type = commonType(list)
  return { type, values: list.sort(type === 'string' ? compareNatural : compareNumbers) }
}

/** The values in the order of `known` (checkpoints: the order of the training); those it lacks come last. */
export function sortLike(values: Iterable<string>, known: readonly string[]): { type: ValueType; values: string[] } {
  const rank = new Map(known.map((value, at) => [value, at]))
  const { type, values: sorted } = sortValues(values)
  const rankOf = (value: string): number => rank.get(value) ?? known.length
  return { type, values: sorted.sort((a, b) => rankOf(a) - rankOf(b)) }
}
