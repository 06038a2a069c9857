import { watch, type ComputedRef } from 'vue'
import type { ImageIndex } from '@/domain/imageIndex'
import { useAppState } from '@/state/app'
import { anchoringScroll } from './dividers'
import type { Layout } from './gridLayout'
import { pushedBy, restoredBy } from './gridWindow'

export interface GridAnchorInput {
  readonly index: () => ImageIndex
  readonly layout: ComputedRef<Layout>
  /** How far the first column and row have been scrolled out of sight. */
  readonly offset: () => { left: number; top: number }
}

function scrollBy(left: number, top: number): void {
  if (left !== 0 || top !== 0) window.scrollBy({ left, top, behavior: 'instant' })
}

/** What is in sight stays there while what is around it changes. */
export function useGridAnchor({ index, layout, offset }: GridAnchorInput): void {
  const { view } = useAppState()

  // Cells grow and shrink.
  watch(
    () => [layout.value.columnTrack, layout.value.rowTrack] as const,
    ([columnTrack, rowTrack], [oldColumnTrack, oldRowTrack]) => {
      const { left, top } = offset()
      scrollBy(anchoringScroll(left, oldColumnTrack, columnTrack), anchoringScroll(top, oldRowTrack, rowTrack))
    },
    { flush: 'post' },
  )

  // Rows or columns come in before it, with images or when one that was shown alone is among the others again.
  let catalog = view.catalog.value
  watch(
    index,
    (next, before) => {
      const isOther = view.catalog.value !== catalog
      catalog = view.catalog.value
      const { left, top } = offset()
      const { columnTrack, rowTrack } = layout.value
      if (isOther) scrollBy(pushedBy(before.x, next.x, left, columnTrack), pushedBy(before.y, next.y, top, rowTrack))
      else scrollBy(restoredBy(before.x, next.x, columnTrack), restoredBy(before.y, next.y, rowTrack))
    },
    { flush: 'post' },
  )
}
