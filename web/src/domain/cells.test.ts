import { describe, expect, it } from 'vitest'
import { buildCatalog } from './catalog'
import { cellKey, cellValuesOf, describePlace, movedCells, textAt } from './cells'
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

  it('is described in order also where values are written from right to left, or empty', () => {
    const catalog = buildCatalog(scanOf(combinations({ cfg: ['', '7'], prompt_name: ['יער', 'sea'] })))
    const index = buildIndex(catalog, { x: 'cfg', y: 'prompt_name' }, new Map(), new Map(), [])
    expect(describePlace(index, { x: 0, y: 0 }, -1)).toBe('prompt_name \u2068יער\u2069, cfg (empty)')
    expect([textAt(index.x, 0), textAt(index.x, 1), textAt(index.x, 2), textAt(undefined, 0)]).toEqual(['(empty)', '7', '', ''])
  })

  it('has the values of its key', () => {
    expect(cellValuesOf(cellKey(INDEX, { x: 1, y: 0 }))).toEqual({ x: '7', y: undefined })
    for (const odd of ['', '7', '{}', '[3,']) expect(cellValuesOf(odd)).toEqual({ x: undefined, y: undefined })
  })

  it('was moved alone when the grid has it and it is not where the others are', () => {
    const values = new Map([['["7",null]', 'b'], ['["1",null]', 'c'], ['["9",null]', 'b'], ['["7","x"]', 'b'], ['[', 'b']])
    expect([...movedCells(INDEX, 2, values)]).toEqual([['["7",null]', 'b']])
    expect([...movedCells(INDEX, 2, new Map([['["7",null]', 'z']]))]).toEqual([])
  })
})
