import { describe, expect, it } from 'vitest'
import { checkpointMetadataUrl, imageMetadataUrl, imageUrl, originalUrl, previewUrl } from './paths'

const IMAGE = { relative_path: 'a b#1.safetensors/p=100%25&q="é"+?_00001_.png', version: '17-3' }

describe('URLs', () => {
  it('encode each segment of an image’s path and name its version', () => {
    expect(imageUrl(IMAGE)).toBe(
      '/api/images/a%20b%231.safetensors/p%3D100%2525%26q%3D%22%C3%A9%22%2B%3F_00001_.png?v=17-3',
    )
  })

  it('come back as the same path on the other side', () => {
    const { pathname } = new URL(imageMetadataUrl(IMAGE), 'http://localhost')
    expect(decodeURIComponent(pathname)).toBe(`/api/images/${IMAGE.relative_path}/metadata`)
  })

  it('of previews lead to those of the originals', () => {
    expect(originalUrl(previewUrl(IMAGE, 1024))).toBe(imageUrl(IMAGE))
    expect(originalUrl(imageUrl(IMAGE))).toBe(imageUrl(IMAGE))
  })

  it('name the run of a checkpoint', () => {
    expect(checkpointMetadataUrl('a&b.safetensors', 'x y')).toBe(
      '/api/checkpoints/a%26b.safetensors/metadata?training_run=x%20y',
    )
  })
})
