// The gestures on the lightbox's stage: wheel and pinch zoom, drag pans, a click beside the picture closes, a finger that
// crosses the whole picture leads to its neighbour.

import { computed, onScopeDispose, ref, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import type { Size } from '@/ui/size'
import { clamp, fit, isPixelated, panBy, type Placement, type Point, rescale, type Room, wheelFactor, zoomAt } from './zoom'

/** Further than this, a press is a drag and no click. */
const DRAG_THRESHOLD = 4
/** A finger that went less far meant nothing by it. */
const SWIPE_LENGTH = 40
/** How far a key pans, in CSS pixels. */
const PAN_STEP = 80

export interface Stage {
  /** The sizes of picture and stage are known, so that the picture has its place. */
  readonly isLaidOut: ComputedRef<boolean>
  readonly transform: ComputedRef<string>
  /** Pixels of the screen per picture pixel. */
  readonly zoom: ComputedRef<number>
  /** Picture pixels are so large that they are to be told apart. */
  readonly isPixelated: ComputedRef<boolean>
  readonly isFit: ComputedRef<boolean>
  zoomBy(factor: number): void
  /** Looks further to the right (x: 1), left (-1), bottom (y: 1) or top (-1). */
  look(to: Point): void
  showFit(): void
  /** One picture pixel is one pixel of the screen. */
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
  /** The size of the picture that is shown; undefined: there is none. */
  readonly picture: () => Size | undefined
  /** The picture is the original; else that is on its way, and its size may be another. */
  readonly isOriginal: () => boolean
  /** Device pixels per CSS pixel. */
  readonly pixelRatio: () => number
  readonly onBackground: () => void
  /** A finger pushed the whole picture to the right (x: 1), left (-1), bottom (y: 1) or top (-1). */
  readonly onSwipe: (to: Point) => void
}

/** Which way a finger went; undefined when it was not far, or aslant. */
function swipeOf({ x, y }: Point): Point | undefined {
  const [long, short] = [Math.max(Math.abs(x), Math.abs(y)), Math.min(Math.abs(x), Math.abs(y))]
  if (long < SWIPE_LENGTH || short * 2 > long) return undefined
  return long === Math.abs(x) ? { x: Math.sign(x), y: 0 } : { x: 0, y: Math.sign(y) }
}

export function useStage(input: StageInput): Stage {
  const stage = ref<Size>({ width: 0, height: 0 })
  /** undefined: the whole picture is shown, whatever its size and the window's. */
  const placed = shallowRef<Placement>()
  const pointers = new Map<number, Point>()
  let pressedOnBackground = false
  /** Where a single finger began; undefined once there were two. */
  let touched: Point | undefined
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
  /** The actual size was asked for before the original was there, whose it is to be. */
  let isActualOwed = false
  watch(
    input.picture,
    (picture) => {
      if (placed.value && picture && laidOut) placed.value = rescale(placed.value, laidOut, picture)
      laidOut = picture ?? laidOut
      if (isActualOwed && picture) showActualSize()
    },
    { flush: 'sync' },
  )

  const room = computed<Room | undefined>(() => {
    const picture = input.picture()
    return picture && stage.value.width > 0
      ? { picture, stage: stage.value, actual: 1 / input.pixelRatio() }
      : undefined
  })
  const placement = computed<Placement>(() => {
    if (!room.value) return { scale: 1, x: 0, y: 0 }
    return placed.value ? clamp(placed.value, room.value) : fit(room.value)
  })

  function change(by: (room: Room) => Placement): void {
    if (!room.value) return
    const next = by(room.value)
    if (next.scale !== placement.value.scale) isActualOwed = false
    placed.value = next.scale === fit(room.value).scale ? undefined : next
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
    // What lies between the fingers goes with them.
    const by = { x: (to.x - from.x) / 2, y: (to.y - from.y) / 2 }
    change((within) => zoomAt(panBy(placement.value, by, within), factor, middle, within))
  }

  function release(event: PointerEvent): void {
    pointers.delete(event.pointerId)
  }

  function showActualSize(at: Point = { x: 0, y: 0 }): void {
    change((within) => zoomAt(placement.value, within.actual / placement.value.scale, at, within))
    isActualOwed = !input.isOriginal()
  }

  function showFit(): void {
    placed.value = undefined
    isActualOwed = false
  }

  return {
    isLaidOut: computed(() => room.value !== undefined),
    transform: computed(() => {
      const { scale, x, y } = placement.value
      return `translate(-50%, -50%) translate(${x}px, ${y}px) scale(${scale})`
    }),
    zoom: computed(() => placement.value.scale * input.pixelRatio()),
    isPixelated: computed(() => room.value !== undefined && isPixelated(placement.value.scale, room.value)),
    isFit: computed(() => placed.value === undefined),
    zoomBy(factor) {
      change((within) => zoomAt(placement.value, factor, { x: 0, y: 0 }, within))
    },
    look({ x, y }) {
      change((within) => panBy(placement.value, { x: -x * PAN_STEP, y: -y * PAN_STEP }, within))
    },
    showFit,
    showActualSize,
    on: {
      wheel(event) {
        event.preventDefault()
        change((within) => zoomAt(placement.value, wheelFactor(event), pointOf(event), within))
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
        touched = event.pointerType === 'touch' && pointers.size === 0 && placed.value === undefined ? at : undefined
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
          change((within) => panBy(placement.value, by, within))
        }
        pointers.set(event.pointerId, to)
      },
      pointerup(event) {
        const wasPressed = pointers.has(event.pointerId)
        release(event)
        const isClick = wasPressed && pointers.size === 0 && travelled <= DRAG_THRESHOLD
        const at = pointOf(event)
        if (isClick && pressedOnBackground && !isOnPicture(at)) input.onBackground()
        const swipe = touched && swipeOf({ x: at.x - touched.x, y: at.y - touched.y })
        touched = undefined
        if (swipe) input.onSwipe(swipe)
      },
      pointercancel(event) {
        touched = undefined
        release(event)
      },
      dblclick(event) {
        const at = pointOf(event)
        if (!isOnPicture(at)) return
        if (placed.value === undefined) showActualSize(at)
        else showFit()
      },
    },
  }
}
