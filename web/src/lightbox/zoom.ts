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

export const MAX_SCALE = 16
/** One press of a button or key. */
export const ZOOM_STEP = 1.4

/** The whole picture, as large as the stage allows but never enlarged. */
export function fit(picture: Size, stage: Size): Placement {
  const scale = Math.min(1, stage.width / picture.width, stage.height / picture.height)
  return { scale, x: 0, y: 0 }
}

export function minScale(picture: Size, stage: Size): number {
  return fit(picture, stage).scale
}

/** Keeps the picture in sight: it may be moved as far as its edge, and is centred where it is smaller than the stage. */
export function clamp(placement: Placement, picture: Size, stage: Size): Placement {
  const scale = Math.min(MAX_SCALE, Math.max(minScale(picture, stage), placement.scale))
  const reach = (length: number, room: number): number => Math.max(0, (length * scale - room) / 2)
  const within = (offset: number, limit: number): number => Math.min(limit, Math.max(-limit, offset))
  return {
    scale,
    x: within(placement.x, reach(picture.width, stage.width)),
    y: within(placement.y, reach(picture.height, stage.height)),
  }
}

/** Zooms by a factor so that the picture's point under `at` stays where it is, as far as the edges allow. */
export function zoomAt(
  placement: Placement,
  factor: number,
  at: Point,
  picture: Size,
  stage: Size,
): Placement {
  const scale = Math.min(MAX_SCALE, Math.max(minScale(picture, stage), placement.scale * factor))
  const ratio = scale / placement.scale
  return clamp(
    { scale, x: at.x - (at.x - placement.x) * ratio, y: at.y - (at.y - placement.y) * ratio },
    picture,
    stage,
  )
}

export function panBy(placement: Placement, by: Point, picture: Size, stage: Size): Placement {
  return clamp({ ...placement, x: placement.x + by.x, y: placement.y + by.y }, picture, stage)
}

/** The zoom factor of one wheel event; lines and pages count as browsers scroll them. */
export function wheelFactor(deltaY: number, deltaMode: number): number {
  const pixels = deltaY * ([1, 16, 400][deltaMode] ?? 1)
  return Math.exp(-Math.min(300, Math.max(-300, pixels)) * 0.002)
}

/** The placement that shows the same part of a picture in another size of it. */
export function rescale(placement: Placement, from: Size, to: Size): Placement {
  return { ...placement, scale: (placement.scale * from.width) / to.width }
}
