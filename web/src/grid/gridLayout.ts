// The measures of the grid, in CSS pixels.

import { clampCell } from './dividers'
import { fitCellWidth } from './gridWindow'

export interface LayoutInput {
  readonly viewportWidth: number
  readonly viewportHeight: number
  readonly columns: number
  readonly hasColumnLabels: boolean
  readonly hasRowLabels: boolean
  readonly hasSliders: boolean
  /** Labels go above their row where there is no room beside it. */
  readonly isNarrow: boolean
  /** Sliders are moved by thumb. */
  readonly isCoarse: boolean
  /** undefined: as fits. What was remembered is not trusted to be within reason. */
  readonly chosenWidth: number | undefined
  /** undefined: in the shape of the pictures. */
  readonly chosenHeight: number | undefined
  /** Height by width of the run's pictures. */
  readonly aspect: number
}

export interface Layout {
  readonly gap: number
  readonly padding: number
  /** The row of column labels; 0 when no dimension is on X. */
  readonly headerHeight: number
  /** The column of row labels; 0 where they are above the rows. */
  readonly labelWidth: number
  /** The strip above each row that has its label; 0 where labels are beside the rows. */
  readonly labelHeight: number
  readonly cellWidth: number
  readonly pictureHeight: number
  readonly sliderHeight: number
  /** From one column, or row, to the next. */
  readonly columnTrack: number
  readonly rowTrack: number
}

const HEADER_HEIGHT = 30
const LABEL_WIDTH = 128
const LABEL_HEIGHT = 28
const SLIDER_HEIGHT = 30
const SLIDER_HEIGHT_FOR_THUMBS = 40

export function gridLayout(input: LayoutInput): Layout {
  const gap = input.isNarrow ? 4 : 8
  const padding = input.isNarrow ? 4 : 12
  const labelWidth = input.hasRowLabels && !input.isNarrow ? LABEL_WIDTH : 0
  const labelHeight = input.hasRowLabels && input.isNarrow ? LABEL_HEIGHT : 0
  const sliderHeight = input.hasSliders ? (input.isCoarse ? SLIDER_HEIGHT_FOR_THUMBS : SLIDER_HEIGHT) : 0
  const room = input.viewportWidth - labelWidth - 2 * padding - gap * (input.columns - 1)
  const { chosenWidth, chosenHeight } = input
  const cellWidth = chosenWidth === undefined ? fitCellWidth(room, input.columns, input.viewportHeight) : clampCell(chosenWidth)
  const pictureHeight = chosenHeight === undefined ? Math.round(cellWidth * input.aspect) : clampCell(chosenHeight)
  return {
    gap,
    padding,
    headerHeight: input.hasColumnLabels ? HEADER_HEIGHT : 0,
    labelWidth,
    labelHeight,
    cellWidth,
    pictureHeight,
    sliderHeight,
    columnTrack: cellWidth + gap,
    rowTrack: labelHeight + pictureHeight + sliderHeight + gap,
  }
}

/** The left edge of a column, from that of the grid. */
export function columnLeft({ labelWidth, padding, columnTrack }: Layout, x: number): number {
  return labelWidth + padding + x * columnTrack
}

/** Of the whole grid, with the space on its right. */
export function gridWidth(layout: Layout, columns: number): number {
  return columnLeft(layout, columns) - layout.gap + layout.padding
}
