import { computed, onScopeDispose, ref, watch, type ComputedRef, type Ref } from 'vue'
import { encodePath } from '@/api/paths'
import type { Image } from '@/api/types'
import { locate, type Location } from '@/domain/locate'
import { useAppState } from '@/state/app'

export interface Newest {
  /** How many images have come that pass the filters and were not asked for yet; 0 while the newest is in sight. */
  readonly count: Ref<number>
  /** The newest, in words. */
  readonly text: ComputedRef<string>
  /** Shows the newest in its cell. */
  show(): void
  /** Forgets what has come. */
  dismiss(): void
}

/** That an image which came is in sight takes a frame to be known. */
const PATIENCE_MS = 300

/** What has come since somebody last looked. It is offered, and never moves anything by itself. */
export function useNewest(): Newest {
  const { runs, view, grid } = useAppState()
  const { arrivals, imageAt } = runs.followed

  const located = computed(() => {
    const index = view.index.value
    if (!index) return []
    return arrivals.value.flatMap((path): { image: Image; at: Location }[] => {
      const image = imageAt(path)
      const at = image && locate(index, image)
      return at ? [{ image, at }] : []
    })
  })
  const newest = computed(() => located.value.at(-1))
  const isInSight = computed(() => {
    if (!newest.value) return false
    const { relative_path, version } = newest.value.image
    const ending = `/${encodePath(relative_path)}?v=${encodeURIComponent(version)}`
    return grid.visibleUrls.value.some((url) => url.endsWith(ending))
  })

  function dismiss(): void {
    if (arrivals.value.length > 0) arrivals.value = []
  }

  const count = ref(0)
  let timer: ReturnType<typeof setTimeout> | undefined
  watch([located, isInSight], () => {
    clearTimeout(timer)
    const settle = (): void => {
      if (isInSight.value) dismiss()
      count.value = isInSight.value ? 0 : located.value.length
    }
    // A button that is there counts at once.
    if (count.value > 0) settle()
    else timer = setTimeout(settle, PATIENCE_MS)
  })
  onScopeDispose(() => clearTimeout(timer))

  return {
    count,
    text: computed(() => {
      const axis = view.index.value?.slider
      const value = newest.value && axis?.values[newest.value.at.place.slider]
      return axis && value !== undefined ? `${axis.dimension.name} ${value}` : ''
    }),
    show() {
      if (!newest.value) return
      const { place, choice } = newest.value.at
      view.moveAll(place.slider)
      view.choose(choice)
      grid.revealed.value = { x: place.x, y: place.y }
      dismiss()
    },
    dismiss,
  }
}
