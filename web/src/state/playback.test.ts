import { describe, expect, it } from 'vitest'
import { nextPosition } from './playback'

describe('nextPosition', () => {
  it('goes on, begins again when looping, and ends otherwise', () => {
    expect(nextPosition(0, 3, false)).toBe(1)
    expect(nextPosition(2, 3, true)).toBe(0)
    expect(nextPosition(2, 3, false)).toBeUndefined()
    expect(nextPosition(0, 1, true)).toBeUndefined()
  })
})
