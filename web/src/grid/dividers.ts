// Arithmetic of dragging the boundaries between cells. Lengths in CSS pixels.

import { MAX_CELL, MIN_CELL } from './gridWindow'

export function clampCell(size: number): number {
  return Math.round(Math.min(MAX_CELL, Math.max(MIN_CELL, size)))
}

/**
 * The size of every cell after the boundary behind track `at` was dragged by `delta`. All tracks from `first`, the first in
 * sight, to `at` grow alike, so that the boundary stays under the pointer.
 */
export function draggedSize(start: number, delta: number, at: number, first: number): number {
  return clampCell(start + delta / (Math.max(0, at - first) + 1))
}

/** How far to scroll so that the track at `offset` stays where it is while tracks change from `from` to `to`. */
export function anchoringScroll(offset: number, from: number, to: number): number {
  return from <= 0 ? 0 : Math.max(0, Math.floor(offset / from)) * (to - from)
}

/** How far a key moves a boundary that has the focus. */
export const BOUNDARY_STEPS: Readonly<Record<string, number>> = {
  ArrowRight: 8,
  ArrowDown: 8,
  ArrowLeft: -8,
  ArrowUp: -8,
  'Shift+ArrowRight': 64,
  'Shift+ArrowDown': 64,
  'Shift+ArrowLeft': -64,
  'Shift+ArrowUp': -64,
}
