import { computed, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import type { CellPlace } from '@/domain/cells'
import { parseShapes, type PictureShape, type PictureShapes, storeShapes, withPicture } from './pictureShapes'
import { recall, recallNumber, remember } from './storage'

export interface GridState {
  /** The width of a cell in CSS pixels; undefined: as fits. */
  readonly chosenWidth: Ref<number | undefined>
  /** The height of a picture; undefined: in the shape of the pictures. */
  readonly chosenHeight: Ref<number | undefined>
  /** The width of a cell as it is laid out. */
  readonly width: Ref<number>
  /** The URLs of the pictures that belong into the viewport now. */
  readonly visibleUrls: ShallowRef<readonly string[]>
  /** The cell that was asked for last; the grid scrolls to it and focuses it. */
  readonly revealed: ShallowRef<CellPlace | undefined>
  /** Of the selected run's pictures; that of the run before until one is known. */
  readonly shape: ComputedRef<PictureShape>
  /** Tells of a picture of the selected run that is shown. */
  learnShape(size: { readonly width: number; readonly height: number }, isOriginal: boolean): void
}

const SQUARE: PictureShape = { aspect: 1, originalWidth: undefined }

export function useGridState(runId: () => string | undefined): GridState {
  const chosenWidth = ref(recallNumber('cell-width'))
  watch(chosenWidth, (width) => remember('cell-width', width))
  const chosenHeight = ref(recallNumber('cell-height'))
  watch(chosenHeight, (height) => remember('cell-height', height))

  const shapes = shallowRef<PictureShapes>(parseShapes(recall('picture-shapes')))
  watch(shapes, (known) => remember('picture-shapes', storeShapes(known)))
  /** Runs of which a picture has been shown. */
  const seen = new Set<string>()

  return {
    chosenWidth,
    chosenHeight,
    width: ref(0),
    visibleUrls: shallowRef([]),
    revealed: shallowRef(),
    shape: computed(() => {
      const last = [...shapes.value.values()].at(-1)
      return shapes.value.get(runId() ?? '') ?? (last ? { ...SQUARE, aspect: last.aspect } : SQUARE)
    }),
    learnShape(size, isOriginal) {
      const run = runId()
      if (run === undefined || size.width === 0) return
      shapes.value = withPicture(shapes.value, run, size, { isOriginal, isFirst: !seen.has(run) })
      seen.add(run)
    },
  }
}
