import { computed, onScopeDispose, reactive, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { type ApiError, asApiError } from '@/api/problem'
import type { SamplePreset } from '@/api/types'
import type { Fault } from '@/domain/faults'
import { uniqueName } from '@/domain/prompts'
import {
  bodyOf,
  draftOf,
  faultsOf,
  NEW_PRESET,
  NUMBER_LISTS,
  type NumberList,
  type PresetDraft,
  sameDraft,
} from '@/domain/samplePreset'
import type { SamplePresets } from '@/state/samplePresets'

export interface PresetEditing {
  readonly draft: ShallowRef<PresetDraft | undefined>
  /** The stored preset that is edited; undefined for a new one. */
  readonly id: Ref<string | undefined>
  /** What is typed into lists of numbers without being accepted yet. */
  readonly typed: Readonly<Record<NumberList, string>>
  readonly isDirty: ComputedRef<boolean>
  readonly isSaving: Ref<boolean>
  readonly faults: ComputedRef<readonly Fault[]>
  /** How often saving was refused: each time somebody is to be led to the first fault. */
  readonly refusals: Ref<number>
  /** Why the server refused to save. */
  readonly refusal: ShallowRef<ApiError | undefined>
  /** Somebody waits for an answer to whether unsaved changes may be lost. */
  readonly isAsking: ComputedRef<boolean>
  answer(discard: boolean): void
  /** Does `action`, unless changes would be lost by it and somebody wants to keep them. */
  leave(action: () => void): void
  change(changes: Partial<PresetDraft>): void
  type(key: NumberList, text: string): void
  open(preset: SamplePreset): void
  close(): void
  /** Begins a preset that is not stored yet. */
  begin(draft?: PresetDraft): void
  duplicate(): void
  revert(): void
  save(): Promise<boolean>
  remove(): Promise<void>
}

export function usePresetEditing(presets: SamplePresets): PresetEditing {
  const draft = shallowRef<PresetDraft>()
  const id = ref<string>()
  const typed = reactive<Record<NumberList, string>>({ steps: '', cfgs: '', seeds: '' })
  const isSaving = ref(false)
  /** Faults are shown once somebody has tried to save. */
  const wasTried = ref(false)
  const refusals = ref(0)
  const refusal = shallowRef<ApiError>()
  const refused = shallowRef<PresetDraft>()
  const pending = shallowRef<() => void>()

  const stored = computed(() => presets.list.value.value?.find((preset) => preset.id === id.value))
  const original = computed(() => (stored.value ? draftOf(stored.value) : NEW_PRESET))
  const isDirty = computed(
    () =>
      draft.value !== undefined &&
      (!sameDraft(draft.value, original.value) || NUMBER_LISTS.some((key) => typed[key].trim() !== '')),
  )
  const typedFaults = computed(() =>
    NUMBER_LISTS.filter((key) => typed[key].trim() !== '').map((key) => ({
      pointer: `/${key}`,
      detail: 'Finish or clear what is typed.',
    })),
  )
  const faults = computed(() => [
    ...(wasTried.value && draft.value ? [...faultsOf(draft.value), ...typedFaults.value] : []),
    // What the server said is about what it was sent.
    ...(refused.value === draft.value ? (refusal.value?.faults ?? []) : []),
  ])

  function show(next: PresetDraft | undefined, nextId: string | undefined): void {
    draft.value = next
    id.value = nextId
    wasTried.value = false
    refusal.value = undefined
    for (const key of NUMBER_LISTS) typed[key] = ''
  }
  function begin(next: PresetDraft = NEW_PRESET): void {
    show(next, undefined)
  }

  function warn(event: BeforeUnloadEvent): void {
    if (isDirty.value) event.preventDefault()
  }
  window.addEventListener('beforeunload', warn)
  onScopeDispose(() => window.removeEventListener('beforeunload', warn))

  return {
    draft,
    id,
    typed,
    isDirty,
    isSaving,
    faults,
    refusals,
    refusal,
    isAsking: computed(() => pending.value !== undefined),
    answer(discard) {
      const action = pending.value
      pending.value = undefined
      if (discard) action?.()
    },
    leave(action) {
      if (isDirty.value) pending.value = action
      else action()
    },
    change(changes) {
      if (draft.value) draft.value = { ...draft.value, ...changes }
    },
    type(key, text) {
      typed[key] = text
    },
    close: () => show(undefined, undefined),
    open: (preset) => show(draftOf(preset), preset.id),
    begin,
    duplicate() {
      if (!draft.value) return
      const taken = (presets.list.value.value ?? []).map(({ name }) => name)
      begin({ ...draft.value, name: uniqueName(draft.value.name, taken) })
    },
    revert() {
      show(original.value, id.value)
    },
    async save() {
      const sent = draft.value
      if (!sent || isSaving.value) return false
      wasTried.value = true
      refusal.value = undefined
      if (faults.value.length > 0) {
        refusals.value += 1
        return false
      }
      isSaving.value = true
      try {
        const saved = await presets.save(id.value, bodyOf(sent))
        // Nothing typed meanwhile is lost: it is a change to what was saved.
        if (draft.value === sent) show(draftOf(saved), saved.id)
        else id.value = saved.id
        return true
      } catch (thrown) {
        refusal.value = asApiError(thrown)
        refused.value = sent
        refusals.value += 1
        return false
      } finally {
        isSaving.value = false
      }
    },
    async remove() {
      const { value } = id
      if (value !== undefined) await presets.remove(value)
      show(undefined, undefined)
    },
  }
}
