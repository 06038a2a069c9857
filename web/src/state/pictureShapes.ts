// What is known of the shape of a run's pictures before any of them is there: what was seen of them last.

import { isRecord } from '@/domain/json'

export interface PictureShape {
  /** Height by width of the first picture that was seen. */
  readonly aspect: number
  /** The width of the largest original that was seen; undefined: none was. */
  readonly originalWidth: number | undefined
}

/** By run, the one seen last at the end. */
export type PictureShapes = ReadonlyMap<string, PictureShape>

const TALLEST = 3
const WIDEST_ORIGINAL = 65_535
const MOST_RUNS = 50

function clampAspect(aspect: number): number {
  return Math.min(TALLEST, Math.max(1 / TALLEST, aspect))
}

/** With the size of a picture that is shown. `isFirst`: none of the run was seen since the page began, so it decides the shape. */
export function withPicture(
  shapes: PictureShapes,
  run: string,
  { width, height }: { readonly width: number; readonly height: number },
  { isOriginal, isFirst }: { readonly isOriginal: boolean; readonly isFirst: boolean },
): PictureShapes {
  const known = shapes.get(run)
  const widest = isFirst ? undefined : known?.originalWidth
  const aspect = isFirst || !known ? clampAspect(height / width) : known.aspect
  const originalWidth = isOriginal ? Math.max(width, widest ?? 0) : (widest ?? known?.originalWidth)
  if (known?.aspect === aspect && known.originalWidth === originalWidth) return shapes
  const others = [...shapes].filter(([id]) => id !== run)
  return new Map([...others, [run, { aspect, originalWidth }] as const].slice(-MOST_RUNS))
}

export function storeShapes(shapes: PictureShapes): unknown {
  return [...shapes].map(([run, shape]) => ({ run, ...shape }))
}

export function parseShapes(stored: unknown): PictureShapes {
  const shapes = new Map<string, PictureShape>()
  for (const entry of Array.isArray(stored) ? (stored as unknown[]).slice(-MOST_RUNS) : []) {
    if (!isRecord(entry)) continue
    const { run, aspect, originalWidth } = entry
    if (typeof run !== 'string' || typeof aspect !== 'number' || !(aspect > 0)) continue
    const isWidth = typeof originalWidth === 'number' && originalWidth > 0 && originalWidth <= WIDEST_ORIGINAL
    shapes.set(run, { aspect: clampAspect(aspect), originalWidth: isWidth ? originalWidth : undefined })
  }
  return shapes
}
