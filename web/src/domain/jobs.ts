// Sample jobs as they are shown. What the server tells of a job comes in answers and, between them, in the feed's
// job_progress messages, which have the fields of both the job and its progress.

import type { ItemDetails, JobProgress, SampleJob, SampleJobStatus } from '@/api/types'

/** A job with when (milliseconds of this browser's clock) it was last told of, from which its estimate counts down. */
export interface JobEntry {
  readonly job: SampleJob
  readonly progress: JobProgress | undefined
  readonly heardAt: number
}

/** What a job_progress message tells. */
export type ProgressMessage = Pick<
  SampleJob,
  | 'status'
  | 'stopping'
  | 'waiting'
  | 'total_items'
  | 'completed_items'
  | 'failed_items'
  | 'skipped_items'
  | 'pending_items'
> &
  Partial<JobProgress> & { readonly job_id: string }

export function entryOf(job: SampleJob, heardAt: number, progress = job.progress): JobEntry {
  return { job, progress, heardAt }
}

/** What both answers and messages tell; the newest counts. */
function liveFields(of: SampleJob | ProgressMessage) {
  const { status, stopping, waiting, total_items, completed_items, failed_items, skipped_items, pending_items } = of
  return { status, stopping, waiting, total_items, completed_items, failed_items, skipped_items, pending_items }
}

function updated(job: SampleJob, from: SampleJob | ProgressMessage): SampleJob {
  const { waiting, ...fields } = liveFields(from)
  const next = { ...job, ...fields }
  delete next.waiting
  return waiting ? { ...next, waiting } : next
}

/** The entry after a message about its job. */
export function advance({ job }: JobEntry, message: ProgressMessage, heardAt: number): JobEntry {
  const { checkpoints_completed, total_checkpoints } = message
  const progress =
    checkpoints_completed === undefined || total_checkpoints === undefined
      ? undefined
      : { ...message, checkpoints_completed, total_checkpoints }
  return { job: updated(job, message), progress, heardAt }
}

/** The list after an answer. `touched`: the jobs of which we have heard since it was asked for, so we know better. */
export function merge(
  answer: readonly SampleJob[],
  current: readonly JobEntry[],
  touched: ReadonlySet<string>,
  heardAt: number,
): JobEntry[] {
  const known = new Map(current.map((entry) => [entry.job.id, entry]))
  const answered = new Set(answer.map(({ id }) => id))
  return [
    ...current.filter(({ job }) => touched.has(job.id) && !answered.has(job.id)),
    ...answer.flatMap((job) => {
      if (!touched.has(job.id)) return [entryOf(job, heardAt)]
      const entry = known.get(job.id)
      // Without an entry it was deleted meanwhile.
      return entry ? [{ ...entry, job: updated(job, entry.job) }] : []
    }),
  ]
}

/** Something in the list that a message does not carry has changed: the failures' reasons, or why the job failed. */
export function needsReading({ job }: JobEntry, message: ProgressMessage): boolean {
  return (
    message.status !== job.status ||
    message.failed_items !== job.failed_items ||
    message.skipped_items !== job.skipped_items
  )
}

export function isActive({ status }: Pick<SampleJob, 'status'>): boolean {
  return status === 'pending' || status === 'running'
}

export type JobAction = 'stop' | 'resume' | 'retry-failed' | 'delete'

const ALLOWED: Readonly<Record<Exclude<JobAction, 'delete'>, readonly SampleJobStatus[]>> = {
  stop: ['pending', 'running'],
  resume: ['paused', 'failed'],
  'retry-failed': ['completed', 'failed', 'paused'],
}

export function allows(job: SampleJob, action: JobAction): boolean {
  if (action === 'delete') return true
  if (!ALLOWED[action].includes(job.status)) return false
  if (action === 'stop') return !job.stopping
  // A failed job without a failed item has nothing to retry but can be resumed, and the other way round.
  if (action === 'retry-failed') return job.failed_items + job.skipped_items > 0
  return job.pending_items > 0 || job.status === 'failed'
}

