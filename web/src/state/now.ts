import { onScopeDispose, readonly, ref, type Ref } from 'vue'

const TICK_MS = 1000

/** The time in milliseconds, a second at a time, until the current scope ends. */
export function useNow(): Readonly<Ref<number>> {
  const now = ref(Date.now())
  const timer = setInterval(() => (now.value = Date.now()), TICK_MS)
  onScopeDispose(() => clearInterval(timer))
  return readonly(now)
}
