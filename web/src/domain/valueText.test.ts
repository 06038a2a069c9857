import { describe, expect, it } from 'vitest'
import { valueText } from './valueText'

describe('valueText', () => {
  it('leaves most values as they are, and says of one that it is empty', () => {
    expect(['4500', 'forest_portals', '日本の庭', 'a=b & c'].map(valueText)).toEqual(['4500', 'forest_portals', '日本の庭', 'a=b & c'])
    expect(valueText('')).toBe('(empty)')
  })

  it('keeps what is written from right to left from turning around the rest of the line', () => {
    expect(valueText('יער')).toBe('\u2068יער\u2069')
    expect(valueText('غابة 7')).toBe('\u2068غابة 7\u2069')
    expect(valueText('a\u202eb')).toBe('\u2068a\u202eb\u2069')
  })
})
