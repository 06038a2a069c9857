// The gestures on the lightbox's stage: wheel and pinch zoom, drag pans, a click beside the picture closes.

import { computed, onScopeDispose, ref, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import type { Size } from '@/ui/size'
import { clamp, fit, panBy, type Placement, type Point, rescale, wheelFactor, zoomAt } from './zoom'

/** Further than this, a press is a drag and no click. */
const DRAG_THRESHOLD = 4

export interface Stage {
  readonly transform: ComputedRef<string>
  /** CSS pixels per picture pixel. */
  readonly scale: ComputedRef<number>
  readonly isFit: ComputedRef<boolean>
  zoomBy(factor: number): void
  showFit(): void
  /** One picture pixel is one CSS pixel. */
  showActualSize(at?: Point): void
  readonly on: {
    wheel(event: WheelEvent): void
    pointerdown(event: PointerEvent): void
    pointermove(event: PointerEvent): void
    pointerup(event: PointerEvent): void
    pointercancel(event: PointerEvent): void
    dblclick(event: MouseEvent): void
  }
}

export interface StageInput {
  readonly element: Readonly<ShallowRef<HTMLElement | null>>
  /** The size of the original; undefined until it is known. */
  readonly picture: () => Size | undefined
  readonly onBackground: () => void
}

export function useStage(input: StageInput): Stage {
  const stage = ref<Size>({ width: 0, height: 0 })
  /** undefined: the whole picture is shown, whatever its size and the window's. */
  const placed = shallowRef<Placement>()
  const pointers = new Map<number, Point>()
  let pressedOnBackground = false
  let travelled = 0

  const observer = new ResizeObserver(([entry]) => {
    if (entry) stage.value = { width: entry.contentRect.width, height: entry.contentRect.height }
  })
  watch(input.element, (element) => {
    observer.disconnect()
    if (element) observer.observe(element)
  })
  onScopeDispose(() => observer.disconnect())

  // The next picture lies as this one does, so that a detail can be followed from one to the other.
  let laidOut: Size | undefined
  watch(
    input.picture,
    (picture) => {
      if (placed.value && picture && laidOut) placed.value = rescale(placed.value, laidOut, picture)
      laidOut = picture ?? laidOut
    },
    { flush: 'sync' },
  )

  const placement = computed<Placement>(() => {
    const picture = input.picture()
    if (!picture || stage.value.width === 0) return { scale: 1, x: 0, y: 0 }
    return placed.value ? clamp(placed.value, picture, stage.value) : fit(picture, stage.value)
  })

  function change(by: (picture: Size) => Placement): void {
    const picture = input.picture()
    if (!picture || stage.value.width === 0) return
    const next = by(picture)
    placed.value = next.scale <= fit(picture, stage.value).scale ? undefined : next
  }

  /** Relative to the stage's centre. */
  function pointOf(event: MouseEvent): Point {
    const rect = input.element.value?.getBoundingClientRect()
    if (!rect) return { x: 0, y: 0 }
    return {
      x: event.clientX - rect.left - rect.width / 2,
      y: event.clientY - rect.top - rect.height / 2,
    }
  }

  function isOnPicture(at: Point): boolean {
    const picture = input.picture()
    if (!picture) return false
    const { scale, x, y } = placement.value
    return (
      Math.abs(at.x - x) <= (picture.width * scale) / 2 &&
      Math.abs(at.y - y) <= (picture.height * scale) / 2
    )
  }

  function pinch(id: number, to: Point): void {
    const other = [...pointers].find(([each]) => each !== id)?.[1]
    const from = pointers.get(id)
    if (!other || !from) return
    const distance = (a: Point): number => Math.hypot(a.x - other.x, a.y - other.y)
    const middle = { x: (to.x + other.x) / 2, y: (to.y + other.y) / 2 }
    const factor = distance(to) / Math.max(1, distance(from))
    change((picture) => zoomAt(placement.value, factor, middle, picture, stage.value))
  }

  function release(event: PointerEvent): void {
    pointers.delete(event.pointerId)
  }

  function showActualSize(at: Point = { x: 0, y: 0 }): void {
    change((picture) =>
      zoomAt(placement.value, 1 / placement.value.scale, at, picture, stage.value),
    )
  }

  return {
    transform: computed(() => {
      const { scale, x, y } = placement.value
      return `translate(-50%, -50%) translate(${x}px, ${y}px) scale(${scale})`
    }),
    scale: computed(() => placement.value.scale),
    isFit: computed(() => placed.value === undefined),
    zoomBy(factor) {
      change((picture) => zoomAt(placement.value, factor, { x: 0, y: 0 }, picture, stage.value))
    },
    showFit() {
      placed.value = undefined
    },
    showActualSize,
    on: {
      wheel(event) {
        event.preventDefault()
        const factor = wheelFactor(event.deltaY, event.deltaMode)
        change((picture) => zoomAt(placement.value, factor, pointOf(event), picture, stage.value))
      },
      pointerdown(event) {
        if (event.button !== 0) return
        event.preventDefault()
        input.element.value?.setPointerCapture(event.pointerId)
        const at = pointOf(event)
        if (pointers.size === 0) {
          travelled = 0
          pressedOnBackground = !isOnPicture(at)
        }
        pointers.set(event.pointerId, at)
      },
      pointermove(event) {
        const from = pointers.get(event.pointerId)
        if (!from) return
        const to = pointOf(event)
        const by = { x: to.x - from.x, y: to.y - from.y }
        travelled += Math.hypot(by.x, by.y)
        if (pointers.size === 2) pinch(event.pointerId, to)
        else if (travelled > DRAG_THRESHOLD) {
          change((picture) => panBy(placement.value, by, picture, stage.value))
        }
        pointers.set(event.pointerId, to)
      },
      pointerup(event) {
        const wasPressed = pointers.has(event.pointerId)
        release(event)
        const isClick = wasPressed && pointers.size === 0 && travelled <= DRAG_THRESHOLD
        if (isClick && pressedOnBackground && !isOnPicture(pointOf(event))) input.onBackground()
      },
      pointercancel: release,
      dblclick(event) {
        const at = pointOf(event)
        if (!isOnPicture(at)) return
        if (placed.value === undefined) showActualSize(at)
        else placed.value = undefined
      },
    },
  }
}
