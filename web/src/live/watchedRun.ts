// Which training run the feed tells of, and when some of it may have been missed.

export interface WatchedRunOptions {
  /** Asks the feed to narrow what it tells to a run; null: to tell all. */
  readonly ask: (run: string | null) => void
  /** Some about the wanted run may have been missed, because another one was watched until now. */
  readonly onMissed: () => void
}

/** After hello of all, after `watch` of one; in between nobody knows. */
type Told = 'all' | 'unknown' | { readonly run: string }

export class WatchedRun {
  readonly #options: WatchedRunOptions
  #wanted: string | undefined
  #told: Told = 'all'

  constructor(options: WatchedRunOptions) {
    this.#options = options
  }

  want(run: string | undefined): void {
    this.#wanted = run
    this.#ask()
  }

  /** A new connection: of all is told, so nothing is missed when it is narrowed to one. */
  hello(): void {
    this.#told = 'all'
    this.#ask()
  }

  /** The feed says what it tells from now on. */
  watched(run: string | null): void {
    if (run !== null && run !== this.#wanted) return
    const wasUnknown = this.#told === 'unknown'
    this.#told = run === null ? 'all' : { run }
    if (wasUnknown) this.#options.onMissed()
  }

  /** The feed does not know the run, although the list has it: it is to tell of all then. */
  refused(): void {
    this.#options.ask(null)
  }

  /** By now it may know the run. */
  runsChanged(): void {
    if (this.#told === 'all') this.#ask()
  }

  #ask(): void {
    if (typeof this.#told === 'object') {
      if (this.#told.run === this.#wanted) return
      this.#told = 'unknown'
    }
    if (this.#wanted !== undefined) this.#options.ask(this.#wanted)
  }
}
