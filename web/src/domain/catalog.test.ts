import { describe, expect, it } from 'vitest'
import type { Image } from '@/api/types'
import { ABSENT, buildCatalog, type Catalog } from './catalog'
import { combinations, dimension, image, scanOf } from './fixtures'

/** What the codes stand for, image by image. */
function decoded(catalog: Catalog): (string | undefined)[][] {
  return catalog.images.map((_, at) =>
    [...catalog.columns.values()].map(({ codes, dimension: { values } }) => {
      const code = codes[at] ?? ABSENT
      return code === ABSENT ? undefined : values[code]
    }),
  )
}

describe('a catalog made from the one before', () => {
  const scan = scanOf(combinations({ cfg: ['1', '7'], seed: ['2', '4'] }))
  const before = buildCatalog(scan)

  it('is the same as one made from the scan alone', () => {
    const images: Image[] = [...scan.images.slice(0, 3), image({ cfg: '3', seed: '4', lora: 'a' }), image({ cfg: '1' })]
    const dimensions = [dimension('cfg', '1', '3', '7'), dimension('lora', 'a'), dimension('seed', '0', '2', '4')]
    const after = buildCatalog({ images, dimensions }, before)
    expect(decoded(after)).toEqual(decoded(buildCatalog({ images, dimensions })))
    expect(decoded(after)[1]).toEqual(['1', undefined, '4'])
  })

  it('notices an image in place of another', () => {
    const images = [scan.images[3], ...scan.images.slice(1, 3)].filter((each) => each !== undefined)
    expect(decoded(buildCatalog({ ...scan, images }, before))[0]).toEqual(['7', '4'])
  })
})
