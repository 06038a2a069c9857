import { ref, watch, type Ref } from 'vue'
import type { Link } from './link'
import { unknownInLink } from './linkFaults'
import type { TrainingRuns } from './trainingRuns'
import type { View } from './view'

export interface LinkNotice {
  /** What the link named and the run does not have, in words; empty: nothing, or it was read. */
  readonly unknown: Ref<readonly string[]>
}

/** Looks once, when the run that a link leads to has been scanned. Another run ends it. */
export function useLinkNotice(link: Link | undefined, runs: TrainingRuns, view: View): LinkNotice {
  const unknown = ref<readonly string[]>([])
  let isPending = link !== undefined
  watch([view.catalog, () => runs.selected.value?.id], ([catalog, id], [, formerId]) => {
    if (id !== formerId) unknown.value = []
    if (!isPending || !link || !catalog || id !== link.run) return
    isPending = false
    unknown.value = unknownInLink(link, catalog)
  })
  return { unknown }
}
