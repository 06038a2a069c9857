import { onScopeDispose, readonly, ref, type Ref } from 'vue'

export interface Hint {
  /** Somebody rests on the element, or came to it by keyboard. */
  readonly isWanted: Readonly<Ref<boolean>>
  /** Listeners for the element. */
  readonly on: Readonly<Record<string, (event: Event) => void>>
}

const DELAY_MS = 300

/**
 * When to show what an element has to tell: on hover after a moment, at once on focus by keyboard, until the pointer or the
 * focus goes, or Escape is pressed. `prepare` is called before, to fetch it.
 */
export function useHint(prepare: () => void): Hint {
  const isWanted = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  function hide(): void {
    clearTimeout(timer)
    isWanted.value = false
  }
  onScopeDispose(hide)

  return {
    isWanted: readonly(isWanted),
    on: {
      pointerenter(event) {
        if (event instanceof PointerEvent && event.pointerType === 'touch') return
        prepare()
        clearTimeout(timer)
        timer = setTimeout(() => (isWanted.value = true), DELAY_MS)
      },
      pointerleave: hide,
      focus(event) {
        if (!(event.target instanceof Element) || !event.target.matches(':focus-visible')) return
        prepare()
        isWanted.value = true
      },
      blur: hide,
      keydown(event) {
        if (event instanceof KeyboardEvent && event.key === 'Escape') hide()
      },
    },
  }
}
