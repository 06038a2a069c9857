import { describe, expect, it } from 'vitest'
import { buildCatalog } from './catalog'
import type { Selections } from './filters'
import { combinations, image, scanOf } from './fixtures'
import { buildIndex, freeDimensions, type ImageIndex } from './imageIndex'
import { locate } from './locate'

const SCAN = scanOf([...combinations({ checkpoint: ['1', '2'], cfg: ['1', '7'], seed: ['3', '4'] }), { cfg: '7', seed: '3' }])
const CATALOG = buildCatalog(SCAN)
const ROLES = { x: 'cfg', slider: 'checkpoint' }
const indexOf = (selections: Selections = new Map()): ImageIndex =>
  buildIndex(CATALOG, ROLES, new Map([['seed', 'multi']]), selections, freeDimensions(CATALOG, ROLES))

describe('locate', () => {
  it('finds every image where the grid shows it', () => {
    const index = indexOf()
    for (const each of SCAN.images.slice(0, -1)) {
      const found = locate(index, each)
      expect(found && index.find(found.place, found.choice)).toBe(each)
    }
  })

  it('finds none that filters leave out, that has no place, or that is gone', () => {
    const [first] = SCAN.images
    const last = SCAN.images.at(-1)
    if (!first || !last) throw new Error('no images')
    expect(locate(indexOf(new Map([['seed', ['4']]])), first)).toBeUndefined()
    expect(locate(indexOf(new Map([['checkpoint', ['2']]])), first)).toBeUndefined()
    expect(locate(indexOf(), last)).toBeUndefined()
    expect(locate(indexOf(), image(first.dimensions))).toBeUndefined()
  })
})
