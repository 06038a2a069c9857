import { computed, onScopeDispose, ref, watch, type ComputedRef, type Ref } from 'vue'
import type { Image } from '@/api/types'
import { locate, type Location } from '@/domain/locate'
import { useAppState } from '@/state/app'
import { unseen } from './unseen'

export interface Newest {
  /** How many images have come that pass the filters and were neither seen nor asked for yet. */
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

  function dismiss(): void {
    if (arrivals.value.length > 0) arrivals.value = []
  }

  watch([located, grid.visibleUrls], ([come, urls]) => {
    const seen = come[come.length - unseen(come, urls).length - 1]
    if (seen) arrivals.value = arrivals.value.slice(arrivals.value.indexOf(seen.image.relative_path) + 1)
  })

  const count = ref(0)
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(located, () => {
    clearTimeout(timer)
    const settle = (): void => void (count.value = located.value.length)
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
