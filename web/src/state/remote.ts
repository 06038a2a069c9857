import { onScopeDispose, shallowRef, type ShallowRef } from 'vue'
import { type ApiError, asApiError, isAbort } from '@/api/problem'

/** Something fetched. `value` while loading or failed is the last one that was had for the same subject. */
export type Remote<Value> =
  | { readonly state: 'idle'; readonly value?: undefined }
  | { readonly state: 'loading'; readonly value?: Value | undefined }
  | { readonly state: 'ready'; readonly value: Value }
  | { readonly state: 'failed'; readonly error: ApiError; readonly value?: Value | undefined }

export interface RemoteHandle<Value> {
  readonly remote: Readonly<ShallowRef<Remote<Value>>>
  /** Fetches; a load still under way is aborted, so the latest wins. `keep` shows the old value meanwhile. */
  load(fetch: (signal: AbortSignal) => Promise<Value>, options?: { keep?: boolean }): Promise<void>
  /**
   * Fetches without a word, after any load that is under way: value and state stay until it succeeds. Throws what `fetch`
   * throws, or AbortError when a load came in between.
   */
  reread(fetch: (signal: AbortSignal) => Promise<Value>): Promise<void>
  /** Replaces the value without a fetch. */
  set(value: Value): void
  clear(): void
}

export function useRemote<Value>(): RemoteHandle<Value> {
  const remote = shallowRef<Remote<Value>>({ state: 'idle' })
  let current: AbortController | undefined
  let underWay: Promise<unknown> = Promise.resolve()

  function abort(): void {
    current?.abort()
    current = undefined
  }
  onScopeDispose(abort)

  return {
    remote,
    async load(fetch, { keep = false } = {}) {
      abort()
      const controller = new AbortController()
      current = controller
      const value = keep ? remote.value.value : undefined
      remote.value = { state: 'loading', value }
      try {
        const fetching = fetch(controller.signal)
        underWay = fetching.catch(() => undefined)
        const fetched = await fetching
        if (current === controller) remote.value = { state: 'ready', value: fetched }
      } catch (thrown) {
        if (current !== controller || isAbort(thrown)) return
        remote.value = { state: 'failed', error: asApiError(thrown), value }
      }
    },
    async reread(fetch) {
      for (let seen: unknown; seen !== underWay; ) {
        seen = underWay
        await seen
      }
      abort()
      const controller = new AbortController()
      current = controller
      const value = await fetch(controller.signal)
      controller.signal.throwIfAborted()
      remote.value = { state: 'ready', value }
    },
    set(value) {
      abort()
      remote.value = { state: 'ready', value }
    },
    clear() {
      abort()
      remote.value = { state: 'idle' }
    },
  }
}
