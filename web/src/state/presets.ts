import { computed, ref, watch, type ComputedRef } from 'vue'
import { api } from '@/api/client'
import type { Preset } from '@/api/types'
import { byName, fromMapping, sameArrangement, toMapping, unmatchedDimensions } from '@/domain/presets'
import { type RemoteHandle, useRemote } from './remote'
import { remember } from './storage'
import type { View } from './view'

export interface Presets {
  readonly list: RemoteHandle<Preset[]>['remote']
  readonly selected: ComputedRef<Preset | undefined>
  /** The view is no longer what the selected preset says. */
  readonly isDirty: ComputedRef<boolean>
  /** Dimensions that the selected preset names and the current run does not have. */
  readonly unmatched: ComputedRef<readonly string[]>
  load(): Promise<void>
  /** Applies a preset; undefined only lets go of the selected one. */
  select(id: string | undefined): void
  /** Stores the view under a new name. Throws ApiError. */
  create(name: string): Promise<void>
  /** Stores the view in the selected preset. Throws ApiError. */
  update(): Promise<void>
  /** Throws ApiError. */
  rename(name: string): Promise<void>
  /** Throws ApiError. */
  remove(): Promise<void>
}

/** `initial`: the id of the preset to begin with; the view is already what it was left at. */
export function usePresets(view: View, initial: string | undefined): Presets {
  const list = useRemote<Preset[]>()
  const selectedId = ref(initial)
  const all = computed(() => list.remote.value.value ?? [])
  const selected = computed(() => all.value.find((preset) => preset.id === selectedId.value))

  watch(selectedId, (id) => remember('preset', id))

  function put(preset: Preset): void {
    list.set([...all.value.filter(({ id }) => id !== preset.id), preset].sort(byName))
    selectedId.value = preset.id
  }

  function load(): Promise<void> {
    return list.load((signal) => api.presets(signal), { keep: true })
  }
  void load()

  return {
    list: list.remote,
    selected,
    isDirty: computed(
      () =>
        selected.value !== undefined &&
        !sameArrangement(view.wanted.value, fromMapping(selected.value.mapping)),
    ),
    unmatched: computed(() =>
      selected.value && view.catalog.value
        ? unmatchedDimensions(selected.value.mapping, [...view.catalog.value.columns.keys()])
        : [],
    ),
    load,
    select(id) {
      selectedId.value = id
      if (selected.value) view.arrange(fromMapping(selected.value.mapping))
    },
    async create(name) {
      put(await api.createPreset({ name, mapping: toMapping(view.arrangement.value) }))
      view.arrange(view.arrangement.value)
    },
    async update() {
      if (!selected.value) return
      const { id, name } = selected.value
      put(await api.updatePreset(id, { name, mapping: toMapping(view.arrangement.value) }))
      view.arrange(view.arrangement.value)
    },
    async rename(name) {
      if (!selected.value) return
      const { id, mapping } = selected.value
      put(await api.updatePreset(id, { name, mapping }))
    },
    async remove() {
      if (!selected.value) return
      const { id } = selected.value
      await api.deletePreset(id)
      list.set(all.value.filter((preset) => preset.id !== id))
      selectedId.value = undefined
    },
  }
}
