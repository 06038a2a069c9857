// Which rows and columns of a uniform grid are near the viewport. Lengths in CSS pixels.

import type { Axis } from '@/domain/imageIndex'

export interface Span {
  /** The first index in it. */
  readonly start: number
  /** One past the last. */
  readonly end: number
}

/**
 * The tracks that show in [from, from + length), plus `overscan` on either side. `from` is measured from the
 * start of the first track and may be negative.
 */
export function visibleSpan(
  from: number,
  length: number,
  track: number,
  count: number,
  overscan: number,
): Span {
  if (count === 0 || track <= 0 || length <= 0) return { start: 0, end: 0 }
  const start = Math.max(0, Math.min(count, Math.floor(from / track) - overscan))
  const end = Math.max(start, Math.min(count, Math.ceil((from + length) / track) + overscan))
  return { start, end }
}

export function contains(span: Span, at: number): boolean {
  return at >= span.start && at < span.end
}

export function indices(span: Span): number[] {
  return Array.from({ length: span.end - span.start }, (_, at) => span.start + at)
}

export const MIN_CELL = 100
export const MAX_CELL = 1344
/** The narrowest that cells become to fit. */
export const SMALLEST_FIT = 160

/**
 * The width of a cell when nobody chose one: all columns side by side, but not so small that nothing can be
 * seen, and one row never higher than most of the viewport.
 */
export function fitCellWidth(room: number, columns: number, viewportHeight: number): number {
  const widest = Math.min(MAX_CELL, Math.max(240, viewportHeight * 0.72))
  return Math.floor(Math.min(widest, Math.max(SMALLEST_FIT, room / Math.max(1, columns))))
}

/** How far a value moves from one axis to the next, in tracks; 0 when it is not there, or the axis is of another dimension. */
function tracksOn(before: Axis | undefined, after: Axis | undefined, at: number): number {
  if (!before || before.dimension.name !== after?.dimension.name) return 0
  const value = before.values[at]
  const next = value === undefined ? -1 : after.values.indexOf(value)
  return next === -1 ? 0 : next - at
}

/**
 * How far the first track in sight has been pushed on by values that came in before it, where `offset` is what has been scrolled
 * out of sight. 0 while the beginning is in sight: there they come in in sight.
 */
export function pushedBy(before: Axis | undefined, after: Axis | undefined, offset: number, track: number): number {
  return offset <= 0 ? 0 : tracksOn(before, after, Math.floor(offset / track)) * track
}

/** How far a value that was shown alone is pushed on by the others that are shown again. */
export function restoredBy(before: Axis | undefined, after: Axis | undefined, track: number): number {
  return before?.values.length === 1 ? tracksOn(before, after, 0) * track : 0
}
