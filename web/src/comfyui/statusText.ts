import type { ComfyUIStatus } from '@/api/types'
import type { Remote } from '@/state/remote'

export type ComfyUIState = 'connected' | 'away' | 'asking'

export interface StatusText {
  readonly state: ComfyUIState
  /** For the header: `ComfyUI 0.38.1`. */
  readonly short: string
  readonly title: string
  /** Why, and what to do about it. */
  readonly detail: string
}

/** How ComfyUI is, in words. */
export function statusText(remote: Remote<ComfyUIStatus>): StatusText {
  const status = remote.value
  if (remote.state === 'failed') {
    return { state: 'away', short: 'ComfyUI', title: 'Nobody can tell how ComfyUI is', detail: remote.error.message }
  }
  if (!status) return { state: 'asking', short: 'ComfyUI', title: 'Asking ComfyUI', detail: '' }
  if (status.connected) {
    const version = /\d/.test(status.version ?? '') ? status.version : undefined
    return {
      state: 'connected',
      short: version === undefined ? 'ComfyUI' : `ComfyUI ${version}`,
      title: 'ComfyUI is connected',
      detail: version === undefined ? '' : `Version ${version}.`,
    }
  }
  return {
    state: 'away',
    short: 'ComfyUI',
    title: 'ComfyUI cannot be reached',
    detail: status.error ?? 'It gave no reason.',
  }
}
