import { describe, expect, it } from 'vitest'
import { combinations, scanOf } from '@/domain/fixtures'
import { FollowedScan, type RunScan } from './followedScan'
import type { ImageAdded } from './messages'

const START: RunScan = { ...scanOf(combinations({ checkpoint: ['500', '1000'], seed: ['2', '10'] })), run: 'r' }
const CHECKPOINTS = ['500', '1000', '1500', 'final']

function told(dimensions: Record<string, string>, over: Partial<ImageAdded> = {}): ImageAdded {
  return { path: `${JSON.stringify(dimensions)}.png`, dimensions, version: '1', training_run_ids: ['r'], ...over }
}
const first = told({ checkpoint: '500', seed: '2' })
const valuesOf = (scan: RunScan, name: string): readonly string[] | undefined =>
  scan.dimensions.find((dimension) => dimension.name === name)?.values
const pathsOf = (scan: RunScan): string[] => scan.images.map((image) => image.relative_path).sort()

describe('a message about an image', () => {
  it('adds it, and its values in their order', () => {
    const followed = new FollowedScan(START)
    expect(followed.add(told({ checkpoint: '1500', seed: '9', lora: 'b' }))).toBe('added')
    expect(followed.scan).toBe(START)
    const scan = followed.publish(CHECKPOINTS)
    expect(scan.images).toHaveLength(5)
    expect(scan.dimensions.map(({ name }) => name)).toEqual(['checkpoint', 'lora', 'seed'])
    expect(valuesOf(scan, 'checkpoint')).toEqual(['500', '1000', '1500'])
    expect(valuesOf(scan, 'seed')).toEqual(['2', '9', '10'])
    expect(START.images).toHaveLength(4)
  })

  it('changes the type and order of a dimension where a value demands it', () => {
    const followed = new FollowedScan(START)
    followed.add(told({ checkpoint: '500', seed: '2.5' }))
    expect(followed.publish(CHECKPOINTS).dimensions[1]).toEqual({ name: 'seed', type: 'number', values: ['2', '2.5', '10'] })
    followed.add(told({ checkpoint: '500', seed: 'x' }))
    expect(followed.publish(CHECKPOINTS).dimensions[1]).toEqual({ name: 'seed', type: 'string', values: ['2', '2.5', '10', 'x'] })
  })

  it('replaces the file of its cell: another version, or another name for the same values', () => {
    const followed = new FollowedScan(START)
    expect(followed.add({ ...first, version: '2' })).toBe('replaced')
    const scan = followed.publish(CHECKPOINTS)
    expect(scan.images).toHaveLength(4)
    expect(scan.images[0]).toMatchObject({ relative_path: first.path, version: '2' })
    expect(scan.images[1]).toBe(START.images[1])
    expect(scan.dimensions).toEqual(START.dimensions)

    const other = { ...first, path: 'second.png', dimensions: { seed: '2', checkpoint: '500' } }
    expect(followed.add(other)).toBe('replaced')
    expect(followed.publish(CHECKPOINTS).images).toHaveLength(4)
    expect(followed.remove(first.path)).toBe('nothing')
    expect(followed.imageAt('second.png')?.version).toBe('1')
  })

  it('moves a file whose name has come to mean another cell, with values that are new', () => {
    const followed = new FollowedScan(START)
    expect(followed.add({ ...first, dimensions: { checkpoint: 'final', seed: '2' } })).toBe('replaced')
    const scan = followed.publish(CHECKPOINTS)
    expect(scan.images).toHaveLength(4)
    expect(scan.images.find(({ relative_path }) => relative_path === first.path)?.dimensions.checkpoint).toBe('final')
    expect(valuesOf(scan, 'checkpoint')).toEqual(['500', '1000', 'final'])

    // The cell it was in is free.
    expect(followed.add({ ...first, path: 'second.png' })).toBe('added')
    expect(followed.add({ ...first, dimensions: { checkpoint: '1000', seed: '2' }, version: '2' })).toBe('replaced')
    expect(pathsOf(followed.publish(CHECKPOINTS))).toHaveLength(4)
    expect(followed.imageAt(first.path)?.version).toBe('2')
    expect(followed.imageAt('second.png')?.dimensions.checkpoint).toBe('500')
  })

  it('that says what is known does nothing', () => {
    const followed = new FollowedScan(START)
    expect(followed.add(first)).toBe('nothing')
    expect(followed.publish(CHECKPOINTS)).toBe(START)
  })

  it('removes one and leaves all others; values keep their place', () => {
    const followed = new FollowedScan(START)
    for (const { relative_path } of START.images.slice(0, 3)) expect(followed.remove(relative_path)).toBe('removed')
    const scan = followed.publish(CHECKPOINTS)
    expect(scan.images).toEqual([START.images[3]])
    expect(scan.dimensions).toEqual(START.dimensions)
    expect(valuesOf(scan, 'checkpoint')).toEqual(['500', '1000'])
    expect(followed.remove(first.path)).toBe('nothing')
    expect(followed.add(first)).toBe('added')
    expect(followed.publish(CHECKPOINTS).images).toHaveLength(2)
  })

  it('of a checkpoint that is not listed is known to be so', () => {
    const followed = new FollowedScan(START)
    followed.add(told({ checkpoint: '1250', seed: '2' }))
    expect(followed.lacks(CHECKPOINTS)).toBe(true)
    expect(followed.lacks([...CHECKPOINTS, '1250'])).toBe(false)
  })
})

