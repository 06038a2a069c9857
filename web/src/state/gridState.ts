import { ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { recallNumber, remember } from './storage'

export interface GridState {
  /** The width of a cell in CSS pixels; undefined: as fits. */
  readonly chosenWidth: Ref<number | undefined>
  /** The width of a cell as it is laid out. */
  readonly width: Ref<number>
  /** The URLs of the pictures that belong into the viewport now. */
  readonly visibleUrls: ShallowRef<readonly string[]>
}

export function useGridState(): GridState {
  const chosenWidth = ref(recallNumber('cell-width'))
  watch(chosenWidth, (width) => remember('cell-width', width))
  return { chosenWidth, width: ref(0), visibleUrls: shallowRef([]) }
}
