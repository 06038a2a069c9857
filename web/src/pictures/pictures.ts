import { inject, type InjectionKey, onScopeDispose, provide, watch } from 'vue'
import type { PictureSettings } from '@/state/pictureSettings'
import { backgroundFetch } from './backgroundFetch'
import { BackgroundLoader } from './backgroundLoader'
import { decodedBytes, loadPicture } from './loadPicture'
import { PictureStore } from './pictureStore'
import type { PictureRequest } from './sources'

export interface Pictures {
  readonly store: PictureStore<HTMLImageElement>
  /** What cells need now, and what of the rest to fetch when that is there; undefined: nothing while things move. */
  want(requests: readonly PictureRequest[], rest: readonly string[] | undefined): void
}

const KEY: InjectionKey<Pictures> = Symbol('pictures')

const MIB = 1024 * 1024
const SLOTS = 4
const BACKGROUND_BYTES = 256 * MIB

export function providePictures(settings: PictureSettings): Pictures {
  let isIdle = true
  let hasRest = false
  const background = new BackgroundLoader({ fetch: backgroundFetch, most: BACKGROUND_BYTES })
  const store = new PictureStore<HTMLImageElement>({
    load: loadPicture,
    bytes: decodedBytes,
    budget: settings.budget.value * MIB,
    slots: SLOTS,
    onIdle() {
      isIdle = true
      resume()
    },
  })
  function resume(): void {
    if (isIdle && hasRest && document.visibilityState === 'visible') background.start()
  }
  function followVisibility(): void {
    const isHidden = document.visibilityState === 'hidden'
    store.setPaused(isHidden)
    if (isHidden) background.stop()
    else resume()
  }
  document.addEventListener('visibilitychange', followVisibility)
  onScopeDispose(() => {
    document.removeEventListener('visibilitychange', followVisibility)
    background.stop()
    store.want([])
  })
  watch(settings.budget, (budget) => store.setBudget(budget * MIB))

  const pictures: Pictures = {
    store,
    want(requests, rest) {
      isIdle = false
      hasRest = rest !== undefined
      if (rest) background.want(rest)
      else background.stop()
      store.want(requests)
    },
  }
  provide(KEY, pictures)
  return pictures
}

export function usePictures(): Pictures {
  const pictures = inject(KEY)
  if (!pictures) throw new Error('usePictures() is called outside of the app')
  return pictures
}
