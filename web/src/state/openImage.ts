import { computed, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import { cellKey, type CellPlace } from '@/domain/cells'
import type { Place } from '@/domain/imageIndex'
import { ROLES, type Roles } from '@/domain/roles'
import type { GridState } from './gridState'
import type { View } from './view'

/** A place in the grid by the values of its roles, so that it means the same in another window or run. */
export type PlaceValues = Roles

export interface OpenImage {
  /** What the lightbox shows, by value; undefined: it is closed. */
  readonly values: ShallowRef<PlaceValues | undefined>
  /** The same by position; undefined also when the grid has no such place. */
  readonly place: ComputedRef<Place | undefined>
  /** Opens a cell at the position of its slider. */
  open(cell: CellPlace): void
  /** Shows another place. Along the slider, the cell in the grid follows. */
  moveTo(place: Place): void
  close(): void
  /** Leads the grid to the cell that was looked at last, unless it is the one that was opened. */
  reveal(): void
}

export function useOpenImage(view: View, grid: Pick<GridState, 'revealed'>): OpenImage {
  const values = shallowRef<PlaceValues>()

  const place = computed<Place | undefined>(() => {
    const index = view.index.value
    if (!index || index.placed === 0 || !values.value) return undefined
    const positions = { x: 0, y: 0, slider: 0 }
    for (const role of ROLES) {
      const axis = index[role]
      if (axis) positions[role] = axis.values.indexOf(values.value[role] ?? '')
    }
    return Math.min(positions.x, positions.y, positions.slider) < 0 ? undefined : positions
  })

  function valuesOf(at: Place): PlaceValues {
    return Object.fromEntries(
      ROLES.flatMap((role) => {
        const value = view.index.value?.[role]?.values[at[role]]
        return value === undefined ? [] : [[role, value]]
      }),
    )
  }

  let opened: CellPlace | undefined
  let last: CellPlace | undefined
  watch(
    place,
    (now, before) => {
      if (now && !before) opened = now
      if (now) last = now
    },
    { flush: 'sync' },
  )

  return {
    values,
    place,
    open(cell) {
      const index = view.index.value
      if (index) values.value = valuesOf({ ...cell, slider: view.cellPosition(cellKey(index, cell)) })
    },
    moveTo(next) {
      const index = view.index.value
      if (!index) return
      if (next.slider !== place.value?.slider) view.moveCell(cellKey(index, next), next.slider)
      values.value = valuesOf(next)
    },
    close() {
      values.value = undefined
    },
    reveal() {
      if (last && (last.x !== opened?.x || last.y !== opened.y)) grid.revealed.value = { x: last.x, y: last.y }
    },
  }
}
