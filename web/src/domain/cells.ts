import type { Image } from '@/api/types'
import { axisLength, type ImageIndex } from './imageIndex'

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
  const parts: [typeof index.x, number][] = [
    [index.y, y],
    [index.x, x],
    [index.slider, slider],
  ]
  return parts
    .flatMap(([axis, at]) => {
      const value = axis?.values[at]
      return axis && value !== undefined ? [`${axis.dimension.name} ${value}`] : []
    })
    .join(', ')
}

export interface WantedCell extends CellPlace {
  readonly slider: number
  readonly isVisible: boolean
}

/** How far from the current slider position pictures are loaded ahead. */
const AHEAD = [1, -1, 2, -2] as const

/**
 * The images that the cells need, the most important first: what the visible ones show, what the ones just outside
 * show, then the neighbours of the visible ones' slider positions.
 */
export function wantedImages(
  index: ImageIndex,
  choice: number,
  cells: readonly WantedCell[],
): { visible: Image[]; all: Image[] } {
  const find = ({ x, y }: CellPlace, slider: number): Image[] => {
    const image = index.find({ x, y, slider }, choice)
    return image ? [image] : []
  }
  const current = (isVisible: boolean): Image[] =>
    cells.filter((cell) => cell.isVisible === isVisible).flatMap((cell) => find(cell, cell.slider))
  const visible = current(true)
  const positions = axisLength(index.slider)
  const ahead = AHEAD.flatMap((by) =>
    cells
      .filter(
        ({ isVisible, slider }) => isVisible && slider + by >= 0 && slider + by < positions,
      )
      .flatMap((cell) => find(cell, cell.slider + by)),
  )
  return { visible, all: [...visible, ...current(false), ...ahead] }
}
