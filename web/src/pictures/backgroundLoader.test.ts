import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { BackgroundLoader } from './backgroundLoader'

interface Fetching {
  readonly url: string
  readonly signal: AbortSignal
  end(bytes: number | undefined): Promise<void>
  fail(): Promise<void>
}

const PAUSE_MS = 10_000

function loaderWith() {
  const fetches: Fetching[] = []
  const loader = new BackgroundLoader({
    pauseMs: PAUSE_MS,
    fetch: (url, signal) =>
      new Promise((resolve, reject) => {
        const settle = async (action: () => void): Promise<void> => {
          action()
          await vi.advanceTimersByTimeAsync(0)
        }
        fetches.push({
          url,
          signal,
          end: (bytes) => settle(() => resolve(bytes)),
          fail: () => settle(() => reject(new Error('no connection'))),
        })
      }),
  })
  const want = (urls: readonly string[], { run = 'a run', most = 100 } = {}): void => {
    loader.want({ run, urls, most })
    loader.start()
  }
  return { loader, fetches, want, urls: () => fetches.map(({ url }) => url) }
}

describe('BackgroundLoader', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('fetches one after the other, and nothing twice', async () => {
    const { loader, fetches, want, urls } = loaderWith()
    want(['a', 'b'])
    loader.start()
    expect(urls()).toEqual(['a'])
    await fetches[0]?.end(10)
    await fetches[1]?.end(10)
    want(['b', 'a', 'c'])
    expect(urls()).toEqual(['a', 'b', 'c'])
  })

  it('stops at its limit of bytes, however often it is told what is wanted', async () => {
    const { fetches, want, urls } = loaderWith()
    want(['a', 'b', 'c'], { most: 15 })
    await fetches[0]?.end(10)
    await fetches[1]?.end(10)
    expect(urls()).toEqual(['a', 'b'])
    want(['c'], { most: 15 })
    expect(urls()).toEqual(['a', 'b'])
  })

  it('has the whole limit again for another run', async () => {
    const { fetches, want, urls } = loaderWith()
    want(['a', 'b'], { most: 5 })
    await fetches[0]?.end(10)
    want(['c', 'd'], { run: 'another', most: 15 })
    await fetches[1]?.end(10)
    expect(urls()).toEqual(['a', 'c', 'd'])
  })

  it('aborts when told to stop, and begins there again', () => {
    const { loader, fetches, want, urls } = loaderWith()
    want(['a'])
    loader.stop()
    expect(fetches[0]?.signal.aborted).toBe(true)
    loader.start()
    expect(urls()).toEqual(['a', 'a'])
  })

  it.each(['has no time', 'is not there'])('leaves a server alone that %s, and asks for the same again later', async (what) => {
    const { fetches, want, urls } = loaderWith()
    want(['a', 'b'])
    const come = what === 'has no time' ? fetches[0]?.end(undefined) : fetches[0]?.fail()
    await come
    await vi.advanceTimersByTimeAsync(PAUSE_MS - 1)
    expect(urls()).toEqual(['a'])
    await vi.advanceTimersByTimeAsync(1)
    expect(urls()).toEqual(['a', 'a'])
    await fetches[1]?.end(10)
    expect(urls()).toEqual(['a', 'a', 'b'])
  })

  it('can be stopped while it waits', async () => {
    const { loader, fetches, want, urls } = loaderWith()
    want(['a'])
    await fetches[0]?.fail()
    loader.stop()
    await vi.advanceTimersByTimeAsync(PAUSE_MS * 2)
    expect(urls()).toEqual(['a'])
  })
})
