import { describe, expect, it } from 'vitest'
import type { Image } from '@/api/types'
import { buildCatalog } from '@/domain/catalog'
import { combinations, scanOf } from '@/domain/fixtures'
import { buildIndex } from '@/domain/imageIndex'
import { outwards, planBackground, type PlanCell, planLoading } from './loadPlan'

const STEPS = Array.from({ length: 24 }, (_, at) => String(at))
/** All but a12. */
const IMAGES = combinations({ cfg: ['a', 'b'], checkpoint: STEPS }).filter((_, at) => at !== 12)
const SCAN = scanOf(IMAGES)
const INDEX = buildIndex(
  buildCatalog(SCAN),
  { x: 'cfg', slider: 'checkpoint' },
  new Map(),
  new Map(),
  [],
)
const VISIBLE: PlanCell = { x: 0, y: 0, slider: 5, isVisible: true }
const NEARBY: PlanCell = { x: 1, y: 0, slider: 7, isVisible: false }

/** The plan as `a5` for a preview, `A5` for an original. Previews take 1 byte, originals 10. */
function plan({
  cells = [VISIBLE, NEARBY],
  isSettled = false,
  budget = 1000,
  hasPreviews = true,
} = {}): string[] {
  const { all } = planLoading({
    index: INDEX,
    choice: 0,
    cells,
    isSettled,
    budget,
    cellBytes: hasPreviews ? 1 : 10,
    originalBytes: 10,
    picturesOf({ dimensions: { cfg = '', checkpoint = '' } }) {
      const original = { url: `${cfg.toUpperCase()}${checkpoint}` }
      return { original, moving: hasPreviews ? { url: `${cfg}${checkpoint}` } : original }
    },
  })
  return all.map(({ url }) => url)
}

describe('planLoading', () => {
  it('wants what is visible first, then what is near, then the neighbours by distance to either end', () => {
    const all = plan()
    expect(all.slice(0, 8)).toEqual(['a5', 'b7', 'a6', 'a4', 'a7', 'a3', 'a8', 'a2'])
    expect(all.at(-1)).toBe('a23')
    expect(all).toHaveLength(24)
  })

  it('wants no image twice, and none that does not exist', () => {
    const all = plan({ cells: [{ ...VISIBLE, slider: 11 }] })
    expect(new Set(all).size).toBe(all.length)
    expect(all).not.toContain('a12')
  })

  it('wants the originals of visible cells once things have settled, after the nearest neighbours', () => {
    expect(plan()).not.toContain('A5')
    expect(plan({ isSettled: true }).slice(0, 8)).toEqual(['a5', 'b7', 'a6', 'a4', 'a7', 'a3', 'A5', 'a8'])
    expect(plan({ isSettled: true })).not.toContain('B7')
  })

  it('keeps eight positions to either side before it spends the budget on originals', () => {
    const all = plan({ isSettled: true, budget: 16 })
    expect(all).toContain('a13')
    expect(all).not.toContain('A5')
    expect(all).toHaveLength(16)
  })

  it('wants what cells show even beyond the budget', () => {
    expect(plan({ budget: 0 })).toEqual(['a5', 'b7'])
  })

  it('wants an original once where no preview is sharp', () => {
    expect(plan({ isSettled: true, hasPreviews: false, budget: 45 })).toEqual(['A5', 'B7', 'A6', 'A4'])
  })
})

describe('outwards', () => {
  it('reaches every other position, the nearest first', () => {
    expect(outwards(1, 5)).toEqual([2, 0, 3, 4])
    expect(outwards(0, 1)).toEqual([])
  })
})

describe('planBackground', () => {
  const planned = (images: readonly Image[], most: number): string[] =>
    planBackground(INDEX, 0, 5, images, most).map(
      ({ dimensions: { cfg = '', checkpoint = '' } }) => `${cfg}${checkpoint}`,
    )

  it('begins at the current position and holds to the limit', () => {
    expect(planned([], 4)).toEqual(['a5', 'b5', 'a6', 'b6'])
  })

  it('ends with what the grid does not show, and has nothing twice', () => {
    const hidden = { ...SCAN.images[0], dimensions: { cfg: 'hidden' } } as Image
    const all = planned([...SCAN.images, hidden], 1000)
    expect(all.at(-1)).toBe('hidden')
    expect(all).toHaveLength(48)
  })
})
