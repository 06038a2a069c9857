import { describe, expect, it } from 'vitest'
import { clamp, fit, isPixelated, panBy, type Placement, type Point, rescale, wheelFactor, zoomAt } from './zoom'

const PICTURE = { width: 1344, height: 1344 }
const STAGE = { width: 800, height: 600 }
const ROOM = { picture: PICTURE, stage: STAGE, actual: 1 }
const wheel = (deltaY: number, deltaMode = 0, ctrlKey = false) => wheelFactor({ deltaY, deltaMode, ctrlKey })

/** The picture's pixel under a point of the stage. */
function under(placement: Placement, at: Point): Point {
  return { x: (at.x - placement.x) / placement.scale, y: (at.y - placement.y) / placement.scale }
}

describe('fit', () => {
  it('shows the whole picture and never enlarges it', () => {
    expect(fit(ROOM).scale).toBeCloseTo(600 / 1344)
    expect(fit({ ...ROOM, picture: { width: 100, height: 50 } }).scale).toBe(1)
  })
})

describe('zoomAt', () => {
  it('keeps the pixel under the cursor in its place', () => {
    const start: Placement = { scale: 2, x: 100, y: -80 }
    const at = { x: 150, y: -40 }
    const zoomed = zoomAt(start, 1.5, at, ROOM)
    expect(zoomed.scale).toBe(3)
    expect(under(zoomed, at).x).toBeCloseTo(under(start, at).x)
    expect(under(zoomed, at).y).toBeCloseTo(under(start, at).y)
  })

  it('stops at the whole picture, centred, and at the largest scale', () => {
    const out = zoomAt({ scale: 2, x: 400, y: 300 }, 0.001, { x: 10, y: 10 }, ROOM)
    expect(out).toEqual({ ...fit(ROOM) })
    expect(zoomAt(out, 1e6, { x: 0, y: 0 }, ROOM).scale).toBe(16)
  })
})

describe('on a fine screen', () => {
  const fine = { ...ROOM, actual: 0.5 }

  it('goes as far as sixteen pixels of the screen for one of the picture', () => {
    expect(zoomAt(fit(fine), 1e6, { x: 0, y: 0 }, fine).scale).toBe(8)
  })

  it('shows a small picture pixel by pixel, which is smaller than it fits', () => {
    const small = { ...fine, picture: { width: 100, height: 50 } }
    expect(fit(small).scale).toBe(1)
    expect(zoomAt(fit(small), 0.001, { x: 0, y: 0 }, small).scale).toBe(0.5)
  })

  it('tells pixels apart at four times their size', () => {
    expect(isPixelated(1.9, fine)).toBe(false)
    expect(isPixelated(2, fine)).toBe(true)
    expect(isPixelated(2, ROOM)).toBe(false)
  })
})

describe('panBy', () => {
  it('stops at the edges of the picture', () => {
    const panned = panBy({ scale: 1, x: 0, y: 0 }, { x: 5000, y: -5000 }, ROOM)
    expect(panned).toEqual({ scale: 1, x: (1344 - 800) / 2, y: -(1344 - 600) / 2 })
  })

  it('keeps a side centred that is smaller than the stage', () => {
    expect(clamp({ scale: 0.5, x: 90, y: 90 }, ROOM)).toEqual({ scale: 0.5, x: 0, y: 36 })
  })
})

describe('wheelFactor', () => {
  it('is undone by the same turn back, whatever the unit', () => {
    expect(wheel(100) * wheel(-100)).toBeCloseTo(1)
    expect(wheel(-3, 1)).toBeCloseTo(wheel(-48))
  })

  it('makes of a pinch on a trackpad what it makes of a wheel', () => {
    expect(wheel(-3, 0, true)).toBeCloseTo(wheel(-30))
    expect(wheel(-3, 0, true)).toBeGreaterThan(1.05)
    expect(wheel(-120, 0, true)).toBeLessThan(2)
  })

  it('is bounded for wild events', () => {
    expect(wheel(-1e9, 2)).toBeLessThan(2)
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
