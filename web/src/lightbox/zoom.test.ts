import { describe, expect, it } from 'vitest'
import { clamp, fit, MAX_SCALE, panBy, type Placement, type Point, rescale, wheelFactor, zoomAt } from './zoom'

const PICTURE = { width: 1344, height: 1344 }
const STAGE = { width: 800, height: 600 }

/** The picture's pixel under a point of the stage. */
function under(placement: Placement, at: Point): Point {
  return { x: (at.x - placement.x) / placement.scale, y: (at.y - placement.y) / placement.scale }
}

describe('fit', () => {
  it('shows the whole picture and never enlarges it', () => {
    expect(fit(PICTURE, STAGE).scale).toBeCloseTo(600 / 1344)
    expect(fit({ width: 100, height: 50 }, STAGE).scale).toBe(1)
  })
})

describe('zoomAt', () => {
  it('keeps the pixel under the cursor in its place', () => {
    const start: Placement = { scale: 2, x: 100, y: -80 }
    const at = { x: 150, y: -40 }
    const zoomed = zoomAt(start, 1.5, at, PICTURE, STAGE)
    expect(zoomed.scale).toBe(3)
    expect(under(zoomed, at).x).toBeCloseTo(under(start, at).x)
    expect(under(zoomed, at).y).toBeCloseTo(under(start, at).y)
  })

  it('stops at the whole picture, centred, and at the largest scale', () => {
    const out = zoomAt({ scale: 2, x: 400, y: 300 }, 0.001, { x: 10, y: 10 }, PICTURE, STAGE)
    expect(out).toEqual({ ...fit(PICTURE, STAGE) })
    expect(zoomAt(out, 1e6, { x: 0, y: 0 }, PICTURE, STAGE).scale).toBe(MAX_SCALE)
  })
})

describe('panBy', () => {
  it('stops at the edges of the picture', () => {
    const panned = panBy({ scale: 1, x: 0, y: 0 }, { x: 5000, y: -5000 }, PICTURE, STAGE)
    expect(panned).toEqual({ scale: 1, x: (1344 - 800) / 2, y: -(1344 - 600) / 2 })
  })

  it('keeps a side centred that is smaller than the stage', () => {
    expect(clamp({ scale: 0.5, x: 90, y: 90 }, PICTURE, STAGE)).toEqual({ scale: 0.5, x: 0, y: 36 })
  })
})

describe('wheelFactor', () => {
  it('is undone by the same turn back, whatever the unit', () => {
    expect(wheelFactor(100, 0) * wheelFactor(-100, 0)).toBeCloseTo(1)
    expect(wheelFactor(-3, 1)).toBeCloseTo(wheelFactor(-48, 0))
  })

  it('is bounded for wild events', () => {
    expect(wheelFactor(-1e9, 2)).toBeLessThan(2)
  })
})

describe('rescale', () => {
  it('shows the same part of a picture of another size', () => {
    const before: Placement = { scale: 2, x: 100, y: -80 }
    const after = rescale(before, PICTURE, { width: 672, height: 672 })
    const at = { x: 30, y: 40 }
    expect(under(after, at).x / 672).toBeCloseTo(under(before, at).x / 1344)
    expect(under(after, at).y / 672).toBeCloseTo(under(before, at).y / 1344)
  })
})
