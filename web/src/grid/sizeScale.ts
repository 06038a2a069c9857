// The scale of the slider that sizes the cells: each step changes them by the same share, so that small cells are as easily
// told apart as large ones.

import { MAX_CELL, MIN_CELL } from './gridWindow'

/** The last position; the first is 0. */
export const SIZE_STEPS = 100

const SPAN = Math.log(MAX_CELL / MIN_CELL)

/** The width of a cell at a position of the slider. */
export function sizeAt(position: number): number {
  return Math.round(MIN_CELL * Math.exp((position / SIZE_STEPS) * SPAN))
}

/** The position nearest to a width. */
export function positionOfSize(width: number): number {
  const position = Math.round((Math.log(width / MIN_CELL) / SPAN) * SIZE_STEPS)
  return Math.min(SIZE_STEPS, Math.max(0, position))
}
