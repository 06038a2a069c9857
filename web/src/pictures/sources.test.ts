import { describe, expect, it } from 'vitest'
import { pictureSources, sharpFor } from './sources'

const IMAGE = { relative_path: 'a b/c.png', version: '7', dimensions: {} }

describe('sharpFor', () => {
  it('finds the narrowest preview with enough pixels, else the original', () => {
    expect([100, 256, 257, 1024, 1025].map(sharpFor)).toEqual([256, 256, 512, 1024, 'original'])
  })
})

describe('pictureSources', () => {
  it('stands a preview in for what is not sharp enough', () => {
    const { moving, narrower, original } = pictureSources(512)(IMAGE)
    expect(original).toEqual({ url: '/api/images/a%20b/c.png?v=7' })
    expect(moving).toEqual({ url: '/api/previews/512/a%20b/c.png?v=7', width: 512, fallback: original.url })
    expect(narrower.map(({ width }) => width)).toEqual([256])
    expect(narrower[0]?.fallback).toBeUndefined()
  })

  it('has previews beside an original that alone is sharp, unless only originals are to be shown', () => {
    const { moving, narrower, original } = pictureSources('original')(IMAGE)
    expect(moving).toBe(original)
    expect(narrower.map(({ width }) => width)).toEqual([1024, 512, 256])
    expect(pictureSources('only originals')(IMAGE).narrower).toEqual([])
  })

  it('makes them once', () => {
    const of = pictureSources(256)
    expect(of(IMAGE)).toBe(of(IMAGE))
  })
})
