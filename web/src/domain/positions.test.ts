import { describe, expect, it } from 'vitest'
import { dimension } from './fixtures'
import type { Axis } from './imageIndex'
import { positionOf } from './positions'

const CHECKPOINT = dimension('checkpoint', '500', '1000', '1500', 'final')
const whole: Axis = { dimension: CHECKPOINT, values: CHECKPOINT.values }
const filtered: Axis = { dimension: CHECKPOINT, values: ['500', '1500'] }

describe('positionOf', () => {
  it('begins at the last checkpoint, and at the first value of another dimension', () => {
    const cfg = dimension('cfg', '1', '3')
    expect(positionOf(whole, undefined)).toBe(3)
    expect(positionOf({ dimension: cfg, values: cfg.values }, undefined)).toBe(0)
  })

  it('finds the value, else the next one that passes, else the last', () => {
    expect(positionOf(filtered, '1500')).toBe(1)
    expect(positionOf(filtered, '1000')).toBe(1)
    expect(positionOf(filtered, 'final')).toBe(1)
  })

  it('forgets a value that the dimension does not have', () => {
    expect(positionOf(whole, '777')).toBe(3)
  })
})
