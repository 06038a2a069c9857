import { onScopeDispose, readonly, ref, watch, type Ref } from 'vue'

/** Seconds a position is shown. */
export const SPEEDS = [0.25, 0.33, 0.5, 1, 2, 3] as const

export interface PlaybackOptions {
  readonly length: () => number
  readonly position: () => number
  readonly move: (position: number) => void
  /** Whether the pictures of the current position are on screen; playing waits for them. */
  readonly isShown: () => boolean
}

export interface Playback {
  readonly playing: Readonly<Ref<boolean>>
  readonly loop: Ref<boolean>
  readonly seconds: Ref<number>
  toggle(): void
  stop(): void
}

const WAIT_FOR_PICTURES_MS = 50

/** The position after this one; undefined where playing ends. */
export function nextPosition(position: number, length: number, loop: boolean): number | undefined {
  if (position + 1 < length) return position + 1
  return loop && length > 1 ? 0 : undefined
}

export function usePlayback(options: PlaybackOptions): Playback {
  const playing = ref(false)
  const loop = ref(true)
  const seconds = ref(1)
  let timer: ReturnType<typeof setTimeout> | undefined

  function stop(): void {
    clearTimeout(timer)
    playing.value = false
  }

  function tick(): void {
    if (!options.isShown()) {
      timer = setTimeout(tick, WAIT_FOR_PICTURES_MS)
      return
    }
    const next = nextPosition(options.position(), options.length(), loop.value)
    if (next === undefined) {
      stop()
      return
    }
    options.move(next)
    timer = setTimeout(tick, seconds.value * 1000)
  }

  watch(seconds, () => {
    if (!playing.value) return
    clearTimeout(timer)
    timer = setTimeout(tick, seconds.value * 1000)
  })
  onScopeDispose(stop)

  return {
    playing: readonly(playing),
    loop,
    seconds,
    stop,
    toggle() {
      if (playing.value) {
        stop()
        return
      }
      const atEnd = options.position() + 1 >= options.length()
      if (options.length() < 2) return
      playing.value = true
      if (atEnd) options.move(0)
      timer = setTimeout(tick, seconds.value * 1000)
    },
  }
}
