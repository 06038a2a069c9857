// Loads pictures in the order of their importance and keeps decoded ones within a budget.

import type { PictureRequest } from './sources'

export type PictureState<Picture> =
  | { readonly status: 'waiting' }
  | { readonly status: 'ready'; readonly picture: Picture }
  | { readonly status: 'failed'; readonly reason: string }

/** Resolves with the decoded picture; rejects with an Error whose message is the reason for the user. */
export type PictureLoader<Picture> = (request: PictureRequest, signal: AbortSignal) => Promise<Picture>

export interface PictureStoreOptions<Picture> {
  readonly load: PictureLoader<Picture>
  /** Bytes that a decoded picture takes. */
  readonly bytes: (picture: Picture) => number
  /** Decoded bytes to keep. */
  readonly budget: number
  /** Loads in flight at once. Browsers open six connections to a host; the rest stays free for the API. */
  readonly slots: number
  /** Called whenever nothing that is wanted is left to load. */
  readonly onIdle?: () => void
}

type Listener<Picture> = (state: PictureState<Picture>) => void

const WAITING = { status: 'waiting' } as const

export class PictureStore<Picture> {
  readonly #options: PictureStoreOptions<Picture>
  /** Settled pictures, the least recently wanted first. */
  readonly #settled = new Map<string, PictureState<Picture>>()
  readonly #listeners = new Map<string, Set<Listener<Picture>>>()
  readonly #inFlight = new Map<string, AbortController>()
  #wanted: ReadonlyMap<string, PictureRequest> = new Map()
  /** What of the wanted is kept whatever it takes. */
  #shown: ReadonlySet<string> = new Set()
  /** What of the wanted is not settled, the most important last. */
  #missing: PictureRequest[] = []
  #budget: number
  #bytes = 0
  /** Those of what is wanted. */
  #wantedBytes = 0
  #paused = false

  constructor(options: PictureStoreOptions<Picture>) {
    this.#options = options
    this.#budget = options.budget
  }

  /**
   * Says which pictures are wanted from now on, the most important first: the first `shown` whatever they take, the others as
   * far as the budget holds them. A load in flight goes on only if it would be among the first to start now.
   */
  want(requests: readonly PictureRequest[], shown = 0): void {
    this.#wanted = new Map(requests.map((request) => [request.url, request]))
    this.#shown = new Set(requests.slice(0, shown).map(({ url }) => url))
    this.#missing = []
    this.#wantedBytes = 0
    for (const request of [...this.#wanted.values()].reverse()) {
      const state = this.#settled.get(request.url)
      if (!state) {
        this.#missing.push(request)
        continue
      }
      this.#settled.delete(request.url)
      this.#settled.set(request.url, state)
      this.#wantedBytes += this.bytesOf(request.url) ?? 0
    }
    const first = new Set(this.#missing.slice(-this.#options.slots).map(({ url }) => url))
    for (const [url, controller] of this.#inFlight) {
      if (first.has(url)) continue
      this.#inFlight.delete(url)
      controller.abort()
    }
    this.#evict()
    this.#fill()
  }

  /** Tells the state now and whenever it changes, until the returned function is called. Loads nothing by itself. */
  watch(url: string, listener: Listener<Picture>): () => void {
    const listeners = this.#listeners.get(url) ?? new Set()
    listeners.add(listener)
    this.#listeners.set(url, listeners)
    listener(this.state(url))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0 && this.#listeners.get(url) === listeners) {
        this.#listeners.delete(url)
      }
    }
  }

  state(url: string): PictureState<Picture> {
    return this.#settled.get(url) ?? WAITING
  }

  /** Whether none of these still has to be loaded. */
  isSettled(urls: readonly string[]): boolean {
    return urls.every((url) => this.#settled.has(url))
  }

  /** Decoded bytes of a picture; undefined: it is not kept. */
  bytesOf(url: string): number | undefined {
    const state = this.#settled.get(url)
    return state?.status === 'ready' ? this.#options.bytes(state.picture) : undefined
  }

  get budget(): number {
    return this.#budget
  }

  setBudget(bytes: number): void {
    this.#budget = bytes
    this.#evict()
  }

  /** While paused no load begins. */
  setPaused(paused: boolean): void {
    this.#paused = paused
    this.#fill()
  }

  /** Forgets a failure and loads again. */
  retry(url: string): void {
    if (this.state(url).status !== 'failed') return
    this.#forget(url)
    this.#fill()
  }

  /** Forgets all failures: what is still wanted is tried again. */
  forgetFailures(): void {
    const failed = [...this.#settled].filter(([, { status }]) => status === 'failed')
    for (const [url] of failed.reverse()) this.#forget(url)
    this.#fill()
  }

  #forget(url: string): void {
    this.#settled.delete(url)
    const request = this.#wanted.get(url)
    if (request) this.#missing.push(request)
    this.#tell(url)
  }

  #tell(url: string): void {
    const state = this.state(url)
    for (const listener of [...(this.#listeners.get(url) ?? [])]) listener(state)
  }

  #fill(): void {
    if (this.#paused) return
    while (this.#inFlight.size < this.#options.slots) {
      const request = this.#missing.at(-1)
      if (!request || (this.#wantedBytes >= this.#budget && !this.#shown.has(request.url))) break
      this.#missing.pop()
      if (!this.#settled.has(request.url) && !this.#inFlight.has(request.url)) void this.#load(request)
    }
    if (this.#inFlight.size === 0) this.#options.onIdle?.()
  }

  async #load(request: PictureRequest): Promise<void> {
    const { url } = request
    const controller = new AbortController()
    this.#inFlight.set(url, controller)
    let state: PictureState<Picture>
    try {
      const picture = await this.#options.load(request, controller.signal)
      state = { status: 'ready', picture }
    } catch (thrown) {
      state = { status: 'failed', reason: thrown instanceof Error ? thrown.message : String(thrown) }
    }
    if (this.#inFlight.get(url) !== controller) return
    this.#inFlight.delete(url)
    this.#settled.set(url, state)
    this.#count(url, this.bytesOf(url) ?? 0)
    this.#tell(url)
    this.#evict()
    this.#fill()
  }

  /** Drops what is neither wanted nor watched, the least recently wanted first, then the least important of the wanted. */
  #evict(): void {
    if (this.#bytes <= this.#budget) return
    for (const url of this.#settled.keys()) {
      if (this.#bytes <= this.#budget) return
      if (!this.#wanted.has(url) && !this.#listeners.has(url)) this.#drop(url)
    }
    for (const url of [...this.#wanted.keys()].reverse()) {
      if (this.#bytes <= this.#budget) return
      if (this.#shown.has(url) || !this.#drop(url)) continue
      this.#tell(url)
    }
  }

  #drop(url: string): boolean {
    const bytes = this.bytesOf(url)
    if (bytes === undefined) return false
    this.#settled.delete(url)
    this.#count(url, -bytes)
    return true
  }

  #count(url: string, bytes: number): void {
    this.#bytes += bytes
    if (this.#wanted.has(url)) this.#wantedBytes += bytes
  }
}
