// Zoom and pan of a picture in a stage. All lengths in CSS pixels; points are relative to the stage's centre.

import type { Size } from '@/ui/size'

export interface Point {
  readonly x: number
  readonly y: number
}

/** How the picture lies: `scale` is CSS pixels per picture pixel, the offset is that of the centres. */
export interface Placement {
  readonly scale: number
  readonly x: number
  readonly y: number
}

/** What a picture is shown in. */
export interface Room {
  readonly picture: Size
  readonly stage: Size
  /** CSS pixels per device pixel: the scale at which a picture pixel takes one pixel of the screen. */
  readonly actual: number
}

/** Screen pixels per picture pixel. */
const MAX_ZOOM = 16
/** From here on, the pixels themselves are what somebody wants to see. */
const PIXELATED_ZOOM = 4
/** One press of a button or key. */
export const ZOOM_STEP = 1.4

/** The whole picture, as large as the stage allows but never enlarged. */
export function fit({ picture, stage }: Room): Placement {
  const scale = Math.min(1, stage.width / picture.width, stage.height / picture.height)
  return { scale, x: 0, y: 0 }
}

export function isPixelated(scale: number, { actual }: Pick<Room, 'actual'>): boolean {
  return scale >= PIXELATED_ZOOM * actual
}

/** The whole picture is seen at the least, and its pixels one by one, where a small one on a fine screen is smaller then. */
function within(scale: number, room: Room): number {
  const least = Math.min(fit(room).scale, room.actual)
  return Math.min(MAX_ZOOM * room.actual, Math.max(least, scale))
}

/** Keeps the picture in sight: it may be moved as far as its edge, and is centred where it is smaller than the stage. */
export function clamp(placement: Placement, room: Room): Placement {
  const { picture, stage } = room
  const scale = within(placement.scale, room)
  const reach = (length: number, space: number): number => Math.max(0, (length * scale - space) / 2)
  const limited = (offset: number, limit: number): number => Math.min(limit, Math.max(-limit, offset))
  return {
    scale,
    x: limited(placement.x, reach(picture.width, stage.width)),
    y: limited(placement.y, reach(picture.height, stage.height)),
  }
}

/** Zooms by a factor so that the picture's point under `at` stays where it is, as far as the edges allow. */
export function zoomAt(placement: Placement, factor: number, at: Point, room: Room): Placement {
  const scale = within(placement.scale * factor, room)
  const ratio = scale / placement.scale
  return clamp(
    { scale, x: at.x - (at.x - placement.x) * ratio, y: at.y - (at.y - placement.y) * ratio },
    room,
  )
}

export function panBy(placement: Placement, by: Point, room: Room): Placement {
  return clamp({ ...placement, x: placement.x + by.x, y: placement.y + by.y }, room)
}

/** Two fingers on a trackpad come as a wheel with Ctrl, in steps a tenth as large as a wheel's. */
const PINCH = 10

/** The zoom factor of one wheel event; lines and pages count as browsers scroll them. */
export function wheelFactor({ deltaY, deltaMode, ctrlKey }: Pick<WheelEvent, 'deltaY' | 'deltaMode' | 'ctrlKey'>): number {
  const pixels = deltaY * ([1, 16, 400][deltaMode] ?? 1) * (ctrlKey ? PINCH : 1)
  return Math.exp(-Math.min(300, Math.max(-300, pixels)) * 0.002)
}

/** The placement that shows the same part of a picture in another size of it. */
export function rescale(placement: Placement, from: Size, to: Size): Placement {
  return { ...placement, scale: (placement.scale * from.width) / to.width }
}
