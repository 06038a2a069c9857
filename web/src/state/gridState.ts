import { ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import type { CellPlace } from '@/domain/cells'
import { recallNumber, remember } from './storage'

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
}

export function useGridState(): GridState {
  const chosenWidth = ref(recallNumber('cell-width'))
  watch(chosenWidth, (width) => remember('cell-width', width))
  const chosenHeight = ref(recallNumber('cell-height'))
  watch(chosenHeight, (height) => remember('cell-height', height))
  return { chosenWidth, chosenHeight, width: ref(0), visibleUrls: shallowRef([]), revealed: shallowRef() }
}
