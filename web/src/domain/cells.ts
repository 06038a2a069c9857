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

/** The values that name a cell; undefined for an axis that no dimension has. */
export function cellValuesOf(key: string): { readonly x: string | undefined; readonly y: string | undefined } {
  let values: unknown
  try {
    values = JSON.parse(key)
  } catch {
    // The key of no cell names none.
  }
  const [x, y] = (Array.isArray(values) ? values : []) as unknown[]
  return { x: typeof x === 'string' ? x : undefined, y: typeof y === 'string' ? y : undefined }
}

/** Cells by key with the value of a slider of their own, as far as the grid has them and they are not where all others are. */
export function movedCells(
  index: ImageIndex,
  position: number,
  values: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  if (values.size === 0) return values
  const [columns, rows, positions] = [index.x, index.y, index.slider].map((axis) => new Set(axis?.values))
  const others = index.slider?.values[position]
  return new Map(
    [...values].filter(([key, value]) => {
      const { x, y } = cellValuesOf(key)
      const isCell = (x === undefined ? !index.x : columns?.has(x)) && (y === undefined ? !index.y : rows?.has(y))
      return isCell && value !== others && positions?.has(value)
    }),
  )
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
