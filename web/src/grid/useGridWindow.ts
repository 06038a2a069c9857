import { computed, onMounted, onScopeDispose, ref, type ComputedRef, type ShallowRef } from 'vue'
import { type Span, visibleSpan } from './gridWindow'

export interface GridWindowInput {
  /** The element that holds all rows; its left edge is that of the row labels. */
  readonly body: Readonly<ShallowRef<HTMLElement | null>>
  readonly columns: () => number
  readonly rows: () => number
  readonly columnTrack: () => number
  readonly rowTrack: () => number
  /** What sticks to the left and the top of the viewport and covers the grid. */
  readonly coveredLeft: () => number
  readonly coveredTop: () => number
}

export interface GridWindow {
  readonly columns: ComputedRef<Span>
  readonly rows: ComputedRef<Span>
  /** The same with a margin: what is in the document. */
  readonly mountedColumns: ComputedRef<Span>
  readonly mountedRows: ComputedRef<Span>
  /** How far the first column and row have been scrolled out of sight. */
  readonly offset: () => { left: number; top: number }
}

const OVERSCAN = 1

/** Keeps the identity of an unchanged span, so that scrolling within a cell renders nothing. */
function spanOf(compute: () => Span): ComputedRef<Span> {
  return computed((old?: Span) => {
    const span = compute()
    return old?.start === span.start && old.end === span.end ? old : span
  })
}

/** Which cells of the grid the document's viewport shows. */
export function useGridWindow(input: GridWindowInput): GridWindow {
  const left = ref(0)
  const top = ref(0)
  const width = ref(0)
  const height = ref(0)
  let frame = 0

  function measure(): void {
    frame = 0
    const rect = input.body.value?.getBoundingClientRect()
    if (!rect) return
    left.value = rect.left
    top.value = rect.top
    width.value = document.documentElement.clientWidth
    height.value = window.innerHeight
  }
  function schedule(): void {
    if (frame === 0) frame = requestAnimationFrame(measure)
  }

  // The body's size changes with all that is above the grid.
  const observer = new ResizeObserver(schedule)
  onMounted(() => {
    measure()
    observer.observe(document.body)
    window.addEventListener('scroll', schedule, { passive: true })
    window.addEventListener('resize', schedule)
  })
  onScopeDispose(() => {
    observer.disconnect()
    cancelAnimationFrame(frame)
    window.removeEventListener('scroll', schedule)
    window.removeEventListener('resize', schedule)
  })

  const columnSpan = (overscan: number): Span =>
    visibleSpan(
      -left.value,
      width.value - input.coveredLeft(),
      input.columnTrack(),
      input.columns(),
      overscan,
    )
  const rowSpan = (overscan: number): Span =>
    visibleSpan(
      input.coveredTop() - top.value,
      height.value - input.coveredTop(),
      input.rowTrack(),
      input.rows(),
      overscan,
    )
  return {
    columns: spanOf(() => columnSpan(0)),
    rows: spanOf(() => rowSpan(0)),
    mountedColumns: spanOf(() => columnSpan(OVERSCAN)),
    mountedRows: spanOf(() => rowSpan(OVERSCAN)),
    offset: () => ({ left: -left.value, top: input.coveredTop() - top.value }),
  }
}
