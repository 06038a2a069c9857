import { api } from '@/api/client'
import type { SamplePreset, SamplePresetInput } from '@/api/types'
import { byName } from '@/domain/presets'
import { type RemoteHandle, useRemote } from './remote'

export interface SamplePresets {
  readonly list: RemoteHandle<SamplePreset[]>['remote']
  load(): Promise<void>
  /** Stores a new preset, or in place of the one with this id. Throws ApiError. */
  save(id: string | undefined, preset: SamplePresetInput): Promise<SamplePreset>
  /** Throws ApiError. */
  remove(id: string): Promise<void>
}

export function useSamplePresets(): SamplePresets {
  const list = useRemote<SamplePreset[]>()

  function all(except?: string): SamplePreset[] {
    return (list.remote.value.value ?? []).filter(({ id }) => id !== except)
  }
  return {
    list: list.remote,
    load: () => list.load((signal) => api.samplePresets(signal), { keep: true }),
    async save(id, preset) {
      const saved = id === undefined ? await api.createSamplePreset(preset) : await api.updateSamplePreset(id, preset)
      list.set([...all(saved.id), saved].sort(byName))
      return saved
    },
    async remove(id) {
      await api.deleteSamplePreset(id)
      list.set(all(id))
    },
  }
}
