import { onScopeDispose, ref, watch, type Ref } from 'vue'

const TICK_MS = 1000

/** The time in milliseconds, a second at a time while `isWatched`. */
export function useNow(isWatched: () => boolean): Readonly<Ref<number>> {
  const now = ref(Date.now())
  let timer: ReturnType<typeof setInterval> | undefined

  function tick(): void {
    now.value = Date.now()
  }
  watch(
    isWatched,
    (is) => {
      clearInterval(timer)
      tick()
      if (is) timer = setInterval(tick, TICK_MS)
    },
    { immediate: true },
  )
  onScopeDispose(() => clearInterval(timer))
  return now
}
