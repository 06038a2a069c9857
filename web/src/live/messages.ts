// What the live feed tells, as docs/feed.md describes it, and how it is read: with distrust, and with all digits of seeds.

import { withSeed } from '@/api/seeds'
import type { components } from '@/api/schema'
import type { JobProgress, SampleJob } from '@/api/types'
import { isRecord, parseJson } from '@/domain/json'

export interface ImageAdded {
  readonly path: string
  readonly dimensions: Readonly<Record<string, string>>
  readonly version: string
  readonly training_run_ids: readonly string[]
}

export interface ImageRemoved {
  readonly path: string
  readonly training_run_ids: readonly string[]
}

/** The state of a job after a change: its counts, and the fields of its progress. */
export type JobProgressMessage = JobProgress &
  Pick<
    SampleJob,
    | 'status'
    | 'stopping'
    | 'waiting'
    | 'total_items'
    | 'completed_items'
    | 'failed_items'
    | 'skipped_items'
    | 'pending_items'
  > & { readonly job_id: string }

/** By type: the messages that parts of the app subscribe to. */
export interface LiveMessages {
  image_added: ImageAdded
  image_removed: ImageRemoved
  directory_added: { readonly path: string }
  training_runs_changed: object
  job_progress: JobProgressMessage
  job_deleted: { readonly job_id: string }
  comfyui_status: { readonly connected: boolean; readonly error?: string }
}
export type LiveType = keyof LiveMessages

/** What the connection itself is about. */
export type ControlMessage =
  | { readonly type: 'hello' | 'heartbeat'; readonly watching: boolean }
  | { readonly type: 'watched'; readonly training_run_id: string | null }
  | { readonly type: 'resync' }
  | { readonly type: 'error'; readonly code: string; readonly detail: string }

export type NewsMessage = { [Type in LiveType]: { readonly type: Type; readonly body: LiveMessages[Type] } }[LiveType]

type Fields = Record<string, unknown>

const isText = (value: unknown): value is string => typeof value === 'string'
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText)

/** By type: whether a message has what its readers rely on. */
const IS_WHOLE: Readonly<Record<LiveType, (fields: Fields) => boolean>> = {
  image_added: ({ path, dimensions, version, training_run_ids }) =>
    isText(path) &&
    isText(version) &&
    isTexts(training_run_ids) &&
    isRecord(dimensions) &&
    Object.values(dimensions).every(isText),
  image_removed: ({ path, training_run_ids }) => isText(path) && isTexts(training_run_ids),
  directory_added: ({ path }) => isText(path),
  training_runs_changed: () => true,
  job_progress: ({ job_id, status, total_items }) => isText(job_id) && isText(status) && typeof total_items === 'number',
  job_deleted: ({ job_id }) => isText(job_id),
  comfyui_status: ({ connected }) => typeof connected === 'boolean',
}

function isLiveType(type: string): type is LiveType {
  return Object.hasOwn(IS_WHOLE, type)
}

function readControl(type: string, fields: Fields): ControlMessage | undefined {
  switch (type) {
    case 'hello':
    case 'heartbeat':
      return { type, watching: fields.watching === true }
    case 'watched':
      return { type, training_run_id: isText(fields.training_run_id) ? fields.training_run_id : null }
    case 'resync':
      return { type }
    case 'error':
      return { type, code: String(fields.code), detail: String(fields.detail) }
    default:
      return undefined
  }
}

/** Reads one frame. undefined: a type that this version does not know, or nothing that the feed may say. */
export function readMessage(frame: string): ControlMessage | NewsMessage | undefined {
  const value = parseJson(frame)
  if (!isRecord(value) || !isText(value.type)) return undefined
  const { type, ...fields } = value
  if (!isLiveType(type)) return readControl(type, fields)
  if (!IS_WHOLE[type](fields)) return undefined
  if (type === 'job_progress') {
    const job = fields as unknown as JobProgressMessage & components['schemas']['JobProgress']
    return { type, body: { ...job, ...withSeed(job) } }
  }
  return { type, body: fields } as unknown as NewsMessage
}
