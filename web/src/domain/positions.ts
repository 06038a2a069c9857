// Where the sliders stand.

import type { Axis } from './imageIndex'
import { CHECKPOINT } from './roles'

/** Where a slider stands that nobody has moved: at the last checkpoint, the result of the training, else at the first value. */
export function defaultPosition(axis: Axis): number {
  return axis.dimension.name === CHECKPOINT ? axis.values.length - 1 : 0
}

/**
 * The position of a remembered value. One that the filter leaves out gives way to the next one that passes, or to the last;
 * one that the dimension does not have, to the default.
 */
export function positionOf(axis: Axis, value: string | undefined): number {
  if (value === undefined) return defaultPosition(axis)
  const exact = axis.values.indexOf(value)
  if (exact !== -1) return exact
  const order = axis.dimension.values.indexOf(value)
  if (order === -1) return defaultPosition(axis)
  const following = new Set(axis.dimension.values.slice(order))
  const next = axis.values.findIndex((each) => following.has(each))
  return next === -1 ? axis.values.length - 1 : next
}
