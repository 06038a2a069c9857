import { computed, type ComputedRef, onScopeDispose, readonly, ref, type Ref } from 'vue'

export interface Viewport {
  /** Without the scroll bar, in CSS pixels. */
  readonly width: Readonly<Ref<number>>
  readonly height: Readonly<Ref<number>>
  /** A phone's, as the style sheets' `width < 640px`: a panel takes all of it. */
  readonly isNarrow: ComputedRef<boolean>
  /** As the style sheets' `width >= 1024px`: a panel and the page have room beside each other. */
  readonly isWide: ComputedRef<boolean>
  /** Device pixels to a CSS pixel; changes with the browser's zoom and from screen to screen. */
  readonly pixelRatio: Readonly<Ref<number>>
  /** What points at it is a finger rather than a mouse. */
  readonly isCoarse: Readonly<Ref<boolean>>
}

const WIDE = 1024
const NARROW = 640

/** The size of the document's visible part. */
export function useViewport(): Viewport {
  const root = document.documentElement
  const width = ref(root.clientWidth)
  const height = ref(window.innerHeight)
  const pixelRatio = ref(window.devicePixelRatio)
  const coarse = matchMedia('(pointer: coarse)')
  const isCoarse = ref(coarse.matches)
  const measure = (): void => {
    pixelRatio.value = window.devicePixelRatio
    width.value = root.clientWidth
    height.value = window.innerHeight
    root.style.setProperty('--viewport-width', `${root.clientWidth}px`)
  }
  // The observer notices a scroll bar that comes or goes, the event a change of height.
  const observer = new ResizeObserver(measure)
  observer.observe(root)
  window.addEventListener('resize', measure)
  const follow = (): void => {
    isCoarse.value = coarse.matches
  }
  coarse.addEventListener('change', follow)
  onScopeDispose(() => {
    observer.disconnect()
    window.removeEventListener('resize', measure)
    coarse.removeEventListener('change', follow)
  })
  measure()
  return {
    width: readonly(width),
    height: readonly(height),
    isNarrow: computed(() => width.value < NARROW),
    isWide: computed(() => width.value >= WIDE),
    pixelRatio: readonly(pixelRatio),
    isCoarse: readonly(isCoarse),
  }
}
