import { computed, watchEffect, type ComputedRef, type ShallowRef } from 'vue'
import { cellKey } from '@/domain/cells'
import { axisLength, type ImageIndex } from '@/domain/imageIndex'
import { useAppState } from '@/state/app'
import type { GridCell, GridRow } from './gridCell'
import { gridLayout, type Layout } from './gridLayout'
import { indices, type Span } from './gridWindow'
import { useGridAnchor } from './useGridAnchor'
import { useCellSources, useGridPictures } from './useGridPictures'
import { useGridWindow } from './useGridWindow'

export interface GridCellsInput {
  readonly index: () => ImageIndex
  readonly body: Readonly<ShallowRef<HTMLElement | null>>
  readonly coveredTop: () => number
}

export interface GridCells {
  readonly layout: ComputedRef<Layout>
  readonly columns: ComputedRef<number>
  readonly rows: ComputedRef<number>
  /** The columns and rows that are in the document. */
  readonly mountedColumns: ComputedRef<readonly number[]>
  readonly mountedRows: ComputedRef<readonly GridRow[]>
  /** Those in sight. */
  readonly visibleColumns: ComputedRef<Span>
  readonly visibleRows: ComputedRef<Span>
}

/** Of fewer columns none is small. */
const WORTH_HOLDING = 3

/** Which cells are in the document, how large they are, and which pictures they want. */
export function useGridCells({ index, body, coveredTop }: GridCellsInput): GridCells {
  const { view, viewport, grid, runs } = useAppState()

  const columns = computed(() => axisLength(index().x))
  const rows = computed(() => axisLength(index().y))
  /** Columns for which cells are made to fit. Images that come do not make those smaller that are looked at. */
  const fitted = computed<{ by: readonly unknown[]; columns: number }>((before) => {
    const dimension = index().x?.dimension.name
    const by = [runs.selected.value?.id, dimension, view.selections.value.get(dimension ?? '')]
    const isHeld = before !== undefined && before.columns >= WORTH_HOLDING && by.every((each, at) => each === before.by[at])
    return isHeld && columns.value > before.columns ? before : { by, columns: columns.value }
  })
  const layout = computed(() =>
    gridLayout({
      viewportWidth: viewport.width.value,
      viewportHeight: viewport.height.value,
      columns: fitted.value.columns,
      hasColumnLabels: index().x !== undefined,
      hasRowLabels: index().y !== undefined,
      hasSliders: axisLength(index().slider) > 1,
      isNarrow: viewport.isNarrow.value,
      isCoarse: viewport.isCoarse.value,
      chosenWidth: grid.chosenWidth.value,
      chosenHeight: grid.chosenHeight.value,
      aspect: grid.shape.value.aspect,
    }),
  )
  watchEffect(() => {
    grid.width.value = layout.value.cellWidth
  })
  const near = useGridWindow({
    body,
    columns: () => columns.value,
    rows: () => rows.value,
    columnTrack: () => layout.value.columnTrack,
    rowTrack: () => layout.value.rowTrack,
    coveredLeft: () => layout.value.labelWidth,
    coveredTop: () => coveredTop() + layout.value.headerHeight,
  })

  useGridAnchor({ index, layout, offset: near.offset })

  const sources = useCellSources(() => layout.value.cellWidth)
  const mountedColumns = computed(() => indices(near.mountedColumns.value))
  const mountedRows = computed(() =>
    indices(near.mountedRows.value).map((y) => ({
      y,
      cells: mountedColumns.value.map((x): GridCell => {
        const key = cellKey(index(), { x, y })
        const slider = view.cellPosition(key)
        const image = index().find({ x, y, slider }, view.choice.value)
        return { x, y, key, slider, pictures: image && sources.value(image) }
      }),
    })),
  )

  useGridPictures({
    index,
    cells: mountedRows,
    visibleRows: near.rows,
    visibleColumns: near.columns,
    sources,
  })

  return {
    layout,
    columns,
    rows,
    mountedColumns,
    mountedRows,
    visibleColumns: near.columns,
    visibleRows: near.rows,
  }
}
