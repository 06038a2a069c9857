// Loads pictures in the order of their importance and keeps decoded ones within a budget.

export type PictureState<Picture> =
  | { readonly status: 'waiting' }
  | { readonly status: 'ready'; readonly picture: Picture }
  | { readonly status: 'failed'; readonly reason: string }

/** Resolves with the decoded picture; rejects with an Error whose message is the reason for the user. */
export type PictureLoader<Picture> = (url: string, signal: AbortSignal) => Promise<Picture>

export interface PictureStoreOptions<Picture> {
  readonly load: PictureLoader<Picture>
  /** Bytes that a decoded picture takes. */
  readonly bytes: (picture: Picture) => number
  /** Bytes to reckon with for a picture before any was decoded. */
  readonly typicalBytes: number
  /** Decoded bytes to keep; pictures that are watched are kept beyond it. */
  readonly budget: number
  /** Loads in flight at once. Browsers open six connections to a host; the rest stays free for the API. */
  readonly slots: number
}

type Listener<Picture> = (state: PictureState<Picture>) => void

export class PictureStore<Picture> {
  readonly #options: PictureStoreOptions<Picture>
  /** Settled pictures, the least recently wanted first. */
  readonly #settled = new Map<string, PictureState<Picture>>()
  readonly #listeners = new Map<string, Set<Listener<Picture>>>()
  readonly #inFlight = new Map<string, AbortController>()
  #wanted: readonly string[] = []
  #bytes = 0
  #ready = 0

  constructor(options: PictureStoreOptions<Picture>) {
    this.#options = options
  }

  /**
   * Says which pictures are wanted from now on, the most important first. What is in flight and no longer
   * wanted is aborted. As many as fit into the budget are loaded; watched ones always are.
   */
  want(urls: readonly string[]): void {
    const typical = this.#ready > 0 ? this.#bytes / this.#ready : this.#options.typicalBytes
    const fitting = Math.max(1, Math.floor(this.#options.budget / Math.max(1, typical)))
    this.#wanted = urls.slice(0, fitting)
    for (const url of this.#wanted.toReversed()) this.#touch(url)
    const wanted = new Set(this.#wanted)
    for (const [url, controller] of this.#inFlight) {
      if (!wanted.has(url) && !this.#listeners.has(url)) {
        this.#inFlight.delete(url)
        controller.abort()
      }
    }
    this.#evict()
    this.#fill()
  }

  /** Tells the state now and whenever it changes, until the returned function is called. */
  watch(url: string, listener: Listener<Picture>): () => void {
    const listeners = this.#listeners.get(url) ?? new Set()
    listeners.add(listener)
    this.#listeners.set(url, listeners)
    this.#touch(url)
    listener(this.state(url))
    this.#fill()
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0 && this.#listeners.get(url) === listeners) {
        this.#listeners.delete(url)
      }
    }
  }

  state(url: string): PictureState<Picture> {
    return this.#settled.get(url) ?? { status: 'waiting' }
  }

  /** Whether none of these still has to be loaded. */
  isSettled(urls: readonly string[]): boolean {
    return urls.every((url) => this.#settled.has(url))
  }

  /** Forgets a failure and loads again. */
  retry(url: string): void {
    if (this.state(url).status !== 'failed') return
    this.#settled.delete(url)
    this.#tell(url)
    this.#fill()
  }

  /** Forgets all failures: what is still wanted is tried again. */
  forgetFailures(): void {
    for (const [url, { status }] of [...this.#settled]) {
      if (status !== 'failed') continue
      this.#settled.delete(url)
      this.#tell(url)
    }
    this.#fill()
  }

  #touch(url: string): void {
    const state = this.#settled.get(url)
    if (!state) return
    this.#settled.delete(url)
    this.#settled.set(url, state)
  }

  #tell(url: string): void {
    const state = this.state(url)
    for (const listener of [...(this.#listeners.get(url) ?? [])]) listener(state)
  }

  #next(): string | undefined {
    const isMissing = (url: string): boolean => !this.#settled.has(url) && !this.#inFlight.has(url)
    return (
      this.#wanted.find((url) => this.#listeners.has(url) && isMissing(url)) ??
      [...this.#listeners.keys()].find(isMissing) ??
      this.#wanted.find(isMissing)
    )
  }

  #fill(): void {
    while (this.#inFlight.size < this.#options.slots) {
      const url = this.#next()
      if (url === undefined) return
      void this.#load(url)
    }
  }

  async #load(url: string): Promise<void> {
    const controller = new AbortController()
    this.#inFlight.set(url, controller)
    let state: PictureState<Picture>
    try {
      const picture = await this.#options.load(url, controller.signal)
      state = { status: 'ready', picture }
    } catch (thrown) {
      state = { status: 'failed', reason: thrown instanceof Error ? thrown.message : String(thrown) }
    }
    if (this.#inFlight.get(url) !== controller) return
    this.#inFlight.delete(url)
    this.#settled.set(url, state)
    if (state.status === 'ready') {
      this.#bytes += this.#options.bytes(state.picture)
      this.#ready++
    }
    this.#tell(url)
    this.#evict()
    this.#fill()
  }

  /** Drops the least recently wanted pictures until the budget holds. */
  #evict(): void {
    if (this.#bytes <= this.#options.budget) return
    const wanted = new Set(this.#wanted)
    for (const [url, state] of this.#settled) {
      if (this.#bytes <= this.#options.budget) return
      if (state.status !== 'ready' || wanted.has(url) || this.#listeners.has(url)) continue
      this.#settled.delete(url)
      this.#bytes -= this.#options.bytes(state.picture)
      this.#ready--
    }
  }
}
