import { onMounted, onScopeDispose } from 'vue'

const TEXT = 'input:not([type="checkbox"], [type="radio"], [type="range"]), textarea, select, [contenteditable]:not([contenteditable="false"])'
/** Widgets that move by arrows, Home, End and the page keys. */
const MOVABLE =
  '[role="slider"], [role="separator"], [role="listbox"], [role="combobox"], [role="menu"], [role="tab"], [role="tree"], ' +
  '[type="radio"], .n-base-selection'
/** Widgets that Space or Enter presses. */
const PRESSABLE = 'button, a[href], summary, [role="button"], [role="checkbox"], [type="checkbox"], [type="radio"], .n-base-selection'
const MODAL = '[role="dialog"][aria-modal="true"]'

/** The key of an event with its modifiers, as in `Ctrl+ArrowLeft` (also for Cmd), `Shift+ArrowUp`, `?`. */
export function chordOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): string {
  // Shift is part of a printed character, but a modifier of a named key.
  const isNamed = event.key.length > 1
  return [
    event.ctrlKey || event.metaKey ? 'Ctrl+' : '',
    event.altKey ? 'Alt+' : '',
    event.shiftKey && isNamed ? 'Shift+' : '',
    event.key,
  ].join('')
}

/** Whether the focused element needs this key itself: text fields need all, sliders the arrows, buttons Space. */
function isUsedBy(target: EventTarget | null, chord: string): boolean {
  if (!(target instanceof Element)) return false
  if (target.closest(TEXT)) return true
  if (/^(Shift\+)?(Arrow|Home|End|Page)/.test(chord)) return target.closest(MOVABLE) !== null
  return (chord === ' ' || chord === 'Enter') && target.closest(PRESSABLE) !== null
}

/** What lies over everything else: the last modal dialog in the document. */
function topmostModal(): Element | undefined {
  return [...document.querySelectorAll(MODAL)].at(-1)
}

/**
 * Listens for keys anywhere in the page; see chordOf for their names. They are dead where the focused element uses
 * them itself, and under a modal dialog, unless `within` is in it.
 */
export function useKeys(
  bindings: Readonly<Record<string, () => void>>,
  within: () => Element | null = () => null,
): void {
  // As it is before anybody has heard of the key: the dialog that it closes is gone afterwards.
  let modal: Element | undefined
  function look(): void {
    modal = topmostModal()
  }
  function press(event: KeyboardEvent): void {
    const chord = chordOf(event)
    const action = Object.hasOwn(bindings, chord) ? bindings[chord] : undefined
    if (!action || event.defaultPrevented || isUsedBy(event.target, chord)) return
    if (modal && modal !== within() && !modal.contains(within())) return
    event.preventDefault()
    action()
  }
  onMounted(() => {
    window.addEventListener('keydown', look, { capture: true })
    window.addEventListener('keydown', press)
  })
  onScopeDispose(() => {
    window.removeEventListener('keydown', look, { capture: true })
    window.removeEventListener('keydown', press)
  })
}
