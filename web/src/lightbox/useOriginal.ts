import { computed, onScopeDispose, ref, shallowRef, watch, type ComputedRef, type Ref } from 'vue'
import { imageUrl, previewUrl } from '@/api/paths'
import type { Image } from '@/api/types'
import { decodedBytes, loadPicture } from '@/pictures/loadPicture'
import { usePictures } from '@/pictures/pictures'
import type { Size } from '@/ui/size'

export interface OriginalInput {
  /** undefined: there is none. */
  readonly image: () => Image | undefined
  /** Those that may come next, the likeliest first. */
  readonly next: () => readonly Image[]
}

export interface Original {
  /** The last picture that was decoded; it stays until the next one is. */
  readonly picture: ComputedRef<HTMLImageElement | undefined>
  /** The size of the original; while a preview stands in for it, what it is likely to be. */
  readonly size: ComputedRef<Size | undefined>
  /** The picture is no preview. */
  readonly isOriginal: ComputedRef<boolean>
  /** Why the picture cannot be shown; empty when it can. */
  readonly failure: Ref<string>
  readonly isLoading: Ref<boolean>
  retry(): void
}

const SLOTS = 2
/** An original that is there sooner needs nothing to stand in for it. */
const STAND_IN_AFTER_MS = 60
const STAND_IN_WIDTH = 1024

function sizeOf(element: HTMLImageElement): Size {
  return { width: element.naturalWidth, height: element.naturalHeight }
}

/** Loads originals, the one that is shown before those that may come next. A preview stands in until it is decoded. */
export function useOriginal({ image, next }: OriginalInput): Original {
  const store = usePictures().lend(SLOTS)
  const shown = shallowRef<{ readonly picture: HTMLImageElement; readonly isStandIn: boolean }>()
  const failure = ref('')
  const isLoading = ref(false)
  const lastSize = shallowRef<Size>()
  let unwatch: (() => void) | undefined
  let standIn: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  function stopStandIn(): void {
    clearTimeout(timer)
    standIn?.abort()
    standIn = undefined
  }
  async function showStandIn(of: Image): Promise<void> {
    const mine = new AbortController()
    standIn = mine
    try {
      const preview = await loadPicture({ url: previewUrl(of, STAND_IN_WIDTH) }, mine.signal)
      if (standIn !== mine) return
      shown.value = { picture: preview, isStandIn: true }
    } catch {
      // The original is on its way and tells what is wrong with it.
    }
  }

  function follow(current: Image | undefined): void {
    unwatch?.()
    unwatch = undefined
    stopStandIn()
    failure.value = ''
    if (!current) {
      shown.value = undefined
      isLoading.value = false
      store.want([])
      return
    }
    store.want([{ url: imageUrl(current) }], 1)
    timer = setTimeout(() => void showStandIn(current), STAND_IN_AFTER_MS)
    unwatch = store.watch(imageUrl(current), (state) => {
      isLoading.value = state.status === 'waiting'
      failure.value = state.status === 'failed' ? state.reason : ''
      if (state.status === 'waiting') return
      stopStandIn()
      shown.value = state.status === 'ready' ? { picture: state.picture, isStandIn: false } : undefined
      if (state.status === 'ready') lastSize.value = sizeOf(state.picture)
      // Originals of a run are alike: no more than there is room for.
      const room = state.status === 'ready' ? Math.floor(store.budget / decodedBytes(state.picture)) : 1
      store.want([current, ...next()].slice(0, Math.max(1, room)).map((each) => ({ url: imageUrl(each) })), 1)
    })
  }

  watch(() => image(), follow, { immediate: true })
  onScopeDispose(() => {
    unwatch?.()
    stopStandIn()
  })

  return {
    picture: computed(() => shown.value?.picture),
    isOriginal: computed(() => shown.value?.isStandIn === false),
    size: computed(() => {
      if (!shown.value) return undefined
      const own = sizeOf(shown.value.picture)
      const last = lastSize.value
      if (!shown.value.isStandIn || !last) return own
      const isAlike = Math.abs((own.width * last.height) / (own.height * last.width) - 1) < 0.01
      return isAlike ? last : own
    }),
    failure,
    isLoading,
    retry() {
      const current = image()
      if (current) store.retry(imageUrl(current))
    },
  }
}
