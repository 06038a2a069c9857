import { onScopeDispose, ref, watch, type Ref } from 'vue'
import type { Live } from '@/live/live'
import { type ComfyUI, useComfyUI } from './comfyui'
import { type Jobs, useJobs } from './jobs'
import { type SamplePresets, useSamplePresets } from './samplePresets'
import { useWorkflows, type Workflows } from './workflows'

export type LibraryTab = 'presets' | 'workflows' | 'models'

/** Making images: ComfyUI, what is rendered, the jobs, and which of their screens are open. */
export interface Generation {
  readonly comfyui: ComfyUI
  readonly samplePresets: SamplePresets
  readonly workflows: Workflows
  readonly jobs: Jobs
  readonly isLaunching: Ref<boolean>
  readonly areJobsOpen: Ref<boolean>
  /** The open page of the library. */
  readonly library: Ref<LibraryTab | undefined>
}

/** While the feed is away, running jobs are asked for so often. */
const POLL_MS = 5_000

export function useGeneration(live: Live): Generation {
  const comfyui = useComfyUI()
  const jobs = useJobs()

  async function loadJobs(): Promise<void> {
    await jobs.load()
    if (jobs.failure.value) throw jobs.failure.value
  }
  watch(comfyui.isEnabled, (is) => is && void jobs.load())
  live.onGap(async () => {
    await comfyui.check()
    if (comfyui.isEnabled.value) await loadJobs()
  })
  live.on('job_progress', jobs.hear)
  live.on('job_deleted', ({ job_id }) => jobs.forget(job_id))
  live.on('comfyui_status', comfyui.hear)

  const timer = setInterval(() => {
    const isLive = live.status.value.state === 'live'
    if (!isLive && jobs.active.value.length > 0 && document.visibilityState === 'visible') void jobs.load()
  }, POLL_MS)
  onScopeDispose(() => clearInterval(timer))

  return {
    comfyui,
    samplePresets: useSamplePresets(),
    workflows: useWorkflows(),
    jobs,
    isLaunching: ref(false),
    areJobsOpen: ref(false),
    library: ref(),
  }
}
