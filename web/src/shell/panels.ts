import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'
import { recallBoolean, recallNumber, remember } from '@/state/storage'
import type { Viewport } from '@/state/viewport'

const CHECKPOINTS_WIDTH = 400

export interface Panels {
  readonly drawer: Ref<boolean>
  /** Of the two on the right, one is open at the most. */
  readonly checkpoints: Ref<boolean>
  readonly jobs: Ref<boolean>
  /** CSS pixels, as somebody chose it. */
  readonly checkpointsWidth: Ref<number>
  /** Of the one on the right that is open, as a CSS length. */
  readonly endWidth: ComputedRef<string>
  /** Closes the one on the right, else the drawer where it covers the page. */
  closeTop(): void
}

/** Which of the panels at the sides of the page are open, and what this browser remembers of them. */
export function usePanels({ isWide }: Pick<Viewport, 'isWide'>, jobs: Ref<boolean>): Panels {
  // On a small screen the drawer hides the page: there it never opens by itself.
  const drawer = ref(isWide.value && (recallBoolean('drawer') ?? true))
  watch(drawer, (open) => {
    if (isWide.value) remember('drawer', open)
  })

  const checkpointsWidth = ref(recallNumber('checkpoint-panel-width') ?? CHECKPOINTS_WIDTH)
  watch(checkpointsWidth, (width) => remember('checkpoint-panel-width', width))

  const checkpoints = ref(false)
  watch(checkpoints, (open) => open && (jobs.value = false))
  watch(jobs, (open) => open && (checkpoints.value = false))

  return {
    drawer,
    checkpoints,
    jobs,
    checkpointsWidth,
    endWidth: computed(() => (jobs.value ? 'var(--job-panel-width)' : `${checkpointsWidth.value}px`)),
    closeTop() {
      if (jobs.value) jobs.value = false
      else if (checkpoints.value) checkpoints.value = false
      else if (!isWide.value) drawer.value = false
    },
  }
}
