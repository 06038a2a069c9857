import { computed, onScopeDispose, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { api } from '@/api/client'
import { type ApiError, asApiError } from '@/api/problem'
import type { ExistingImages, SampleJob, SampleJobPreview, SamplePreset, TrainingRun, Workflow } from '@/api/types'
import { firstCheckpoints, launchBody, missing } from '@/domain/launch'
import { useAppState } from '@/state/app'
import { type Remote, useRemote } from '@/state/remote'
import { recallString, remember } from '@/state/storage'

export interface Launch {
  readonly run: ComputedRef<TrainingRun | undefined>
  readonly preset: ComputedRef<SamplePreset | undefined>
  readonly workflow: ComputedRef<Workflow | undefined>
  readonly runId: Ref<string | undefined>
  readonly presetId: Ref<string | undefined>
  readonly workflowName: Ref<string | undefined>
  readonly vae: Ref<string | undefined>
  readonly clip: Ref<string | undefined>
  readonly shift: Ref<number | undefined>
  readonly existing: Ref<ExistingImages>
  readonly checkpoints: ShallowRef<readonly string[]>
  /** What is still to be chosen; '' when nothing is. */
  readonly missing: ComputedRef<string>
  /** What the launch would do, as the server says. */
  readonly preview: Readonly<ShallowRef<Remote<SampleJobPreview>>>
  /** Looks anew at what the launch would do: somebody may have mended something. */
  check(): void
  readonly isLaunching: Ref<boolean>
  readonly refusal: ShallowRef<ApiError | undefined>
  /** Launches what was chosen; undefined when it was refused. */
  launch(): Promise<SampleJob | undefined>
}

/** Choices come quickly after one another; the server is asked when they pause. */
const PREVIEW_DELAY_MS = 250

export function useLaunch(): Launch {
  const { runs, generation } = useAppState()
  const { samplePresets, workflows, jobs, comfyui, library } = generation

  const runId = ref(runs.selected.value?.id)
  const presetId = ref(recallString('launch-preset'))
  const workflowName = ref(recallString('launch-workflow'))
  const vae = ref<string>()
  const clip = ref<string>()
  const shift = ref<number>()
  const existing = ref<ExistingImages>('skip')
  const checkpoints = shallowRef<readonly string[]>([])
  const isLaunching = ref(false)
  const refusal = shallowRef<ApiError>()
  const preview = useRemote<SampleJobPreview>()

  const run = computed(() => runs.list.value.value?.find(({ id }) => id === runId.value))
  const preset = computed(() => samplePresets.list.value.value?.find(({ id }) => id === presetId.value))
  const workflow = computed(() => workflows.list.value.value?.find(({ name }) => name === workflowName.value))

  watch(
    () => run.value?.id,
    () => (checkpoints.value = run.value ? firstCheckpoints(run.value) : []),
    { immediate: true },
  )
  // The only one there is needs no choice.
  watch(
    () => samplePresets.list.value.value,
    (list) => {
      if (list?.length === 1) presetId.value = list[0]?.id
    },
    { immediate: true },
  )
  watch(
    () => workflows.list.value.value,
    (list) => {
      const valid = list?.filter(({ validation_state }) => validation_state === 'valid')
      if (!workflow.value && valid?.length === 1) workflowName.value = valid[0]?.name
    },
    { immediate: true },
  )
  // Another workflow has other models.
  watch(workflowName, () => {
    vae.value = undefined
    clip.value = undefined
    shift.value = undefined
  })

  const choices = computed(() => ({
    run: run.value,
    presetId: preset.value?.id,
    workflow: workflow.value,
    vae: vae.value,
    clip: clip.value,
    shift: shift.value,
    checkpoints: checkpoints.value,
    existing: existing.value,
  }))
  const body = computed(() => launchBody(choices.value))

  let timer: ReturnType<typeof setTimeout> | undefined
  function look(refresh: boolean): void {
    const job = body.value
    clearTimeout(timer)
    if (job) void preview.load((signal) => api.previewSampleJob(job, { refresh, signal }), { keep: true })
    else preview.clear()
  }
  watch(
    // A preset that was edited meanwhile makes other images.
    [body, () => preset.value?.updated_at],
    () => {
      refusal.value = undefined
      clearTimeout(timer)
      if (body.value) timer = setTimeout(look, PREVIEW_DELAY_MS, false)
      else preview.clear()
    },
    { immediate: true },
  )
  onScopeDispose(() => clearTimeout(timer))
  // What was said of ComfyUI before it came or went does not hold.
  watch(comfyui.isConnected, () => look(true))

  function check(): void {
    void workflows.load()
    void comfyui.check()
    look(true)
  }
  // A workflow or a preset may have been mended there.
  watch(library, (page) => {
    if (page === undefined) check()
  })

  void samplePresets.load()
  void workflows.load()

  return {
    run,
    preset,
    workflow,
    runId,
    presetId,
    workflowName,
    vae,
    clip,
    shift,
    existing,
    checkpoints,
    missing: computed(() => missing(choices.value)),
    preview: preview.remote,
    check,
    isLaunching,
    refusal,
    async launch() {
      if (!body.value || isLaunching.value) return undefined
      isLaunching.value = true
      refusal.value = undefined
      try {
        const job = await jobs.launch(body.value)
        remember('launch-preset', presetId.value)
        remember('launch-workflow', workflowName.value)
        return job
      } catch (thrown) {
        refusal.value = asApiError(thrown)
        return undefined
      } finally {
        isLaunching.value = false
      }
    },
  }
}
