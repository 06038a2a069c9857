// Fetches files one after the other while nothing else is to do, so that they are in the browser's cache when they are wanted.

/** Resolves with the number of bytes fetched; undefined: not now, and for a while nothing else either. */
export type BackgroundFetch = (url: string, signal: AbortSignal) => Promise<number | undefined>

export interface BackgroundOptions {
  readonly fetch: BackgroundFetch
  /** Bytes to fetch in all. */
  readonly most: number
}

export class BackgroundLoader {
  readonly #options: BackgroundOptions
  readonly #done = new Set<string>()
  #wanted: readonly string[] = []
  #next = 0
  #left: number
  #current: AbortController | undefined

  constructor(options: BackgroundOptions) {
    this.#options = options
    this.#left = options.most
  }

  /** What to fetch from now on. Begins with start(). */
  want(urls: readonly string[]): void {
    this.stop()
    this.#wanted = urls
    this.#next = 0
  }

  start(): void {
    if (!this.#current) void this.#run()
  }

  stop(): void {
    this.#current?.abort()
    this.#current = undefined
  }

  async #run(): Promise<void> {
    const controller = new AbortController()
    this.#current = controller
    while (this.#left > 0) {
      const url = this.#wanted[this.#next]
      if (url === undefined) break
      if (!this.#done.has(url)) {
        const bytes = await this.#options.fetch(url, controller.signal).catch(() => 0)
        if (controller.signal.aborted) return
        if (bytes === undefined) break
        this.#left -= bytes
        this.#done.add(url)
      }
      this.#next++
    }
    this.#current = undefined
  }
}
