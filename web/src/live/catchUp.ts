// What has to be read again after a gap in the feed, tried until it succeeds.

/** Reads again what its owner shows. Throwing or rejecting: it did not succeed. */
export type GapHandler = () => unknown

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 15_000

export interface CatchUpOptions {
  /** Told whenever it changes whether all that was asked for has succeeded. */
  readonly onChange: (isCurrent: boolean) => void
}

interface Attempt {
  timer?: ReturnType<typeof setTimeout>
}

export class CatchUp {
  readonly #options: CatchUpOptions
  readonly #handlers = new Set<GapHandler>()
  /** By handler that has not succeeded since the last gap: its latest attempt. */
  readonly #behind = new Map<GapHandler, Attempt>()

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
    for (const handler of this.#handlers) this.#start(handler)
    this.#options.onChange(this.#behind.size === 0)
  }

  /** The same for one of them. */
  beginOne(handler: GapHandler): void {
    this.#start(handler)
    this.#options.onChange(this.#behind.size === 0)
  }

  /** The connection is gone: the next one begins anew. */
  stop(): void {
    for (const { timer } of this.#behind.values()) clearTimeout(timer)
    this.#behind.clear()
  }

  #start(handler: GapHandler): void {
    clearTimeout(this.#behind.get(handler)?.timer)
    const attempt: Attempt = {}
    this.#behind.set(handler, attempt)
    void this.#read(handler, attempt, FIRST_PAUSE_MS)
  }

  #succeed(handler: GapHandler): void {
    clearTimeout(this.#behind.get(handler)?.timer)
    if (this.#behind.delete(handler) && this.#behind.size === 0) this.#options.onChange(true)
  }

  async #read(handler: GapHandler, attempt: Attempt, pause: number): Promise<void> {
    try {
      await handler()
      if (this.#behind.get(handler) === attempt) this.#succeed(handler)
    } catch {
      if (this.#behind.get(handler) !== attempt) return
      attempt.timer = setTimeout(() => {
        void this.#read(handler, attempt, Math.min(LONGEST_PAUSE_MS, pause * 2))
      }, pause)
    }
  }
}
