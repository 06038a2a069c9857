import { describe, expect, it } from 'vitest'
import { buildCatalog } from './catalog'
import { cellKey, describePlace } from './cells'
import { combinations, scanOf } from './fixtures'
import { buildIndex } from './imageIndex'

const CATALOG = buildCatalog(
  scanOf(combinations({ cfg: ['1', '7'], checkpoint: ['a', 'b', 'c', 'd', 'e'] })),
)
const INDEX = buildIndex(CATALOG, { x: 'cfg', slider: 'checkpoint' }, new Map(), new Map(), [])

describe('a cell', () => {
  it('is named by its values, not by its position', () => {
    expect(cellKey(INDEX, { x: 1, y: 0 })).toBe('["7",null]')
  })

  it('is described with its coordinates', () => {
    expect(describePlace(INDEX, { x: 1, y: 0 }, 2)).toBe('cfg 7, checkpoint c')
  })
})
