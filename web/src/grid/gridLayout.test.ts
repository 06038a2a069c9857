import { describe, expect, it } from 'vitest'
import { columnLeft, gridLayout, gridWidth, type LayoutInput } from './gridLayout'

const WIDE: LayoutInput = {
  viewportWidth: 1280,
  viewportHeight: 900,
  columns: 4,
  hasColumnLabels: true,
  hasRowLabels: true,
  hasSliders: true,
  isNarrow: false,
  isCoarse: false,
  chosenWidth: undefined,
  chosenHeight: undefined,
  aspect: 1,
}
const PHONE: LayoutInput = { ...WIDE, viewportWidth: 390, viewportHeight: 844, isNarrow: true, isCoarse: true }

describe('gridLayout', () => {
  it('fills the viewport with the columns, beside the row labels', () => {
    const layout = gridLayout(WIDE)
    expect(gridWidth(layout, 4)).toBeGreaterThan(1280 - 4)
    expect(gridWidth(layout, 4)).toBeLessThanOrEqual(1280)
    expect(columnLeft(layout, 0)).toBe(layout.labelWidth + layout.padding)
    expect(columnLeft(layout, 1) - columnLeft(layout, 0)).toBe(layout.cellWidth + layout.gap)
  })

  it('takes no remembered size at its word', () => {
    const sizes = [-50, 0, 1e9].map((size) => gridLayout({ ...WIDE, chosenWidth: size, chosenHeight: size }))
    expect(sizes.map(({ cellWidth, pictureHeight }) => [cellWidth, pictureHeight])).toEqual([
      [100, 100],
      [100, 100],
      [1344, 1344],
    ])
  })

  it('puts row labels above their rows where there is no room beside them', () => {
    const { labelWidth, labelHeight, rowTrack, pictureHeight, sliderHeight, gap } = gridLayout(PHONE)
    expect(labelWidth).toBe(0)
    expect(rowTrack).toBe(labelHeight + pictureHeight + sliderHeight + gap)
  })

  it('makes sliders higher for thumbs, and takes no room for sliders that are not there', () => {
    expect(gridLayout(PHONE).sliderHeight).toBe(40)
    expect(gridLayout(WIDE).sliderHeight).toBeLessThan(40)
    expect(gridLayout({ ...PHONE, hasSliders: false }).sliderHeight).toBe(0)
  })

  it('takes the sizes that somebody chose, else the shape of the pictures', () => {
    expect(gridLayout({ ...WIDE, chosenWidth: 200, aspect: 1.5 })).toMatchObject({ cellWidth: 200, pictureHeight: 300 })
    expect(gridLayout({ ...WIDE, chosenWidth: 200, chosenHeight: 120 }).pictureHeight).toBe(120)
  })
})
