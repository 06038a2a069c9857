import { describe, expect, it } from 'vitest'
import { dimension } from '@/domain/fixtures'
import type { Axis } from '@/domain/imageIndex'
import { fitCellWidth, pushedBy, restoredBy, visibleSpan } from './gridWindow'

describe('visibleSpan', () => {
  it('covers exactly the tracks in sight, and the margin', () => {
    expect(visibleSpan(250, 300, 100, 50, 0)).toEqual({ start: 2, end: 6 })
    expect(visibleSpan(250, 300, 100, 50, 1)).toEqual({ start: 1, end: 7 })
  })

  it('stays within the grid before, at and behind its ends', () => {
    expect(visibleSpan(-500, 300, 100, 50, 1)).toEqual({ start: 0, end: 0 })
    expect(visibleSpan(4900, 300, 100, 50, 1)).toEqual({ start: 48, end: 50 })
    expect(visibleSpan(99_999, 300, 100, 50, 1)).toEqual({ start: 50, end: 50 })
    expect(visibleSpan(0, 300, 100, 0, 1)).toEqual({ start: 0, end: 0 })
  })

  it('stays small in a grid of any size', () => {
    const { start, end } = visibleSpan(1_000_000, 1000, 250, 100_000, 1)
    expect(end - start).toBeLessThan(8)
  })
})

describe('fitCellWidth', () => {
  it('lets all columns fit, within limits', () => {
    expect(fitCellWidth(1000, 4, 1000)).toBe(250)
    expect(fitCellWidth(1000, 40, 1000)).toBe(160)
    expect(fitCellWidth(1000, 1, 1000)).toBe(720)
  })
})

const axis = (name: string, ...values: string[]): Axis => ({ dimension: dimension(name, ...values), values })

describe('restoredBy', () => {
  it('follows a value that was alone to its place among all', () => {
    expect(restoredBy(axis('seed', '4'), axis('seed', '2', '4', '6'), 100)).toBe(100)
    expect(restoredBy(axis('seed', '4'), axis('cfg', '2', '4', '6'), 100)).toBe(0)
    expect(restoredBy(axis('seed', '4', '6'), axis('seed', '2', '4', '6'), 100)).toBe(0)
    expect(restoredBy(undefined, axis('seed', '2'), 100)).toBe(0)
  })
})

describe('pushedBy', () => {
  const before = axis('seed', '2', '4', '6')

  it('follows the first track in sight', () => {
    expect(pushedBy(before, axis('seed', '1', '2', '3', '4', '5', '6'), 150, 100)).toBe(200)
    expect(pushedBy(before, axis('seed', '2', '4', '6', '8'), 150, 100)).toBe(0)
  })

  it('stays at the beginning, and where another dimension or none comes', () => {
    expect(pushedBy(before, axis('seed', '1', '2', '4', '6'), 0, 100)).toBe(0)
    expect(pushedBy(before, axis('cfg', '1', '2', '4', '6'), 150, 100)).toBe(0)
    expect(pushedBy(before, undefined, 150, 100)).toBe(0)
    expect(pushedBy(before, axis('seed', '6'), 150, 100)).toBe(0)
  })
})
