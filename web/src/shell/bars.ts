import { computed, watchEffect, type ComputedRef } from 'vue'

/** The heights of what sticks to the top of the viewport, in CSS pixels. */
const HEADER_HEIGHT = 44
const BAR_HEIGHT = 44
const STACKED_BAR_HEIGHT = 72
/** A viewport that is narrower has no room for the master slider beside its buttons. */
const STACKED_BELOW = 480

export interface Bars {
  /** The master slider has a line of its own, below its buttons and its value. */
  readonly isStacked: ComputedRef<boolean>
  /** Of header and bar together. */
  readonly height: ComputedRef<number>
}

/** The header and the bar below it, whose heights style sheets know as `--header-height` and `--bar-height`. */
export function useBars(viewportWidth: () => number, hasSlider: () => boolean): Bars {
  const isStacked = computed(() => hasSlider() && viewportWidth() < STACKED_BELOW)
  const barHeight = computed(() => (isStacked.value ? STACKED_BAR_HEIGHT : BAR_HEIGHT))
  watchEffect(() => {
    const { style } = document.documentElement
    style.setProperty('--header-height', `${HEADER_HEIGHT}px`)
    style.setProperty('--bar-height', `${barHeight.value}px`)
  })
  return { isStacked, height: computed(() => HEADER_HEIGHT + barHeight.value) }
}
