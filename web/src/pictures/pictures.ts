import { computed, type ComputedRef, inject, type InjectionKey, onScopeDispose, provide, ref, watch } from 'vue'
import type { PictureSettings } from '@/state/pictureSettings'
import { backgroundFetch } from './backgroundFetch'
import { type BackgroundFiles, BackgroundLoader } from './backgroundLoader'
import { decodedBytes, loadPicture } from './loadPicture'
import { PictureStore } from './pictureStore'
import type { PictureRequest } from './sources'

/** What to fetch when nothing else is to do. */
export interface Rest extends Omit<BackgroundFiles, 'most'> {
  /** The run is small enough to be fetched to the last byte. */
  readonly isWhole: boolean
}

export interface Pictures {
  readonly store: PictureStore<HTMLImageElement>
  /** Decoded bytes that the cells may take. */
  readonly budget: ComputedRef<number>
  /**
   * What cells need now, the first `shown` of it whatever it takes, and what of the rest to fetch when that is there;
   * undefined: nothing while things move.
   */
  want(requests: readonly PictureRequest[], shown: number, rest: Rest | undefined): void
  /** A store for what is shown in front of the cells. Its share of the budget is not theirs until the current scope ends. */
  lend(slots: number): PictureStore<HTMLImageElement>
}

const KEY: InjectionKey<Pictures> = Symbol('pictures')

const MIB = 1024 * 1024
const SLOTS = 4
/** Part of the budget that is lent. */
const LENT = 1 / 4
const BACKGROUND_BYTES = 256 * MIB
const BACKGROUND_PAUSE_MS = 10_000

/** `onIdle` is called whenever all that cells need is loaded. */
export function providePictures(settings: PictureSettings, onIdle: () => void): Pictures {
  let isIdle = true
  let hasRest = false
  const lentBudget = computed(() => settings.budget.value * MIB * LENT)
  const borrowers = ref(0)
  const budget = computed(() => settings.budget.value * MIB - borrowers.value * lentBudget.value)
  const background = new BackgroundLoader({ fetch: backgroundFetch, pauseMs: BACKGROUND_PAUSE_MS })
  const store = new PictureStore<HTMLImageElement>({
    load: loadPicture,
    bytes: decodedBytes,
    budget: budget.value,
    slots: SLOTS,
    onIdle() {
      isIdle = true
      onIdle()
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
  watch(budget, (bytes) => store.setBudget(bytes))

  const pictures: Pictures = {
    store,
    budget,
    want(requests, shown, rest) {
      isIdle = false
      hasRest = rest !== undefined
      if (rest) background.want({ run: rest.run, urls: rest.urls, most: rest.isWhole ? Infinity : BACKGROUND_BYTES })
      else background.stop()
      store.want(requests, shown)
    },
    lend(slots) {
      const lent = new PictureStore({ load: loadPicture, bytes: decodedBytes, budget: lentBudget.value, slots })
      watch(lentBudget, (bytes) => lent.setBudget(bytes))
      borrowers.value++
      onScopeDispose(() => {
        borrowers.value--
        lent.want([])
      })
      return lent
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
