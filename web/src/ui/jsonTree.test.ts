import { describe, expect, it } from 'vitest'
import { parseJsonTexts } from '@/domain/json'
import { hintOf, lineText, searchTree } from './jsonTree'

const TREE = parseJsonTexts(
  '{"3": {"class_type": "KSampler", "inputs": {"seed": 18446744073709551615, "cfg": 7.0, "model": ["4", 0]}},' +
    ' "4": {"class_type": "CheckpointLoaderSimple", "inputs": {}}}',
)

describe('lineText', () => {
  it('writes numbers as they were, and short lists on one line', () => {
    expect(lineText(parseJsonTexts('["4", 0, 7.0, null]'))).toBe('["4", 0, 7.0, null]')
    expect(lineText('two\nlines')).toBe('"two\\nlines"')
    expect(lineText({})).toBe('{}')
  })

  it('unfolds what is nested or long', () => {
    expect(lineText([[1]])).toBeUndefined()
    expect(lineText(Array.from({ length: 40 }, () => 1))).toBeUndefined()
    expect(lineText({ a: 1 })).toBeUndefined()
  })
})

describe('hintOf', () => {
  it('names the plain members, as far as there is room', () => {
    expect(hintOf({ inputs: {}, class_type: 'KSampler', cfg: 7 })).toBe('class_type: "KSampler", cfg: 7')
    expect(hintOf([{}, 'a', 1])).toBe('"a", 1')
    expect(hintOf({ long: 'x'.repeat(1e6) }).length).toBeLessThan(70)
  })
})

describe('searchTree', () => {
  const paths = (text: string, limit = 10): string[] =>
    searchTree(TREE, text, limit).map(({ path }) => path.join('/'))

  it('finds keys and values in any case, in order', () => {
    expect(paths('SAMPLER')).toEqual(['3/class_type'])
    expect(paths('seed')).toEqual(['3/inputs/seed'])
    expect(paths('4467440')).toEqual(['3/inputs/seed'])
    expect(paths('class_type')).toEqual(['3/class_type', '4/class_type'])
  })

  it('stops at the limit', () => {
    expect(paths('', 3)).toHaveLength(3)
  })

  it('goes through nesting of any depth', () => {
    const depth = 20_000
    const deep = parseJsonTexts('{"a":'.repeat(depth) + '"end"' + '}'.repeat(depth))
    expect(searchTree(deep, 'nowhere', 1)).toEqual([])
  })
})
