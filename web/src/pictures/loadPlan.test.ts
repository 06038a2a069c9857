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

/** The plan as `a5` for a preview, `A5` for an original, `a5-` for a narrower preview. They take 1, 10 and 1/4 byte. */
function plan({
  cells = [VISIBLE, NEARBY],
  isSettled = false,
  budget = 1000,
  hasPreviews = true,
  hasNarrower = false,
} = {}): string[] {
  const { all } = planLoading({
    index: INDEX,
    choice: 0,
    cells,
    isSettled,
    budget,
    bytesOf: ({ url }) => (url.endsWith('-') ? 0.25 : /^[A-Z]/.test(url) ? 10 : 1),
    picturesOf({ dimensions: { cfg = '', checkpoint = '' } }) {
      const original = { url: `${cfg.toUpperCase()}${checkpoint}` }
      const preview = { url: `${cfg}${checkpoint}` }
      return {
        original,
        moving: hasPreviews ? preview : original,
        narrower: hasNarrower ? [{ url: `${preview.url}-` }] : [],
      }
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

  it('wants narrower pictures further away, and only as far as the originals need the room', () => {
    const all = plan({ isSettled: true, hasNarrower: true, budget: 20 })
    expect(all.slice(0, 8)).toEqual(['a5', 'b7', 'a6', 'a4', 'a7', 'a3', 'A5', 'a8-'])
    expect(all).toContain('a13-')
    expect(plan({ isSettled: true, hasNarrower: true, budget: 40 })).toContain('a13')
  })

  it('has no room for other pictures where those of before a rest were', () => {
    const settled = plan({ isSettled: true, hasNarrower: true, budget: 20 })
    expect(plan({ hasNarrower: true, budget: 20 })).toEqual(settled.filter((url) => url !== 'A5'))
  })

  it('wants what visible cells show even beyond the budget, and nothing else', () => {
    expect(plan({ budget: 0 })).toEqual(['a5'])
  })

  it('wants an original once where no preview is sharp', () => {
    expect(plan({ isSettled: true, hasPreviews: false, budget: 45 })).toEqual(['A5', 'B7', 'A6', 'A4'])
  })
})

describe('the plan of a screen in megabytes', () => {
  const LEVELS = { original: 6.9, 1024: 4, 512: 1, 256: 0.25 }
  type Level = keyof typeof LEVELS

  /** By level: the positions that visible cells have, as distances from the current one, and how many pictures. */
  function planOf({ columns, visibleRows, slider }: { columns: number; visibleRows: number; slider: number }) {
    const values = (count: number): string[] => Array.from({ length: count }, (_, at) => String(at))
    const images = combinations({ column: values(columns), row: values(visibleRows + 1), checkpoint: STEPS })
    const index = buildIndex(
      buildCatalog(scanOf(images)),
      { x: 'column', y: 'row', slider: 'checkpoint' },
      new Map(),
      new Map(),
      [],
    )
    const cells = images
      .filter(({ checkpoint }) => checkpoint === '0')
      .map(({ column, row }) => ({ x: Number(column), y: Number(row), slider, isVisible: Number(row) < visibleRows }))
    const levelOf = ({ url }: { url: string }): Level => url.split(' ')[0] as Level
    const { all } = planLoading({
      index,
      choice: 0,
      cells,
      isSettled: true,
      budget: 400,
      bytesOf: (request) => LEVELS[levelOf(request)],
      picturesOf({ dimensions: { column, row, checkpoint } }) {
        const at = (level: Level) => ({ url: `${level} ${checkpoint ?? ''} ${column ?? ''},${row ?? ''}` })
        return { original: at('original'), moving: at(1024), narrower: [at(512), at(256)] }
      },
    })
    const originals = all.filter((request) => levelOf(request) === 'original').length
    const bytes = all.reduce((sum, request) => sum + LEVELS[levelOf(request)], 0)
    const distances = new Set(all.map(({ url }) => Number(url.split(' ')[1]) - slider))
    return { originals, bytes, distances }
  }
  const KEPT = Array.from({ length: 17 }, (_, at) => at - 8)

  it.each([
    { what: '3 columns on Fit at 1920×1080', columns: 3, visibleRows: 3 },
    { what: '5 × 3 at two device pixels to one', columns: 5, visibleRows: 3 },
  ])('$what: the originals of all visible cells, and eight positions to either side', ({ columns, visibleRows }) => {
    const { originals, bytes, distances } = planOf({ columns, visibleRows, slider: 12 })
    expect(originals).toBe(columns * visibleRows)
    expect([...distances]).toEqual(expect.arrayContaining(KEPT))
    expect(bytes).toBeLessThanOrEqual(400)
  })

  it('eight positions come before originals that leave no room for them', () => {
    const { originals, bytes, distances } = planOf({ columns: 7, visibleRows: 6, slider: 12 })
    expect(originals).toBeLessThan(42)
    expect([...distances]).toEqual(expect.arrayContaining(KEPT))
    expect(bytes).toBeLessThanOrEqual(400)
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
