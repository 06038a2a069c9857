import { onMounted, onScopeDispose } from 'vue'

/** Whether a key pressed there is text, or means something to the element itself. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input:not([type="checkbox"], [type="radio"]), textarea, select'))
  )
}

/** Listens for keys anywhere in the page, by `event.key`; dead in text fields and with modifiers. */
export function useKeys(bindings: Readonly<Record<string, () => void>>): void {
  function press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
    const action = Object.hasOwn(bindings, event.key) ? bindings[event.key] : undefined
    if (!action) return
    event.preventDefault()
    action()
  }
  onMounted(() => window.addEventListener('keydown', press))
  onScopeDispose(() => window.removeEventListener('keydown', press))
}
