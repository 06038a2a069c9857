import { nextTick, watch } from 'vue'

/**
 * Naive UI calls every drawer modal to assistive technology. One without a mask is not: the page beside it stays
 * usable. `selector` finds the drawer's element.
 */
export function useUnmodal(isShown: () => boolean, selector: string): void {
  watch(
    isShown,
    async (shown) => {
      if (!shown) return
      await nextTick()
      document.querySelector(selector)?.setAttribute('aria-modal', 'false')
    },
    { immediate: true, flush: 'post' },
  )
}
