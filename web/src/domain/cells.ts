import type { Axis, ImageIndex } from './imageIndex'
import { valueText } from './valueText'

/** A cell of the grid, by position in the axes. */
export interface CellPlace {
  readonly x: number
  readonly y: number
}

/** Names a cell by its values, so that it is the same one after a change of filters. */
export function cellKey(index: ImageIndex, { x, y }: CellPlace): string {
  return JSON.stringify([index.x?.values[x] ?? null, index.y?.values[y] ?? null])
}

/** The cell and slider position in words: `prompt_name harbour, cfg 7, checkpoint 4500`. */
export function describePlace(index: ImageIndex, { x, y }: CellPlace, slider: number): string {
  const parts: [Axis | undefined, number][] = [
    [index.y, y],
    [index.x, x],
    [index.slider, slider],
  ]
  return parts
    .flatMap(([axis, at]) => {
      const value = axis?.values[at]
      return axis && value !== undefined ? [`${valueText(axis.dimension.name)} ${valueText(value)}`] : []
    })
    .join(', ')
}

/** The value at a position of an axis in words; empty where there is none. */
export function textAt(axis: Axis | undefined, at: number): string {
  const value = axis?.values[at]
  return value === undefined ? '' : valueText(value)
}
