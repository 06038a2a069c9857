import { describe, expect, it } from 'vitest'
import { differences, listFields, searchFields } from './fields'

describe('listFields', () => {
  it('orders naturally, nested JSON last, which it tells from text in brackets', () => {
    const fields = listFields({ ss_10: '7', ss_9: '{"a": 1}', ss_11: '[not json' })
    expect(fields.map(({ key, isNested }) => [key, isNested])).toEqual([
      ['ss_10', false],
      ['ss_11', false],
      ['ss_9', true],
    ])
  })
})

describe('searchFields', () => {
  it('looks at keys and values in any case', () => {
    const fields = listFields({ ss_optimizer: 'AdamW8bit', ss_steps: '4500' })
    expect(searchFields(fields, ' adamw ').map(({ key }) => key)).toEqual(['ss_optimizer'])
    expect(searchFields(fields, 'STEPS').map(({ key }) => key)).toEqual(['ss_steps'])
    expect(searchFields(fields, '')).toHaveLength(2)
  })
})

describe('differences', () => {
  it('names only the keys that differ, also those that one lacks', () => {
    expect(
      differences({ ss_steps: '500', ss_seed: '1', ss_note: 'x' }, { ss_steps: '1000', ss_seed: '1', ss_new: '' }),
    ).toEqual([
      { key: 'ss_new', one: undefined, other: '' },
      { key: 'ss_note', one: 'x', other: undefined },
      { key: 'ss_steps', one: '500', other: '1000' },
    ])
  })

  it('goes into nested JSON and does not mind how it is written', () => {
    expect(
      differences(
        { a: '{"x": [1, {"n": 2}], "same": 1}', b: '{"k": 1, "l": 2}' },
        { a: '{"same": 1, "x": [1, {"n": 3}, 4]}', b: '{ "l": 2, "k": 1 }' },
      ),
    ).toEqual([
      { key: 'a › x › 1 › n', one: '2', other: '3' },
      { key: 'a › x › 2', one: undefined, other: '4' },
    ])
  })

  it('sees a list become an object, and a key by any name', () => {
    expect(differences({ a: '[1]' }, { a: '{"0": 1}' })).toEqual([{ key: 'a', one: '[1]', other: '{0: 1}' }])
    expect(differences({ constructor: '1' }, {})).toEqual([{ key: 'constructor', one: '1', other: undefined }])
  })
})
