/** In a tab that nobody sees there are no frames. */
const WITHOUT_FRAMES_MS = 1_000
/** At most this part of the time goes into what is paced. */
const SHARE = 0.2
const LONGEST_PAUSE_MS = 2_000

export interface PacerOptions {
  /** What is to be done once for all that was asked for; resolves when it is on the screen. */
  readonly act: () => Promise<void>
}

/** Does something at most once a frame, and less often when it takes long. */
export class Pacer {
  readonly #options: PacerOptions
  #frame = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #isDue = false
  #isActing = false
  #notBefore = 0

  constructor(options: PacerOptions) {
    this.#options = options
  }

  request(): void {
    if (this.#isDue) return
    this.#isDue = true
    if (!this.#isActing) this.#schedule()
  }

  stop(): void {
    cancelAnimationFrame(this.#frame)
    clearTimeout(this.#timer)
    this.#isDue = false
  }

  #schedule(): void {
    const pause = this.#notBefore - performance.now()
    if (pause > 0) this.#timer = setTimeout(() => this.#awaitFrame(), pause)
    else this.#awaitFrame()
  }

  #awaitFrame(): void {
    this.#frame = requestAnimationFrame(() => void this.#run())
    this.#timer = setTimeout(() => void this.#run(), WITHOUT_FRAMES_MS)
  }

  async #run(): Promise<void> {
    this.stop()
    this.#isActing = true
    const began = performance.now()
    try {
      await this.#options.act()
    } finally {
      const now = performance.now()
      this.#notBefore = now + Math.min(LONGEST_PAUSE_MS, ((now - began) * (1 - SHARE)) / SHARE)
      this.#isActing = false
      if (this.#isDue) this.#schedule()
    }
  }
}
