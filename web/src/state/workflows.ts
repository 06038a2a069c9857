import { api } from '@/api/client'
import type { Workflow } from '@/api/types'
import { type RemoteHandle, useRemote } from './remote'

export interface Workflows {
  readonly list: RemoteHandle<Workflow[]>['remote']
  /** Reads the directory anew. */
  load(): Promise<void>
}

export function useWorkflows(): Workflows {
  const list = useRemote<Workflow[]>()
  return {
    list: list.remote,
    load: () => list.load((signal) => api.workflows(signal), { keep: true }),
  }
}
