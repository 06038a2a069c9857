import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { loadPicture } from '@/pictures/loadPicture'

export interface Original {
  /** The last picture that was decoded; it stays until the next one is. */
  readonly picture: ShallowRef<HTMLImageElement | undefined>
  /** Why the picture cannot be shown; empty when it can. */
  readonly failure: Ref<string>
  readonly isLoading: Ref<boolean>
}

/** Loads the picture of a URL; the latest request wins. undefined: there is none. */
export function useOriginal(url: () => string | undefined): Original {
  const picture = shallowRef<HTMLImageElement>()
  const failure = ref('')
  const isLoading = ref(false)
  let current: AbortController | undefined

  async function load(from: string | undefined): Promise<void> {
    current?.abort()
    failure.value = ''
    isLoading.value = from !== undefined
    if (from === undefined) {
      current = undefined
      picture.value = undefined
      return
    }
    const mine = new AbortController()
    current = mine
    try {
      const loaded = await loadPicture(from, mine.signal)
      if (current !== mine) return
      picture.value = loaded
    } catch (thrown) {
      if (current !== mine) return
      picture.value = undefined
      failure.value = thrown instanceof Error ? thrown.message : String(thrown)
    }
    isLoading.value = false
  }

  watch(url, load, { immediate: true })
  onScopeDispose(() => {
    current?.abort()
    current = undefined
  })
  return { picture, failure, isLoading }
}
