import { describe, expect, it } from 'vitest'
import { numberText, parseJson, parseJsonTexts } from './json'

describe('parseJson', () => {
  it('keeps every digit of a 64-bit seed', () => {
    expect(parseJson('{"seed": 18446744073709551615, "steps": 20}')).toEqual({
      seed: '18446744073709551615',
      steps: 20,
    })
  })

  it('reads what Python writes for what is no number', () => {
    expect(parseJson('[NaN, -Infinity, 1e-3]')).toEqual([null, null, 0.001])
  })

  it('leaves strings alone that look like numbers or structure', () => {
    expect(parseJson('{"a": "NaN {1234567890123456789} \\" , ["}')).toEqual({
      a: 'NaN {1234567890123456789} " , [',
    })
  })

  it('is undefined for what is not JSON', () => {
    expect(parseJson('{"a": 1 "}')).toBeUndefined()
    expect(parseJson('{"a": tru')).toBeUndefined()
    expect(parseJson('')).toBeUndefined()
  })

  it('reads a string of several megabytes', () => {
    const long = 'x\\n'.repeat(1_500_000)
    expect(parseJson(`["${long}"]`)).toEqual(['x\n'.repeat(1_500_000)])
  })
})

describe('parseJsonTexts', () => {
  it('keeps numbers as they were written, and strings apart from them', () => {
    const parsed = parseJsonTexts('{"seed": 18446744073709551615, "cfg": 7.0, "x": [NaN, -1e-3], "s": "7.0"}')
    expect(parsed).toMatchObject({ s: '7.0' })
    const { seed, cfg, x, s } = parsed as Record<string, unknown>
    expect([seed, cfg, ...(x as unknown[]), s].map(numberText)).toEqual([
      '18446744073709551615',
      '7.0',
      'NaN',
      '-1e-3',
      undefined,
    ])
  })

  it('is undefined for what is not JSON', () => {
    expect(parseJsonTexts('Steps: 20, Seed: 1')).toBeUndefined()
  })
})
