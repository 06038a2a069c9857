import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { combinations, scanOf } from '@/domain/fixtures'
import { type FollowedImages, useFollowedImages } from './followedImages'
import type { Live } from './live'
import type { LiveMessages, LiveType } from './messages'

const SCAN = scanOf(combinations({ checkpoint: ['1', '2'], seed: ['3', '4'] }))
const READ = { refresh: false, isReread: true, signal: new AbortController().signal }

/** The server's answers to come; each is sent when the test says so. */
let answers: ((body: object, etag: string) => void)[] = []

beforeEach(() => {
  vi.useFakeTimers()
  answers = []
  vi.stubGlobal('requestAnimationFrame', (act: () => void) => setTimeout(act, 16))
  vi.stubGlobal('cancelAnimationFrame', clearTimeout)
  vi.stubGlobal('fetch', () =>
    new Promise((resolve) => {
      answers.push((body, etag) => resolve(new Response(JSON.stringify(body), { headers: { etag } })))
    }),
  )
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

interface Page {
  images: FollowedImages
  tell: <Type extends LiveType>(type: Type, body: LiveMessages[Type]) => void
  add: (dimensions: Record<string, string>, version?: string) => void
  paths: () => string[] | undefined
  checkpoints: string[]
  /** How often the list of runs was asked for; it comes with `listed`. */
  rereads: () => number
  listed: () => void
}

function setUp(): Page {
  const handlers = new Map<string, (body: never) => void>()
  const on: Live['on'] = (type, handler) => {
    handlers.set(type, handler)
    return () => handlers.delete(type)
  }
  let rereads = 0
  let listed = (): void => undefined
  const rereadRuns = (): Promise<void> => {
    rereads++
    return new Promise((resolve) => (listed = resolve))
  }
  const checkpoints = ['1', '2']
  const images = effectScope().run(() =>
    useFollowedImages({ live: { on }, checkpoints: () => checkpoints, rereadRuns }),
  )
  if (!images) throw new Error('no scope')
  const tell: Page['tell'] = (type, body) => handlers.get(type)?.(body as never)
  return {
    images,
    tell,
    add: (dimensions, version = '1') =>
      tell('image_added', { path: `${JSON.stringify(dimensions)}.png`, dimensions, version, training_run_ids: ['r'] }),
    paths: () => images.scan.value?.images.map((image) => image.relative_path),
    checkpoints,
    rereads: () => rereads,
    listed: () => listed(),
  }
}

async function read(page: Page, body: object = SCAN, etag = 'e1'): Promise<void> {
  const reading = page.images.read('r', READ)
  answers.pop()?.(body, etag)
  await reading
}

const NEW = { checkpoint: '2', seed: '5' }
const NEW_PATH = `${JSON.stringify(NEW)}.png`

describe('the images of a run', () => {
  it('have what is told once a frame, all of it at once', async () => {
    const page = setUp()
    await read(page)
    const before = page.images.scan.value
    for (let seed = 5; seed < 1005; seed++) page.add({ checkpoint: '2', seed: String(seed) })
    expect(page.images.scan.value).toBe(before)
    await vi.advanceTimersByTimeAsync(16)
    expect(page.images.scan.value?.images).toHaveLength(1004)
    expect(page.images.arrivals.value).toHaveLength(999)
    expect(page.images.arrivals.value.at(-1)).toContain('1004')
  })

  it('have what is told while the scan is on its way, in the order of telling', async () => {
    const page = setUp()
    const reading = page.images.read('r', READ)
    page.add(NEW)
    page.tell('image_removed', { path: SCAN.images[0]?.relative_path ?? '', training_run_ids: ['r'] })
    page.add({ checkpoint: '1', seed: '9' })
    page.tell('image_removed', { path: '{"checkpoint":"1","seed":"9"}.png', training_run_ids: ['r'] })
    answers.pop()?.(SCAN, 'e1')
    await reading
    expect(page.paths()?.sort()).toEqual([...SCAN.images.slice(1).map((image) => image.relative_path), NEW_PATH].sort())
  })

  it('are those of the run alone', async () => {
    const page = setUp()
    await read(page)
    page.tell('image_added', { path: 'x.png', dimensions: NEW, version: '1', training_run_ids: ['other'] })
    await vi.advanceTimersByTimeAsync(100)
    expect(page.paths()).toHaveLength(4)
  })

  it('are not read again when nothing has changed, and are when something was told', async () => {
    const page = setUp()
    await read(page)
    const before = page.images.scan.value
    await read(page, { broken: 'never looked at' })
    expect(page.images.scan.value).toBe(before)
    page.add(NEW)
    await vi.advanceTimersByTimeAsync(16)
    await read(page)
    expect(page.paths()).toHaveLength(4)
  })

  it('of a checkpoint that the list lacks wait for the list, and do not wait for ever', async () => {
    const page = setUp()
    await read(page)
    page.add({ checkpoint: '1.5', seed: '3' })
    await vi.advanceTimersByTimeAsync(100)
    page.add(NEW)
    await vi.advanceTimersByTimeAsync(100)
    expect([page.rereads(), page.paths()?.length]).toEqual([1, 4])
    page.checkpoints.splice(1, 0, '1.5')
    page.listed()
    await vi.advanceTimersByTimeAsync(100)
    expect(page.images.scan.value?.dimensions[0]?.values).toEqual(['1', '1.5', '2'])
    page.add({ checkpoint: 'nowhere', seed: '3' })
    await vi.advanceTimersByTimeAsync(100)
    page.listed()
    await vi.advanceTimersByTimeAsync(1000)
    expect([page.rereads(), page.paths()?.length]).toEqual([2, 7])
  })
})