/** The share of a job that has ended, from 0 to 1. */
export function shareDone({ total_items, pending_items }: Pick<SampleJob, 'total_items' | 'pending_items'>): number {
  return total_items === 0 ? 1 : (total_items - pending_items) / total_items
}

/** Seconds until the job is done, as the last estimate has it; undefined when nobody can tell. */
export function secondsLeft({ job, progress, heardAt }: JobEntry, now: number): number | undefined {
  const estimate = progress?.seconds_remaining
  if (estimate === undefined || !isActive(job) || job.stopping || job.waiting) return undefined
  const elapsed = job.status === 'running' ? (now - heardAt) / 1000 : 0
  return Math.max(0, estimate - Math.max(0, elapsed))
}

export type Tone = 'idle' | 'busy' | 'waiting' | 'good' | 'bad'

/** The state in one or two words, and how alarming it is. */
export function stateOf(job: SampleJob): { readonly text: string; readonly tone: Tone } {
  if (job.stopping) return { text: 'Stopping', tone: 'waiting' }
  if (isActive(job) && job.waiting) return { text: 'Waiting', tone: 'waiting' }
  switch (job.status) {
    case 'pending':
      return { text: 'Queued', tone: 'idle' }
    case 'running':
      return { text: 'Running', tone: 'busy' }
    case 'paused':
      return { text: 'Stopped', tone: 'idle' }
    case 'failed':
      return { text: 'Failed', tone: 'bad' }
    case 'completed':
      if (job.failed_items > 0) return { text: 'Done, with failures', tone: 'bad' }
      return { text: job.skipped_items > 0 ? 'Done, some skipped' : 'Done', tone: job.skipped_items > 0 ? 'waiting' : 'good' }
  }
}

export interface FailureGroup {
  /** What was said; where that differs from one to the next, with `…` in place of what does. */
  readonly message: string
  /** What ComfyUI said of one of them in full: a traceback. */
  readonly details: string | undefined
  readonly count: number
  readonly checkpoints: readonly string[]
}

/** What was said without what is of one checkpoint or image alone: the file's name, numbers. */
function patternOf({ error_message, checkpoint_filename }: ItemDetails[number]): string {
  return error_message.replaceAll(checkpoint_filename, '…').replaceAll(/(?<![\w.])\d[\d.,]*(?<=\d)(?!\w)/g, '…')
}

/** What failed or was skipped by what was said of it, the most frequent first. */
export function failureGroups(items: ItemDetails): FailureGroup[] {
  const groups = new Map<string, { message: string; details: string | undefined; count: number; checkpoints: Set<string> }>()
  for (const item of items) {
    const pattern = patternOf(item)
    const key = `${item.code ?? ''} ${pattern}`
    const group = groups.get(key) ?? { message: item.error_message, details: undefined, count: 0, checkpoints: new Set() }
    if (group.message !== item.error_message) group.message = pattern
    // Told once for each message.
    group.details ??= item.error_details
    group.count += item.count
    group.checkpoints.add(item.checkpoint_filename)
    groups.set(key, group)
  }
  return [...groups.values()]
    .map((group) => ({ ...group, checkpoints: [...group.checkpoints] }))
    .sort((a, b) => b.count - a.count)
}

/** The code of images that are skipped as long as a file is there that was made otherwise. */
const OCCUPIED = 'exists_other_recipe'

/** How many of the failed and skipped images may turn out otherwise when they are tried again as things are. */
export function retriable({ failed_items, skipped_items, skipped_item_details }: SampleJob): number {
  const occupied = skipped_item_details.filter(({ code }) => code === OCCUPIED)
  return failed_items + skipped_items - occupied.reduce((sum, { count }) => sum + count, 0)
}

/** What the page's title begins with while images are made: `41 %`; '' while nothing is. */
export function titlePrefix(jobs: readonly SampleJob[]): string {
  const active = jobs.filter(isActive)
  if (active.length === 0) return ''
  if (active.every((job) => job.waiting)) return 'Waiting'
  const total = active.reduce((sum, job) => sum + job.total_items, 0)
  const pending = active.reduce((sum, job) => sum + job.pending_items, 0)
  return `${Math.floor(shareDone({ total_items: total, pending_items: pending }) * 100)} %`
}
