import { describe, expect, it } from 'vitest'
import { formatJson, parseJson } from './json'

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

describe('formatJson', () => {
  it('indents without touching numbers, with short lists on one line', () => {
    const long = Array.from({ length: 30 }, (_, at) => at)
    expect(
      formatJson(
        `{"seed":18446744073709551615,"cfg":7.0,"none":[],"link":["3",0],"rest":[{"a":{}},${JSON.stringify(long)}]}`,
      ),
    ).toBe(
      [
        '{',
        '  "seed": 18446744073709551615,',
        '  "cfg": 7.0,',
        '  "none": [],',
        '  "link": ["3", 0],',
        '  "rest": [',
        '    {',
        '      "a": {}',
        '    },',
        '    [',
        long.map((each) => `      ${each}`).join(',\n'),
        '    ]',
        '  ]',
        '}',
      ].join('\n'),
    )
  })

  it('gives back text that is no JSON', () => {
    expect(formatJson('Steps: 20, Seed: 1')).toBe('Steps: 20, Seed: 1')
  })
})
