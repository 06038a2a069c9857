import { onScopeDispose, ref, watch, type Ref, type ShallowRef } from 'vue'
import { usePictures } from '@/pictures/pictures'
import type { Size } from '@/ui/size'

export interface CellPictureInput {
  /** The element that holds the picture and nothing else. */
  readonly frame: Readonly<ShallowRef<HTMLElement | null>>
  /** undefined: there is no image. */
  readonly url: () => string | undefined
  readonly description: () => string
  readonly onShown: (size: Size) => void
}

export interface CellPicture {
  readonly status: Ref<'waiting' | 'ready' | 'failed' | 'missing'>
  /** Why it failed. */
  readonly reason: Ref<string>
  /** A picture is on screen, be it the one before. */
  readonly hasPicture: Ref<boolean>
  retry(): void
}

/** Keeps the picture of a URL in an element; the one before stays until the new one is decoded. */
export function useCellPicture(input: CellPictureInput): CellPicture {
  const pictures = usePictures()
  const status: CellPicture['status'] = ref('waiting')
  const reason = ref('')
  const hasPicture = ref(false)
  let unwatch: (() => void) | undefined

  function show(element: HTMLImageElement): void {
    element.alt = input.description()
    input.frame.value?.replaceChildren(element)
    hasPicture.value = true
    input.onShown({ width: element.naturalWidth, height: element.naturalHeight })
  }
  function clear(): void {
    input.frame.value?.replaceChildren()
    hasPicture.value = false
  }
  function follow(): void {
    unwatch?.()
    unwatch = undefined
    const url = input.url()
    if (url === undefined) {
      status.value = 'missing'
      clear()
      return
    }
    unwatch = pictures.watch(url, (state) => {
      status.value = state.status
      if (state.status === 'ready') show(state.picture)
      if (state.status === 'failed') {
        reason.value = state.reason
        clear()
      }
    })
  }

  watch([input.frame, input.url], follow, { flush: 'post' })
  onScopeDispose(() => unwatch?.())
  return {
    status,
    reason,
    hasPicture,
    retry() {
      const url = input.url()
      if (url !== undefined) pictures.retry(url)
    },
  }
}
