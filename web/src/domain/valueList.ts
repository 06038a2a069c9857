// Lists of numbers as people type them: `1, 2, .., 10`, `420-423`, `1.0-3.0 step 0.5`. Values are decimal text and
// arithmetic is exact: a seed has up to 20 digits, and 0.1 + 0.2 is 0.3.

export interface NumberRule {
  /** What one value is called: `seed`. */
  readonly noun: string
  readonly min: string
  readonly max: string
  /** How many digits may follow the point. */
  readonly decimals: number
  /** How many values a list may have. */
  readonly most: number
}

export type ParsedValues = { readonly values: readonly string[] } | { readonly fault: string }

type Token =
  | { readonly kind: 'number'; readonly text: string; readonly units: bigint; readonly isWhole: boolean }
  | { readonly kind: 'range'; /** Commas or spaces stand before it, as in `1, 2, .., 10`. */ readonly isApart: boolean }
  | { readonly kind: 'step' }

class Refusal extends Error {}

const TOKEN = /(?<space>[\s,;]+)|(?<number>\d+(?:\.\d+)?|\.\d+)|(?<range>\.\.|-)|(?<step>step|by)\b|(?<other>[^\s,;]+)/giy

function toUnits(text: string, { noun, decimals }: NumberRule): bigint {
  const [whole = '', fraction = ''] = text.split('.')
  const digits = fraction.replace(/0+$/, '')
  if (digits.length > decimals) {
    throw new Refusal(
      decimals === 0
        ? `${text} is no whole number, as a ${noun} must be.`
        : `${text} has more than ${decimals} digits after the point.`,
    )
  }
  return BigInt(whole + digits.padEnd(decimals, '0') || '0')
}

function toText(units: bigint, decimals: number): string {
  const digits = units.toString().padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals)
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '')
  return fraction === '' ? whole : `${whole}.${fraction}`
}

function tokensOf(text: string, rule: NumberRule): Token[] {
  const plain = text.replaceAll(/\.{3}|…/g, '..').replaceAll(/[–—−]/g, '-')
  const tokens: Token[] = []
  let isApart = true
  for (const { groups } of plain.matchAll(TOKEN)) {
    if (groups?.number !== undefined) {
      const units = toUnits(groups.number, rule)
      tokens.push({ kind: 'number', text: groups.number, units, isWhole: !groups.number.includes('.') })
    } else if (groups?.range !== undefined) {
      // `1, -3` is no range.
      if (groups.range === '-' && isApart) throw new Refusal(`A ${rule.noun} is at least ${rule.min}.`)
      tokens.push({ kind: 'range', isApart })
    }
    else if (groups?.step !== undefined) tokens.push({ kind: 'step' })
    else if (groups?.other !== undefined) throw new Refusal(`“${groups.other}” is not a number.`)
    isApart = groups?.space?.includes(',') ?? false
  }
  return tokens
}

/** The values from `first` on by `step`, as far as they do not pass `last`. */
function progression(first: bigint, last: bigint, step: bigint, { noun, most }: NumberRule): bigint[] {
  const count = (last - first) / step + 1n
  if (count > BigInt(most)) {
    throw new Refusal(`That would be ${count.toLocaleString('en')} ${noun}s; a list has at most ${most}.`)
  }
  return Array.from({ length: Number(count) }, (_, at) => first + BigInt(at) * step)
}

function expand(tokens: readonly Token[], rule: NumberRule): bigint[] {
  const values: bigint[] = []
  let at = 0
  /** How many of the last numbers were written by themselves, rather than as the end of a range. */
  let singles = 0

  function number(after: string): Extract<Token, { kind: 'number' }> {
    const token = tokens[at]
    if (token?.kind !== 'number') throw new Refusal(`A number is missing ${after}.`)
    at++
    return token
  }

  while (at < tokens.length) {
    const token = tokens[at]
    if (token?.kind === 'step') throw new Refusal('“step” belongs after a range, as in 1-9 step 2.')
    if (token?.kind !== 'range') {
      values.push(number('at the end').units)
      singles++
      continue
    }
    at++
    const first = values.at(-1)
    if (first === undefined || singles === 0) throw new Refusal('A range needs a number before it, as in 420-423.')
    const before = token.isApart && singles > 1 ? values.at(-2) : undefined
    const last = number('after the range')
    let step: bigint
    if (tokens[at]?.kind === 'step') {
      at++
      step = number('after “step”').units
      if (step === 0n) throw new Refusal('The step must not be 0.')
      if (last.units < first) step = -step
    } else if (before === undefined) {
      const unit = 10n ** BigInt(rule.decimals)
      if (!last.isWhole || first % unit !== 0n) {
        throw new Refusal('Say the step between decimals, as in 1.0-3.0 step 0.5.')
      }
      step = last.units < first ? -unit : unit
    } else {
      step = first - before
      if (step === 0n || (last.units - first) / step < 0n) {
        throw new Refusal(`${last.text} is not on the way from one to the next of the numbers before “..”.`)
      }
    }
    values.push(...progression(first, last.units, step, rule).slice(1))
    singles = 0
  }
  return values
}

/** What was typed, as canonical decimal text; or why it is refused. `existing`: what is in the list already. */
export function parseValues(text: string, rule: NumberRule, existing: readonly string[] = []): ParsedValues {
  const { noun, decimals } = rule
  try {
    const values = expand(tokensOf(text, rule), rule)
    const [min, max] = [toUnits(rule.min, rule), toUnits(rule.max, rule)]
    const seen = new Set(existing)
    for (const units of values) {
      const value = toText(units < 0n ? -units : units, decimals)
      if (units < min) throw new Refusal(`A ${noun} is at least ${rule.min}.`)
      if (units > max) throw new Refusal(`${value} is too much: a ${noun} is at most ${rule.max}.`)
      if (seen.has(value)) {
        throw new Refusal(existing.includes(value) ? `${value} is in the list already.` : `${value} occurs twice.`)
      }
      seen.add(value)
    }
    if (seen.size > rule.most) {
      throw new Refusal(`That would be ${seen.size.toLocaleString('en')} ${noun}s; a list has at most ${rule.most}.`)
    }
    return { values: values.map((units) => toText(units, decimals)) }
  } catch (thrown) {
    if (thrown instanceof Refusal) return { fault: thrown.message }
    throw thrown
  }
}

/** `1, 2, 3 … 10`: enough of a list to see what it is. */
export function abridged(values: readonly string[], shown = 5): string {
  const last = values.at(-1)
  if (values.length <= shown || last === undefined) return values.join(', ')
  return `${values.slice(0, shown - 1).join(', ')} … ${last}`
}
