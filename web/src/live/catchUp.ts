// What has to be read again after a gap in the feed, tried until it succeeds.

/** Reads again what its owner shows. Throwing or rejecting: it did not succeed. */
export type GapHandler = () => unknown

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 15_000

export interface CatchUpOptions {
  /** Told whenever it changes whether all that was asked for has succeeded. */
  readonly onChange: (isCurrent: boolean) => void
}

export class CatchUp {
  readonly #options: CatchUpOptions
  readonly #handlers = new Set<GapHandler>()
  /** By handler that has not succeeded since the last gap: the timer of its next attempt, if it failed. */
  readonly #behind = new Map<GapHandler, ReturnType<typeof setTimeout> | undefined>()
  #round = 0

  constructor(options: CatchUpOptions) {
    this.#options = options
  }

  /** Returns what removes it. */
  add(handler: GapHandler): () => void {
    this.#handlers.add(handler)
    return () => {
      this.#handlers.delete(handler)
      this.#succeed(handler)
    }
  }

  /** Something may have been missed: all read again, also those that are reading. */
  begin(): void {
    this.stop()
    const round = ++this.#round
    for (const handler of this.#handlers) this.#behind.set(handler, undefined)
    this.#options.onChange(this.#behind.size === 0)
    for (const handler of [...this.#behind.keys()]) void this.#read(handler, round, FIRST_PAUSE_MS)
  }

  /** The connection is gone: the next one begins anew. */
  stop(): void {
    this.#round++
    for (const timer of this.#behind.values()) clearTimeout(timer)
    this.#behind.clear()
  }

  #succeed(handler: GapHandler): void {
    clearTimeout(this.#behind.get(handler))
    if (this.#behind.delete(handler) && this.#behind.size === 0) this.#options.onChange(true)
  }

  async #read(handler: GapHandler, round: number, pause: number): Promise<void> {
    try {
      await handler()
      if (round === this.#round) this.#succeed(handler)
    } catch {
      if (round !== this.#round || !this.#behind.has(handler)) return
      const next = Math.min(LONGEST_PAUSE_MS, pause * 2)
      this.#behind.set(
        handler,
        setTimeout(() => void this.#read(handler, round, next), pause),
      )
    }
  }
}
