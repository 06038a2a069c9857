import { describe, expect, it } from 'vitest'
import { buildCatalog } from './catalog'
import { cellKey, describePlace, wantedImages } from './cells'
import { combinations, scanOf } from './fixtures'
import { buildIndex } from './imageIndex'

const CATALOG = buildCatalog(
  scanOf(combinations({ cfg: ['1', '7'], checkpoint: ['a', 'b', 'c', 'd', 'e'] })),
)
const INDEX = buildIndex(CATALOG, { x: 'cfg', slider: 'checkpoint' }, new Map(), new Map(), [])

describe('wantedImages', () => {
  it('asks for what is visible first, then what is near, then the slider’s neighbours by distance', () => {
    const { all, visible } = wantedImages(INDEX, 0, [
      { x: 0, y: 0, slider: 1, isVisible: true },
      { x: 1, y: 0, slider: 4, isVisible: false },
    ])
    const named = (images: typeof all): string[] =>
      images.map(({ dimensions }) => `${dimensions.cfg ?? ''}${dimensions.checkpoint ?? ''}`)
    expect(named(visible)).toEqual(['1b'])
    expect(named(all)).toEqual(['1b', '7e', '1c', '1a', '1d'])
  })
})

describe('a cell', () => {
  it('is named by its values, not by its position', () => {
    expect(cellKey(INDEX, { x: 1, y: 0 })).toBe('["7",null]')
  })

  it('is described with its coordinates', () => {
    expect(describePlace(INDEX, { x: 1, y: 0 }, 2)).toBe('cfg 7, checkpoint c')
  })
})
