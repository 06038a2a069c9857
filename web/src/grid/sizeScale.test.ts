import { describe, expect, it } from 'vitest'
import { MAX_CELL, MIN_CELL } from './gridWindow'
import { positionOfSize, SIZE_STEPS, sizeAt } from './sizeScale'

describe('the scale of the cells’ sizes', () => {
  it('leads from the smallest to the largest in steps of one share', () => {
    expect([sizeAt(0), sizeAt(SIZE_STEPS)]).toEqual([MIN_CELL, MAX_CELL])
    const shares = [10, 50, 99].map((position) => sizeAt(position + 1) / sizeAt(position))
    for (const share of shares) expect(share).toBeCloseTo(1.026, 2)
  })

  it('finds the position of every size it leads to, and the nearest of others', () => {
    for (let position = 0; position <= SIZE_STEPS; position++) expect(positionOfSize(sizeAt(position))).toBe(position)
    expect(positionOfSize(90)).toBe(0)
    expect(positionOfSize(5000)).toBe(SIZE_STEPS)
    expect(positionOfSize(0)).toBe(0)
  })
})
