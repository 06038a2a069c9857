import { describe, expect, it } from 'vitest'
import { PictureStore } from './pictureStore'

interface Load {
  readonly url: string
  readonly signal: AbortSignal
  succeed(): Promise<void>
  fail(reason: string): Promise<void>
}

/** A store whose loads end when the test says so. Every picture takes 10 bytes. */
function storeWith({ budget = 1000, slots = 4, onIdle = (): unknown => undefined } = {}) {
  const loads: Load[] = []
  const store = new PictureStore<string>({
    budget,
    slots,
    onIdle,
    bytes: () => 10,
    load: ({ url }, signal) =>
      new Promise((resolve, reject) => {
        const settle = async (action: () => void): Promise<void> => {
          action()
          await new Promise((done) => setTimeout(done))
        }
        loads.push({
          url,
          signal,
          succeed: () => settle(() => resolve(`picture of ${url}`)),
          fail: (reason) => settle(() => reject(new Error(reason))),
        })
      }),
  })
  const want = (urls: readonly string[], shown?: number): void => store.want(urls.map((url) => ({ url })), shown)
  const inFlight = (): string[] =>
    loads.filter(({ url, signal }) => !signal.aborted && !store.isSettled([url])).map(({ url }) => url)
  const load = (url: string): Load => {
    const found = loads.findLast((each) => each.url === url)
    if (!found) throw new Error(`${url} was never loaded`)
    return found
  }
  return { store, want, loads, load, inFlight }
}

const URLS = ['a', 'b', 'c', 'd', 'e', 'f']

describe('PictureStore', () => {
  it('loads the most important first, no more at once than there are slots', async () => {
    const { want, load, inFlight } = storeWith({ slots: 2 })
    want(['a', 'b', 'c'])
    expect(inFlight()).toEqual(['a', 'b'])
    await load('a').succeed()
    expect(inFlight()).toEqual(['b', 'c'])
  })

  it('aborts what is no longer wanted and gives the slot to what is', () => {
    const { want, load, inFlight } = storeWith({ slots: 2 })
    want(['a', 'b'])
    want(['c', 'b'])
    expect(load('a').signal.aborted).toBe(true)
    expect(inFlight()).toEqual(['b', 'c'])
  })

  it('never tells of a load that was aborted', async () => {
    const { store, load, want } = storeWith()
    want(['a'])
    want([])
    await load('a').succeed()
    expect(store.state('a')).toEqual({ status: 'waiting' })
  })

  it('tells a watcher every state', async () => {
    const { store, want, load } = storeWith()
    const seen: string[] = []
    store.watch('a', (state) => seen.push(state.status))
    want(['a'])
    await load('a').succeed()
    expect(seen).toEqual(['waiting', 'ready'])
  })

  it('lets go of a load for something more important, and comes back to it', async () => {
    const { want, load, inFlight } = storeWith({ slots: 2 })
    want(['c', 'd'])
    want(['a', 'c', 'd'])
    expect(load('d').signal.aborted).toBe(true)
    expect(load('c').signal.aborted).toBe(false)
    expect(inFlight()).toEqual(['c', 'a'])
    await load('a').succeed()
    expect(inFlight()).toEqual(['c', 'd'])
  })

  it('begins nothing while it is paused', () => {
    const { store, want, loads, inFlight } = storeWith()
    store.setPaused(true)
    want(['a', 'b'])
    expect(loads).toHaveLength(0)
    store.setPaused(false)
    expect(inFlight()).toEqual(['a', 'b'])
  })

  it('keeps the reason of a failure, and loads again when asked to', async () => {
    const { store, load, loads, want } = storeWith()
    want(['a'])
    await load('a').fail('There is no such image.')
    expect(store.state('a')).toEqual({ status: 'failed', reason: 'There is no such image.' })
    want(['a'])
    expect(loads).toHaveLength(1)
    store.retry('a')
    await load('a').succeed()
    expect(store.state('a').status).toBe('ready')
  })

  it('tries everything again that failed when asked to', async () => {
    const { store, load, loads, want } = storeWith()
    want(['a', 'b', 'c'])
    await load('a').succeed()
    await load('b').fail('gone')
    await load('c').fail('gone')
    store.forgetFailures()
    expect(loads.slice(3).map(({ url }) => url)).toEqual(['b', 'c'])
  })

  it('drops the least recently wanted when the budget is full', async () => {
    const { store, load, want } = storeWith({ budget: 30 })
    for (const url of ['a', 'b', 'c']) {
      want([url])
      await load(url).succeed()
    }
    want(['a'])
    want(['d'])
    await load('d').succeed()
    expect(URLS.filter((url) => store.isSettled([url]))).toEqual(['a', 'c', 'd'])
  })

  it('keeps what is shown or watched beyond the budget, until it is neither', async () => {
    const { store, want, load } = storeWith({ budget: 20 })
    want(['a', 'b', 'c'], 3)
    for (const url of ['a', 'b', 'c']) await load(url).succeed()
    expect(store.isSettled(['a', 'b', 'c'])).toBe(true)
    const unwatch = store.watch('a', () => undefined)
    want([])
    expect(URLS.filter((url) => store.isSettled([url]))).toEqual(['a', 'c'])
    unwatch()
    store.setBudget(10)
    expect(URLS.filter((url) => store.isSettled([url]))).toEqual(['c'])
  })

  it('begins no load that the budget has no room for, unless the picture is shown', async () => {
    const { store, want, load, loads } = storeWith({ budget: 20, slots: 1 })
    want(URLS, 1)
    for (const url of ['a', 'b']) await load(url).succeed()
    expect(loads).toHaveLength(2)
    want(['d', 'e'], 1)
    await load('d').succeed()
    await load('e').succeed()
    expect(URLS.filter((url) => store.isSettled([url]))).toEqual(['d', 'e'])
  })

  it('drops the least important of what is wanted when pictures are larger than thought, and says so', async () => {
    const { store, want, load } = storeWith({ budget: 20 })
    const seen: string[] = []
    store.watch('c', (state) => seen.push(state.status))
    want(['a', 'b', 'c'], 1)
    for (const url of ['c', 'a', 'b']) await load(url).succeed()
    expect(URLS.filter((url) => store.isSettled([url]))).toEqual(['a', 'b'])
    expect(seen).toEqual(['waiting', 'ready', 'waiting'])
    expect(store.bytesOf('a')).toBe(10)
    expect(store.bytesOf('c')).toBeUndefined()
  })

  it('is idle when there is no room for what is left', async () => {
    let idle = 0
    const { want, load } = storeWith({ budget: 10, onIdle: () => idle++ })
    want(['a', 'b'])
    await load('a').succeed()
    await load('b').succeed()
    expect(idle).toBe(1)
  })
})
