import { computed, nextTick, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import type { CellPlace } from '@/domain/cells'
import { chordOf } from '@/ui/keys'
import type { GridCell, GridRow } from './gridCell'
import { cellAfter, clampPlace, scrollInto } from './gridFocus'
import { columnLeft, type Layout } from './gridLayout'
import { contains, type Span } from './gridWindow'

export interface GridFocusInput {
  readonly body: Readonly<ShallowRef<HTMLElement | null>>
  readonly layout: ComputedRef<Layout>
  readonly columns: ComputedRef<number>
  readonly rows: ComputedRef<number>
  readonly mountedRows: ComputedRef<readonly GridRow[]>
  /** In sight. */
  readonly visibleColumns: ComputedRef<Span>
  readonly visibleRows: ComputedRef<Span>
  readonly coveredTop: () => number
}

export interface GridFocus {
  /** The one cell that Tab leads to: the last one focused, or the first in sight. */
  readonly tabStop: ComputedRef<CellPlace>
  focused(cell: GridCell): void
  /** Scrolls a cell into sight and focuses it. */
  focus(place: CellPlace): Promise<void>
  /** For keys pressed on a cell; those that are none of the grid's are left alone. */
  press(event: KeyboardEvent, place: CellPlace): void
}

/** Frames that the grid may take to notice a scroll. */
const FRAMES = 5

/** One tab stop for the grid; arrows lead from cell to cell, also to those that are not in the document yet. */
export function useGridFocus(input: GridFocusInput): GridFocus {
  const last = shallowRef<CellPlace & { readonly key?: string }>()
  /** Its place by now: rows and columns may have come in before it. */
  const lastPlace = computed<CellPlace | undefined>(() => {
    const key = last.value?.key
    const cell = input.mountedRows.value.flatMap(({ cells }) => cells).find((each) => each.key === key)
    return cell ?? last.value
  })

  const tabStop = computed((): CellPlace => {
    const { columns, rows, visibleColumns, visibleRows } = input
    const place = lastPlace.value
    const isInSight =
      place && contains(visibleColumns.value, place.x) && contains(visibleRows.value, place.y)
    return isInSight
      ? place
      : clampPlace({ x: visibleColumns.value.start, y: visibleRows.value.start }, columns.value, rows.value)
  })

  function show({ x, y }: CellPlace): void {
    const rect = input.body.value?.getBoundingClientRect()
    if (!rect) return
    const { labelWidth, padding, columnTrack, rowTrack, gap, headerHeight } = input.layout.value
    window.scrollBy({
      left: scrollInto(
        rect.left + columnLeft(input.layout.value, x),
        columnTrack - gap,
        labelWidth + padding,
        document.documentElement.clientWidth,
      ),
      top: scrollInto(
        rect.top + y * rowTrack,
        rowTrack - gap,
        input.coveredTop() + headerHeight,
        window.innerHeight,
      ),
      behavior: 'instant',
    })
  }

  async function focus(place: CellPlace): Promise<void> {
    last.value = place
    show(place)
    const find = (): HTMLElement | null | undefined =>
      input.body.value?.querySelector<HTMLElement>(`[data-place="${place.x},${place.y}"] .picture`)
    // What was out of sight is in the document when the grid has noticed the scroll.
    for (let frame = 0; frame < FRAMES && !find(); frame++) {
      await new Promise((resolve) => requestAnimationFrame(resolve))
      await nextTick()
    }
    find()?.focus({ preventScroll: true })
  }

  return {
    tabStop,
    focused({ x, y, key }) {
      last.value = { x, y, key }
    },
    focus,
    press(event, place) {
      const { start, end } = input.visibleRows.value
      const next = cellAfter(place, chordOf(event), {
        columns: input.columns.value,
        rows: input.rows.value,
        page: Math.max(1, end - start - 1),
      })
      if (!next) return
      event.preventDefault()
      void focus(next)
    },
  }
}