describe('a scan that is read later', () => {
  it('changes nothing where it says the same', () => {
    const followed = new FollowedScan(START)
    expect(followed.merge(structuredClone(START), CHECKPOINTS, true)).toEqual([])
    const { scan } = followed
    expect(scan.images.every((image, at) => image === START.images[at])).toBe(true)
    expect(scan.dimensions.every((dimension, at) => dimension === START.dimensions[at])).toBe(true)
  })

  it('brings what was missed and takes what has gone, but no value from its place', () => {
    const followed = new FollowedScan(START)
    const later = scanOf([{ checkpoint: '1000', seed: '10' }, { checkpoint: '1500', seed: '3' }])
    expect(followed.merge(later, CHECKPOINTS, true)).toEqual([later.images[1]?.relative_path])
    const { scan } = followed
    expect(pathsOf(scan)).toEqual(pathsOf({ ...later, run: 'r' }))
    expect(valuesOf(scan, 'checkpoint')).toEqual(['500', '1000', '1500'])
    expect(valuesOf(scan, 'seed')).toEqual(['2', '3', '10'])
    followed.merge(later, CHECKPOINTS, false)
    expect(valuesOf(followed.scan, 'seed')).toEqual(['10', '3'])
  })

  it('is not believed about a file that was rewritten in place after it', () => {
    const followed = new FollowedScan(START)
    followed.add({ ...first, version: '2' })
    followed.publish(CHECKPOINTS)
    followed.merge(structuredClone(START), CHECKPOINTS, true)
    expect(followed.scan.images[0]?.version).toBe('2')
    const newer = structuredClone(START)
    if (newer.images[0]) newer.images[0].version = '3'
    followed.merge(newer, CHECKPOINTS, true)
    expect(followed.scan.images[0]?.version).toBe('3')
  })
})

it('shows after any messages and scans what the disk has', () => {
  // The same every time.
  let state = 11
  const random = (below: number): number => (state = (state * 1103515245 + 12345) % 2147483648) % below
  const disk = new Map<string, { path: string; version: string; dimensions: Record<string, string> }>()
  const followed = new FollowedScan({ images: [], dimensions: [], skipped: [], skipped_count: 0, run: 'r' })
  for (let turn = 0; turn < 3000; turn++) {
    const dimensions = { checkpoint: String(random(4) * 500), seed: String(random(5)) }
    const cell = JSON.stringify(dimensions)
    if (random(3) > 0) {
      const image = { path: `${cell} ${random(2)}.png`, version: String(turn), dimensions }
      disk.set(cell, image)
      followed.add({ ...image, training_run_ids: ['r'] })
    } else {
      const gone = disk.get(cell)
      if (gone) followed.remove(gone.path)
      disk.delete(cell)
    }
    const images = [...disk.values()].map(({ path, ...image }) => ({ relative_path: path, ...image }))
    if (random(50) === 0) followed.merge({ images: structuredClone(images), dimensions: [], skipped: [], skipped_count: 0 }, [], true)
    if (random(5) > 0) continue
    const lines = (of: typeof images): string[] => of.map((image) => JSON.stringify(image)).sort()
    const shown = followed.publish([]).images.map(({ relative_path, version, dimensions: values }) => ({ relative_path, version, dimensions: { checkpoint: values.checkpoint ?? '', seed: values.seed ?? '' } }))
    expect(lines(shown)).toEqual(lines(images))
  }
})
