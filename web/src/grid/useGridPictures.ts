import { computed, watch, type ComputedRef } from 'vue'
import type { Image } from '@/api/types'
import type { ImageIndex } from '@/domain/imageIndex'
import { planBackground, planLoading } from '@/pictures/loadPlan'
import { usePictures } from '@/pictures/pictures'
import { type CellPictures, pictureSources, sharpPreview } from '@/pictures/sources'
import { useAppState } from '@/state/app'
import { contains, type Span } from './gridWindow'
import type { GridRow } from './useGridCells'

const MIB = 1024 * 1024
/** The width of originals, for reckoning before one is decoded. */
const ORIGINAL_WIDTH = 1344
/** A run of no more images is fetched whole, as originals. */
const SMALL_RUN = 200
const MOST_IN_BACKGROUND = 2000

export interface CellSources {
  /** The width of what cells show while things move. */
  readonly width: number
  readonly of: (image: Image) => CellPictures
}

/** What cells of a width show; changes only when another file is the smallest that is sharp. */
export function useCellSources(cellWidth: () => number): ComputedRef<CellSources> {
  const { pictureSettings, viewport } = useAppState()
  const preview = computed(() =>
    pictureSettings.alwaysOriginals.value
      ? undefined
      : sharpPreview(Math.ceil(cellWidth() * viewport.pixelRatio.value)),
  )
  return computed(() => ({ width: preview.value ?? ORIGINAL_WIDTH, of: pictureSources(preview.value) }))
}

export interface GridPicturesInput {
  readonly index: () => ImageIndex
  /** Height by width. */
  readonly aspect: () => number
  readonly cells: ComputedRef<readonly GridRow[]>
  readonly visibleRows: ComputedRef<Span>
  readonly visibleColumns: ComputedRef<Span>
  readonly sources: ComputedRef<CellSources>
}

/** Says which pictures are wanted, whenever something moves and again when things have settled. */
export function useGridPictures(input: GridPicturesInput): void {
  const { view, grid, motion, pictureSettings } = useAppState()
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
    const bytesOf = (width: number): number => width * width * input.aspect() * 4
    const plan = planLoading({
      index,
      choice: view.choice.value,
      cells,
      picturesOf: input.sources.value.of,
      isSettled: motion.isSettled.value,
      cellBytes: bytesOf(input.sources.value.width),
      originalBytes: bytesOf(ORIGINAL_WIDTH),
      budget: pictureSettings.budget.value * MIB,
    })
    grid.visibleUrls.value = plan.visible.map(({ url }) => url)
    pictures.want(plan.all, motion.isSettled.value ? restOfRun(index) : undefined)
  }

  function restOfRun(index: ImageIndex): string[] {
    const { of } = input.sources.value
    const images = view.catalog.value?.images ?? []
    const isSmall = images.length <= SMALL_RUN
    const rest = planBackground(index, view.choice.value, view.position.value, images, MOST_IN_BACKGROUND)
    return rest.map((image) => (isSmall ? of(image).original.url : of(image).moving.url))
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
      pictureSettings.budget,
    ],
    want,
    { immediate: true, flush: 'post' },
  )
}
