// Fetches files one after the other while nothing else is to do, so that they are in the browser's cache when they are wanted.

/** Resolves with the number of bytes fetched; undefined, or rejected: not now, and for a while nothing else either. */
export type BackgroundFetch = (url: string, signal: AbortSignal) => Promise<number | undefined>

export interface BackgroundOptions {
  readonly fetch: BackgroundFetch
  /** How long to leave the server alone after a fetch that came to nothing. */
  readonly pauseMs: number
}

/** Files to fetch, in this order. */
export interface BackgroundFiles {
  /** What they belong to. */
  readonly run: string
  readonly urls: readonly string[]
  /** Bytes to fetch of the run in all. */
  readonly most: number
}

export class BackgroundLoader {
  readonly #options: BackgroundOptions
  readonly #done = new Set<string>()
  #files: BackgroundFiles = { run: '', urls: [], most: 0 }
  #next = 0
  /** Fetched of the run. */
  #bytes = 0
  #current: AbortController | undefined

  constructor(options: BackgroundOptions) {
    this.#options = options
  }

  /** What to fetch from now on. Begins with start(). */
  want(files: BackgroundFiles): void {
    this.stop()
    if (files.run !== this.#files.run) this.#bytes = 0
    this.#files = files
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
    const { signal } = (this.#current = new AbortController())
    while (this.#bytes < this.#files.most) {
      const url = this.#files.urls[this.#next]
      if (url === undefined) break
      const bytes = this.#done.has(url) ? 0 : await this.#fetch(url, signal)
      if (signal.aborted) return
      if (bytes === undefined) continue
      this.#bytes += bytes
      this.#done.add(url)
      this.#next++
    }
    this.#current = undefined
  }

  async #fetch(url: string, signal: AbortSignal): Promise<number | undefined> {
    const bytes = await this.#options.fetch(url, signal).catch(() => undefined)
    if (bytes === undefined && !signal.aborted) await this.#pause(signal)
    return bytes
  }

  #pause(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#options.pauseMs)
      signal.addEventListener('abort', () => {
        clearTimeout(timer)
        resolve()
      })
    })
  }
}
