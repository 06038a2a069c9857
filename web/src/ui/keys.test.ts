import { describe, expect, it } from 'vitest'
import { chordOf } from './keys'

const PLAIN = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false }

describe('chordOf', () => {
  it('names modifiers of named keys', () => {
    expect(chordOf({ ...PLAIN, key: 'ArrowUp', shiftKey: true })).toBe('Shift+ArrowUp')
    expect(chordOf({ ...PLAIN, key: 'ArrowLeft', ctrlKey: true })).toBe('Ctrl+ArrowLeft')
    expect(chordOf({ ...PLAIN, key: 'ArrowLeft', metaKey: true })).toBe('Ctrl+ArrowLeft')
  })

  it('leaves Shift out where it only makes the character', () => {
    expect(chordOf({ ...PLAIN, key: '?', shiftKey: true })).toBe('?')
    expect(chordOf({ ...PLAIN, key: '0', ctrlKey: true })).toBe('Ctrl+0')
  })
})
