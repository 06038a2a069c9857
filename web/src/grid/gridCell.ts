// What the grid knows of a cell that is in the document.

import type { CellPlace } from '@/domain/cells'
import type { CellPictures } from '@/pictures/sources'

export interface GridCell extends CellPlace {
  readonly key: string
  /** The position of its slider. */
  readonly slider: number
  readonly pictures: CellPictures | undefined
}

export interface GridRow {
  readonly y: number
  readonly cells: readonly GridCell[]
}
