import { describe, expect, it } from 'vitest'
import { BackgroundLoader } from './backgroundLoader'

interface Fetching {
  readonly url: string
  readonly signal: AbortSignal
  end(bytes: number | undefined): Promise<void>
}

function loaderWith(most: number) {
  const fetches: Fetching[] = []
  const loader = new BackgroundLoader({
    most,
    fetch: (url, signal) =>
      new Promise((resolve) => {
        fetches.push({
          url,
          signal,
          async end(bytes) {
            resolve(bytes)
            await new Promise((done) => setTimeout(done))
          },
        })
      }),
  })
  return { loader, fetches, urls: () => fetches.map(({ url }) => url) }
}

describe('BackgroundLoader', () => {
  it('fetches one after the other, and nothing twice', async () => {
    const { loader, fetches, urls } = loaderWith(100)
    loader.want(['a', 'b'])
    loader.start()
    loader.start()
    expect(urls()).toEqual(['a'])
    await fetches[0]?.end(10)
    await fetches[1]?.end(10)
    loader.want(['b', 'a', 'c'])
    loader.start()
    await Promise.resolve()
    expect(urls()).toEqual(['a', 'b', 'c'])
  })

  it('stops at its limit of bytes', async () => {
    const { loader, fetches, urls } = loaderWith(15)
    loader.want(['a', 'b', 'c'])
    loader.start()
    await fetches[0]?.end(10)
    await fetches[1]?.end(10)
    expect(urls()).toEqual(['a', 'b'])
  })

  it('aborts when told to stop, and begins there again', () => {
    const { loader, fetches, urls } = loaderWith(100)
    loader.want(['a'])
    loader.start()
    loader.stop()
    expect(fetches[0]?.signal.aborted).toBe(true)
    loader.start()
    expect(urls()).toEqual(['a', 'a'])
  })

  it('ends when the server has no time, until it is started anew', async () => {
    const { loader, fetches, urls } = loaderWith(100)
    loader.want(['a', 'b'])
    loader.start()
    await fetches[0]?.end(undefined)
    expect(urls()).toEqual(['a'])
    loader.start()
    expect(urls()).toEqual(['a', 'a'])
  })
})
