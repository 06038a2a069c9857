import { describe, expect, it } from 'vitest'
import { anchoringScroll, draggedSize } from './dividers'
import { cellAfter, scrollInto } from './gridFocus'

const EXTENT = { columns: 5, rows: 2000, page: 4 }

describe('cellAfter', () => {
  it('moves by one, by pages and to the ends, and stays in the grid', () => {
    const from = { x: 1, y: 10 }
    expect(cellAfter(from, 'ArrowLeft', EXTENT)).toEqual({ x: 0, y: 10 })
    expect(cellAfter(from, 'ArrowDown', EXTENT)).toEqual({ x: 1, y: 11 })
    expect(cellAfter(from, 'PageUp', EXTENT)).toEqual({ x: 1, y: 6 })
    expect(cellAfter(from, 'End', EXTENT)).toEqual({ x: 4, y: 10 })
    expect(cellAfter(from, 'Ctrl+End', EXTENT)).toEqual({ x: 4, y: 1999 })
    expect(cellAfter({ x: 0, y: 0 }, 'ArrowLeft', EXTENT)).toEqual({ x: 0, y: 0 })
  })

  it('knows no other key', () => {
    expect(cellAfter({ x: 0, y: 0 }, 'Delete', EXTENT)).toBeUndefined()
    expect(cellAfter({ x: 0, y: 0 }, 'Ctrl+ArrowLeft', EXTENT)).toBeUndefined()
  })
})

describe('scrollInto', () => {
  it('scrolls no further than it must', () => {
    expect(scrollInto(200, 100, 100, 500)).toBe(0)
    expect(scrollInto(450, 100, 100, 500)).toBe(50)
    expect(scrollInto(50, 100, 100, 500)).toBe(-50)
    expect(scrollInto(200, 900, 100, 500)).toBe(100)
  })
})

describe('draggedSize', () => {
  it('keeps the boundary under the pointer', () => {
    expect(draggedSize(240, 90, 2, 0)).toBe(270)
    expect(draggedSize(240, 90, 12, 10)).toBe(270)
    expect(draggedSize(240, 90, 0, 0)).toBe(330)
  })

  it('holds to the limits', () => {
    expect(draggedSize(240, -900, 0, 0)).toBe(100)
    expect(draggedSize(240, 9000, 0, 0)).toBe(1344)
  })
})

describe('anchoringScroll', () => {
  it('keeps the first track in sight where it is', () => {
    expect(anchoringScroll(1050, 100, 120)).toBe(200)
    expect(anchoringScroll(-40, 100, 120)).toBe(0)
  })
})
