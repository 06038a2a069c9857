import { describe, expect, it } from 'vitest'
import { imageUrl, previewUrl } from '@/api/paths'
import type { Image } from '@/api/types'
import { unseen } from './unseen'

const come = ['a', 'b', 'c'].map((name) => ({ image: { relative_path: `${name}.png`, dimensions: {}, version: '1' } }))
const [a, b, c] = come.map(({ image }) => image) as [Image, Image, Image]

describe('images that came', () => {
  it('are all unseen while none of them is in sight', () => {
    expect(unseen(come, ['/api/images/z.png?v=1'])).toEqual(come)
    expect(unseen([], [imageUrl(a)])).toEqual([])
  })

  it('are seen with one that came later', () => {
    expect(unseen(come, [imageUrl(b)]).map(({ image }) => image)).toEqual([c])
    expect(unseen(come, [imageUrl(a), previewUrl(c, 512)])).toEqual([])
  })

  it('are unseen in a version that is not in sight', () => {
    expect(unseen(come, [imageUrl({ ...c, version: '0' })])).toEqual(come)
  })
})
