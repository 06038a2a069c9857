import { computed, onScopeDispose, ref, type ComputedRef } from 'vue'

export interface Motion {
  /** Nothing has moved for a moment. */
  readonly isSettled: ComputedRef<boolean>
  /** Something moved just now. */
  touch(): void
  /** Something moves until told otherwise. */
  hold(moving: boolean): void
}

const QUIET_MS = 350

/** Whether sliders, scrolling and playback are at rest. */
export function useMotion(): Motion {
  const isQuiet = ref(false)
  const isHeld = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  function touch(): void {
    clearTimeout(timer)
    isQuiet.value = false
    timer = setTimeout(() => {
      isQuiet.value = true
    }, QUIET_MS)
  }
  onScopeDispose(() => clearTimeout(timer))
  return {
    isSettled: computed(() => isQuiet.value && !isHeld.value),
    touch,
    hold(moving) {
      isHeld.value = moving
    },
  }
}
