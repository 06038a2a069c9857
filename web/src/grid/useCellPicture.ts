import { onScopeDispose, ref, watch, type Ref, type ShallowRef } from 'vue'
import { usePictures } from '@/pictures/pictures'
import type { CellPictures } from '@/pictures/sources'
import { useAppState } from '@/state/app'
import type { Size } from '@/ui/size'

export interface CellPictureInput {
  /** The element that holds the picture and nothing else. */
  readonly frame: Readonly<ShallowRef<HTMLElement | null>>
  /** undefined: there is no image. */
  readonly pictures: () => CellPictures | undefined
  readonly description: () => string
  readonly onShown: (size: Size, isOriginal: boolean) => void
}

export type PictureStatus = 'waiting' | 'ready' | 'failed' | 'missing'

export interface CellPicture {
  readonly status: Ref<PictureStatus>
  /** Why it failed. */
  readonly reason: Ref<string>
  /** What is on screen is the file itself, each of its pixels. */
  readonly isOriginal: Ref<boolean>
  /** A picture is on screen, be it the one before. */
  readonly hasPicture: Ref<boolean>
  retry(): void
}

/** Keeps the picture of an image in an element; the one before stays until the new one is decoded. */
export function useCellPicture(input: CellPictureInput): CellPicture {
  const { store } = usePictures()
  const { motion } = useAppState()
  const status: CellPicture['status'] = ref('waiting')
  const reason = ref('')
  const hasPicture = ref(false)
  const isOriginal = ref(false)
  let unwatch: (() => void)[] = []

  function show(element: HTMLImageElement, isFile: boolean): void {
    status.value = 'ready'
    isOriginal.value = isFile
    if (input.frame.value?.firstChild === element) return
    element.alt = input.description()
    input.frame.value?.replaceChildren(element)
    hasPicture.value = true
    input.onShown({ width: element.naturalWidth, height: element.naturalHeight }, isFile)
  }
  function clear(): void {
    input.frame.value?.replaceChildren()
    hasPicture.value = false
  }

  /** The original once things have settled; until then it stays only where it is shown already. A narrower one until a sharp one is there. */
  function choose({ moving, narrower, original }: CellPictures): void {
    const sharpest = store.state(original.url)
    const quickest = store.state(moving.url)
    if (sharpest.status === 'ready') {
      const isShown = input.frame.value?.firstChild === sharpest.picture
      if (isShown || motion.isSettled.value || quickest.status !== 'ready' || quickest === sharpest) {
        show(sharpest.picture, true)
        return
      }
    }
    const candidates = quickest.status === 'waiting' ? narrower.map(({ url }) => store.state(url)) : [quickest]
    const found = candidates.find((state) => state.status === 'ready')
    if (found) {
      show(found.picture, false)
      return
    }
    status.value = quickest.status
    if (quickest.status !== 'failed') return
    reason.value = quickest.reason
    clear()
  }

  function follow(): void {
    for (const stop of unwatch) stop()
    unwatch = []
    const pictures = input.pictures()
    if (!pictures) {
      status.value = 'missing'
      clear()
      return
    }
    const urls = new Set([pictures.moving, ...pictures.narrower, pictures.original].map(({ url }) => url))
    unwatch = [...urls].map((url) => store.watch(url, () => choose(pictures)))
  }

  watch([input.frame, input.pictures, motion.isSettled], follow, { flush: 'post' })
  onScopeDispose(() => unwatch.forEach((stop) => stop()))
  return {
    status,
    reason,
    hasPicture,
    isOriginal,
    retry() {
      const pictures = input.pictures()
      if (pictures) store.retry(pictures.moving.url)
    },
  }
}
