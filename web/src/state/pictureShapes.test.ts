import { describe, expect, it } from 'vitest'
import { parseShapes, type PictureShapes, storeShapes, withPicture } from './pictureShapes'

const NONE: PictureShapes = new Map()
const FIRST = { isOriginal: false, isFirst: true }

describe('the shapes of pictures', () => {
  it('are those of the first picture of each run, with the widest original', () => {
    let shapes = withPicture(NONE, 'a', { width: 512, height: 256 }, FIRST)
    shapes = withPicture(shapes, 'b', { width: 10, height: 10 }, FIRST)
    shapes = withPicture(shapes, 'a', { width: 4096, height: 4096 }, { isOriginal: true, isFirst: false })
    shapes = withPicture(shapes, 'a', { width: 100, height: 50 }, { isOriginal: true, isFirst: false })
    expect([...shapes]).toEqual([
      ['b', { aspect: 1, originalWidth: undefined }],
      ['a', { aspect: 0.5, originalWidth: 4096 }],
    ])
    expect(withPicture(shapes, 'a', { width: 512, height: 256 }, FIRST)).toBe(shapes)
  })

  it('of an earlier visit give way to what is seen now', () => {
    let shapes = withPicture(NONE, 'a', { width: 4096, height: 2048 }, { isOriginal: true, isFirst: true })
    shapes = withPicture(shapes, 'a', { width: 512, height: 512 }, { isOriginal: true, isFirst: true })
    expect(shapes.get('a')).toEqual({ aspect: 1, originalWidth: 512 })
  })

  it('never make cells taller or flatter than 3:1', () => {
    const aspectOf = (width: number, height: number) => withPicture(NONE, 'a', { width, height }, FIRST).get('a')?.aspect
    expect([aspectOf(10, 1000), aspectOf(1000, 10)]).toEqual([3, 1 / 3])
  })

  it('come back as they were, no more than fifty', () => {
    let shapes = NONE
    for (let run = 0; run < 60; run++) shapes = withPicture(shapes, String(run), { width: 1, height: 2 }, FIRST)
    expect([...shapes.keys()]).toEqual(Array.from({ length: 50 }, (_, at) => String(at + 10)))
    expect(parseShapes(JSON.parse(JSON.stringify(storeShapes(shapes))))).toEqual(shapes)
  })

  it('are not believed where they are none', () => {
    for (const odd of [undefined, 7, {}, [3, null, { run: 'a' }, { run: 'a', aspect: -1 }, { run: 1, aspect: 1 }]]) {
      expect(parseShapes(odd).size).toBe(0)
    }
    const [shape] = parseShapes([{ run: 'a', aspect: 90, originalWidth: 1e9 }]).values()
    expect(shape).toEqual({ aspect: 3, originalWidth: undefined })
  })
})
