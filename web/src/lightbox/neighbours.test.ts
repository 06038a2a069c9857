import { describe, expect, it } from 'vitest'
import { buildCatalog } from '@/domain/catalog'
import { combinations, scanOf } from '@/domain/fixtures'
import { buildIndex } from '@/domain/imageIndex'
import { likelyNext, neighbour } from './neighbours'

const CATALOG = buildCatalog(
  scanOf(combinations({ checkpoint: ['500', '1000', '1500'], cfg: ['1', '7'] })),
)
const INDEX = buildIndex(CATALOG, { x: 'cfg', slider: 'checkpoint' }, new Map(), new Map(), [])

describe('neighbour', () => {
  it('steps along one direction and keeps the others', () => {
    expect(neighbour(INDEX, { x: 0, y: 0, slider: 1 }, 'x', 1)).toEqual({ x: 1, y: 0, slider: 1 })
    expect(neighbour(INDEX, { x: 1, y: 0, slider: 1 }, 'slider', -1)).toEqual({ x: 1, y: 0, slider: 0 })
  })

  it('ends at the ends, and at once along a role without a dimension', () => {
    expect(neighbour(INDEX, { x: 1, y: 0, slider: 0 }, 'x', 1)).toBeUndefined()
    expect(neighbour(INDEX, { x: 1, y: 0, slider: 0 }, 'slider', -1)).toBeUndefined()
    expect(neighbour(INDEX, { x: 1, y: 0, slider: 0 }, 'y', 1)).toBeUndefined()
  })
})

describe('likelyNext', () => {
  it('names the slider positions beside this one first, and no place beyond an end', () => {
    expect(likelyNext(INDEX, { x: 0, y: 0, slider: 0 })).toEqual([
      { x: 0, y: 0, slider: 1 },
      { x: 1, y: 0, slider: 0 },
      { x: 0, y: 0, slider: 2 },
    ])
  })
})
