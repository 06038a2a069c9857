import { describe, expect, it } from 'vitest'
import { PictureStore } from './pictureStore'

interface Load {
  readonly url: string
  readonly signal: AbortSignal
  succeed(): Promise<void>
  fail(reason: string): Promise<void>
}

/** A store whose loads end when the test says so. Every picture takes 10 bytes. */
function storeWith({ budget = 1000, slots = 4 } = {}) {
  const loads: Load[] = []
  const store = new PictureStore<string>({
    budget,
    slots,
    bytes: () => 10,
    typicalBytes: 10,
    load: (url, signal) =>
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
  const inFlight = (): string[] =>
    loads.filter(({ url, signal }) => !signal.aborted && !store.isSettled([url])).map(({ url }) => url)
  const load = (url: string): Load => {
    const found = loads.findLast((each) => each.url === url)
    if (!found) throw new Error(`${url} was never loaded`)
    return found
  }
  return { store, loads, load, inFlight }
}

const URLS = ['a', 'b', 'c', 'd', 'e', 'f']

describe('PictureStore', () => {
  it('loads the most important first, no more at once than there are slots', async () => {
    const { store, load, inFlight } = storeWith({ slots: 2 })
    store.want(['a', 'b', 'c'])
    expect(inFlight()).toEqual(['a', 'b'])
    await load('a').succeed()
    expect(inFlight()).toEqual(['b', 'c'])
  })

  it('aborts what is no longer wanted and gives the slot to what is', () => {
    const { store, load, inFlight } = storeWith({ slots: 2 })
    store.want(['a', 'b'])
    store.want(['c', 'b'])
    expect(load('a').signal.aborted).toBe(true)
    expect(inFlight()).toEqual(['b', 'c'])
  })

  it('never tells of a load that was aborted', async () => {
    const { store, load } = storeWith()
    store.want(['a'])
    store.want([])
    await load('a').succeed()
    expect(store.state('a')).toEqual({ status: 'waiting' })
  })

  it('tells a watcher every state, and loads what is watched without being wanted', async () => {
    const { store, load } = storeWith()
    const seen: string[] = []
    store.watch('a', (state) => seen.push(state.status))
    await load('a').succeed()
    expect(seen).toEqual(['waiting', 'ready'])
  })

  it('keeps the reason of a failure, and loads again when asked to', async () => {
    const { store, load, loads } = storeWith()
    store.watch('a', () => undefined)
    await load('a').fail('There is no such image.')
    expect(store.state('a')).toEqual({ status: 'failed', reason: 'There is no such image.' })
    store.want(['a'])
    expect(loads).toHaveLength(1)
    store.retry('a')
    await load('a').succeed()
    expect(store.state('a').status).toBe('ready')
  })

  it('tries everything again that failed when asked to', async () => {
    const { store, load, loads } = storeWith()
    store.want(['a', 'b', 'c'])
    await load('a').succeed()
    await load('b').fail('gone')
    await load('c').fail('gone')
    store.forgetFailures()
    expect(loads.slice(3).map(({ url }) => url)).toEqual(['b', 'c'])
  })

  it('drops the least recently wanted when the budget is full', async () => {
    const { store, load } = storeWith({ budget: 30 })
    for (const url of ['a', 'b', 'c']) {
      store.want([url])
      await load(url).succeed()
    }
    store.want(['a'])
    store.want(['d'])
    await load('d').succeed()
    expect(URLS.filter((url) => store.isSettled([url]))).toEqual(['a', 'c', 'd'])
  })

  it('keeps what is watched beyond the budget, and wants no more than fits', async () => {
    const { store, load, loads } = storeWith({ budget: 20 })
    for (const url of ['a', 'b', 'c']) {
      store.watch(url, () => undefined)
      await load(url).succeed()
    }
    expect(store.isSettled(['a', 'b', 'c'])).toBe(true)
    store.want(URLS)
    expect(loads.map(({ url }) => url)).toEqual(['a', 'b', 'c'])
  })

  it('puts what is watched before what is only wanted', async () => {
    const { store, load, inFlight } = storeWith({ slots: 1 })
    store.want(['a', 'b', 'c'])
    store.watch('c', () => undefined)
    await load('a').succeed()
    expect(inFlight()).toEqual(['c'])
  })
})
