import { computed, onScopeDispose, watch, type ComputedRef } from 'vue'
import { api } from '@/api/client'
import type { ComfyUIStatus, ModelType } from '@/api/types'
import { type RemoteHandle, useRemote } from './remote'

export interface ComfyUI {
  readonly status: RemoteHandle<ComfyUIStatus>['remote']
  /** The configuration names a ComfyUI; without one, the UI says nothing of generation. */
  readonly isEnabled: ComputedRef<boolean>
  readonly isConnected: ComputedRef<boolean>
  check(): Promise<void>
  /** What the feed tells. */
  hear(change: { readonly connected: boolean; readonly error?: string }): void
  /** The names that ComfyUI lists; fetched when somebody first asks for them. */
  models(type: ModelType): RemoteHandle<string[]>['remote']
  /** Asks ComfyUI itself rather than the service's memory. */
  refreshModels(type: ModelType): Promise<void>
}

/** The feed tells of changes while the worker runs; this is how often they are looked for anyhow. */
const LOOK_MS = 60_000
const AGAIN_MS = 5_000

const TYPES: readonly ModelType[] = ['checkpoint', 'unet', 'lora', 'vae', 'clip', 'sampler', 'scheduler']

export function useComfyUI(): ComfyUI {
  const status = useRemote<ComfyUIStatus>()
  const lists = new Map(TYPES.map((type) => [type, useRemote<string[]>()]))

  const isConnected = computed(() => status.remote.value.value?.connected ?? false)

  function check(): Promise<void> {
    return status.load((signal) => api.comfyuiStatus(signal), { keep: true })
  }
  function listOf(type: ModelType): RemoteHandle<string[]> {
    const list = lists.get(type)
    if (!list) throw new RangeError(type)
    return list
  }
  function load(type: ModelType, refresh: boolean): Promise<void> {
    return listOf(type).load(async (signal) => (await api.comfyuiModels(type, { refresh, signal })).models, {
      keep: true,
    })
  }

  // Lists that could not be had while ComfyUI was away.
  watch(isConnected, (is) => {
    if (!is) return
    for (const [type, { remote }] of lists) if (remote.value.state === 'failed') void load(type, false)
  })

  function look(): void {
    if (document.visibilityState === 'visible' && status.remote.value.value?.enabled !== false) void check()
  }
  let soon: ReturnType<typeof setTimeout> | undefined
  const timer = setInterval(look, LOOK_MS)
  document.addEventListener('visibilitychange', look)
  onScopeDispose(() => {
    clearInterval(timer)
    clearTimeout(soon)
    document.removeEventListener('visibilitychange', look)
  })
  void check()

  return {
    status: status.remote,
    isEnabled: computed(() => status.remote.value.value?.enabled ?? false),
    isConnected,
    check,
    hear({ connected, error }) {
      const before = status.remote.value.value
      if (!before) return
      const { enabled, version } = before
      status.set({ enabled, connected, ...(version !== undefined && { version }), ...(error !== undefined && { error }) })
      // Which version has come back; asked at once, the service may still tell what it knew a moment ago.
      clearTimeout(soon)
      if (connected) soon = setTimeout(() => void check(), AGAIN_MS)
    },
    models(type) {
      const { remote } = listOf(type)
      if (remote.value.state === 'idle') void load(type, false)
      return remote
    },
    refreshModels: (type) => load(type, true),
  }
}
