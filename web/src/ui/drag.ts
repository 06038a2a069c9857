/** Follows the pointer from a press of the main button on an element until it is let go. */
export function followPointer(event: PointerEvent, move: (moved: PointerEvent) => void): void {
  const handle = event.currentTarget
  if (event.button !== 0 || !(handle instanceof HTMLElement)) return
  event.preventDefault()
  handle.setPointerCapture(event.pointerId)
  const controller = new AbortController()
  const { signal } = controller
  handle.addEventListener('pointermove', move, { signal })
  handle.addEventListener('lostpointercapture', () => controller.abort(), { signal })
}
