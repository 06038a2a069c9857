import { computed, onScopeDispose, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import { api } from '@/api/client'
import { type ApiError, asApiError } from '@/api/problem'
import type { NewSampleJob, SampleJob } from '@/api/types'
import { advance, entryOf, isActive, type JobAction, type JobEntry, merge, needsReading, type ProgressMessage } from '@/domain/jobs'

export interface Jobs {
  /** The newest first; undefined before the first answer. */
  readonly list: Readonly<ShallowRef<readonly JobEntry[] | undefined>>
  readonly failure: Readonly<ShallowRef<ApiError | undefined>>
  /** Those that run or wait for their turn. */
  readonly active: ComputedRef<readonly JobEntry[]>
  load(): Promise<void>
  /** Throws ApiError. */
  launch(job: NewSampleJob): Promise<SampleJob>
  /** Throws ApiError. */
  act(id: string, action: JobAction): Promise<void>
  /** Calls `handler` with each job that ends while this page watches. */
  onEnd(handler: (job: SampleJob) => void): void
  /** What the feed tells of a job. */
  hear(message: ProgressMessage): void
  forget(id: string): void
}

/** A job that fails image after image is read again at most so often. */
const READ_PAUSE_MS = 1000

export function useJobs(): Jobs {
  const list = shallowRef<readonly JobEntry[]>()
  const failure = shallowRef<ApiError>()
  const handlers: ((job: SampleJob) => void)[] = []

  /** The jobs of which we have heard since the list was last asked for. */
  let touched = new Set<string>()
  let reading: Promise<void> | undefined
  let next: Promise<void> | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  onScopeDispose(() => clearTimeout(timer))

  async function read(): Promise<void> {
    touched = new Set()
    try {
      const jobs = await api.sampleJobs()
      failure.value = undefined
      list.value = merge(jobs, list.value ?? [], touched, Date.now())
    } catch (thrown) {
      failure.value = asApiError(thrown)
    } finally {
      reading = undefined
    }
  }
  /** What is under way was asked for before, and may not know yet what made somebody ask again. */
  function load(): Promise<void> {
    if (!reading) {
      reading = read()
      return reading
    }
    next ??= reading.then(() => {
      next = undefined
      reading = read()
      return reading
    })
    return next
  }
  function readSoon(): void {
    timer ??= setTimeout(() => {
      timer = undefined
      void load()
    }, READ_PAUSE_MS)
  }

  function put(entry: JobEntry): void {
    touched.add(entry.job.id)
    const others = list.value ?? []
    const at = others.findIndex(({ job }) => job.id === entry.job.id)
    list.value = at < 0 ? [entry, ...others] : others.with(at, entry)
  }
  function forget(id: string): void {
    touched.add(id)
    list.value = list.value?.filter(({ job }) => job.id !== id)
  }

  const statuses = new Map<string, SampleJob['status']>()
  watch(list, (entries = []) => {
    for (const { job } of entries) {
      const before = statuses.get(job.id)
      statuses.set(job.id, job.status)
      const ended = job.status === 'completed' || job.status === 'failed'
      if (ended && (before === 'running' || before === 'pending')) for (const handler of handlers) handler(job)
    }
  })

  return {
    list,
    failure,
    active: computed(() => (list.value ?? []).filter(({ job }) => isActive(job))),
    load,
    async launch(job) {
      const created = await api.createSampleJob(job)
      put(entryOf(created, Date.now()))
      return created
    },
    async act(id, action) {
      if (action === 'delete') {
        await api.deleteSampleJob(id)
        forget(id)
      } else {
        put(entryOf(await api.changeSampleJob(id, action), Date.now()))
        readSoon()
      }
    },
    onEnd(handler) {
      handlers.push(handler)
    },
    hear(message) {
      const entry = list.value?.find(({ job }) => job.id === message.job_id)
      if (!entry || needsReading(entry, message)) readSoon()
      if (entry) put(advance(entry, message, Date.now()))
    },
    forget,
  }
}
