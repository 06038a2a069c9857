import { computed, watch, type ComputedRef } from 'vue'
import type { Image } from '@/api/types'
import type { ImageIndex } from '@/domain/imageIndex'
import { planBackground, planLoading } from '@/pictures/loadPlan'
import { type Rest, usePictures } from '@/pictures/pictures'
import { type CellPictures, type PictureRequest, pictureSources, sharpFor } from '@/pictures/sources'
import { useAppState } from '@/state/app'
import type { GridRow } from './gridCell'
import { contains, type Span } from './gridWindow'

/** The width of originals, for reckoning before one is known. */
const ORIGINAL_WIDTH = 1344
/** A run of no more images is fetched whole, as originals. */
const SMALL_RUN = 200
const MOST_IN_BACKGROUND = 2000

export type CellSources = (image: Image) => CellPictures

/** What cells of a width show; changes only when another file is the smallest that is sharp. */
export function useCellSources(cellWidth: () => number): ComputedRef<CellSources> {
  const { pictureSettings, viewport } = useAppState()
  const sharp = computed(() =>
    pictureSettings.alwaysOriginals.value
      ? 'only originals'
      : sharpFor(Math.ceil(cellWidth() * viewport.pixelRatio.value)),
  )
  return computed(() => pictureSources(sharp.value))
}

export interface GridPicturesInput {
  readonly index: () => ImageIndex
  readonly cells: ComputedRef<readonly GridRow[]>
  readonly visibleRows: ComputedRef<Span>
  readonly visibleColumns: ComputedRef<Span>
  readonly sources: ComputedRef<CellSources>
}

/** Says which pictures are wanted, whenever something moves and again when things have settled. */
export function useGridPictures(input: GridPicturesInput): void {
  const { runs, view, grid, motion } = useAppState()
  const pictures = usePictures()

  function want(): void {
    const index = input.index()
    const cells = input.cells.value.flatMap((row) =>
      row.cells.map((cell) => ({
        ...cell,
        isVisible:
          contains(input.visibleColumns.value, cell.x) && contains(input.visibleRows.value, cell.y),
      })),
    )
    const { aspect, originalWidth = ORIGINAL_WIDTH } = grid.shape.value
    const bytesOf = ({ url, width = originalWidth }: PictureRequest): number =>
      pictures.store.bytesOf(url) ?? Math.min(width, originalWidth) ** 2 * aspect * 4
    const plan = planLoading({
      index,
      choice: view.choice.value,
      cells,
      picturesOf: input.sources.value,
      isSettled: motion.isSettled.value,
      bytesOf,
      budget: pictures.budget.value,
    })
    grid.visibleUrls.value = plan.visible.map(({ url }) => url)
    pictures.want(plan.all, plan.visible.length, motion.isSettled.value ? restOfRun(index) : undefined)
  }

  function restOfRun(index: ImageIndex): Rest {
    const images = view.catalog.value?.images ?? []
    const isWhole = images.length <= SMALL_RUN
    const rest = planBackground(index, view.choice.value, view.position.value, images, MOST_IN_BACKGROUND)
    const urls = rest.map(input.sources.value).map(({ original, moving }) => (isWhole ? original.url : moving.url))
    return { run: runs.selected.value?.id ?? '', urls, isWhole }
  }

  watch(
    [view.catalog, input.cells, input.visibleRows, input.visibleColumns],
    ([catalog], [before]) => {
      // Images that come move nothing.
      if (before === undefined || catalog === before) motion.touch()
    },
    { immediate: true },
  )
  watch(
    [
      input.cells,
      input.visibleRows,
      input.visibleColumns,
      motion.isSettled,
      pictures.budget,
      grid.shape,
    ],
    want,
    { immediate: true, flush: 'post' },
  )
}
