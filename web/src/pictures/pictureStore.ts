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
  /** Decoded bytes to keep; pictures that are watched or wanted are kept beyond it. */
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
  /** What of the wanted is not settled, the most important last. */
  #missing: PictureRequest[] = []
  #budget: number
  #bytes = 0
  #paused = false

  constructor(options: PictureStoreOptions<Picture>) {
    this.#options = options
    this.#budget = options.budget
  }

  /**
   * Says which pictures are wanted from now on, the most important first. A load in flight goes on only if it would be
   * among the first to start now.
   */
  want(requests: readonly PictureRequest[]): void {
    this.#wanted = new Map(requests.map((request) => [request.url, request]))
    this.#missing = []
    for (const request of [...this.#wanted.values()].reverse()) {
      const state = this.#settled.get(request.url)
      if (!state) {
        this.#missing.push(request)
        continue
      }
      this.#settled.delete(request.url)
      this.#settled.set(request.url, state)
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

  /** Decoded bytes that are kept. */
  get bytes(): number {
    return this.#bytes
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
      const request = this.#missing.pop()
      if (!request) break
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
    if (state.status === 'ready') this.#bytes += this.#options.bytes(state.picture)
    this.#tell(url)
    this.#evict()
    this.#fill()
  }

  /** Drops the least recently wanted pictures until the budget holds. */
  #evict(): void {
    if (this.#bytes <= this.#budget) return
    for (const [url, state] of this.#settled) {
      if (this.#bytes <= this.#budget) return
      if (state.status !== 'ready' || this.#wanted.has(url) || this.#listeners.has(url)) continue
      this.#settled.delete(url)
      this.#bytes -= this.#options.bytes(state.picture)
    }
  }
}
