import { describe, expect, it } from 'vitest'
import type { SampleJob } from '@/api/types'
import {
  advance,
  allows,
  entryOf,
  failureGroups,
  type JobAction,
  merge,
  needsReading,
  retriable,
  type ProgressMessage,
  secondsLeft,
  shareDone,
  stateOf,
  titlePrefix,
} from './jobs'

const running: SampleJob = {
  id: 'a',
  training_run_name: 'flux/lantern',
  sample_preset_id: 'p',
  sample_preset_name: 'Night shift',
  workflow_name: 'flux.json',
  existing: 'skip',
  status: 'running',
  stopping: false,
  total_items: 40,
  completed_items: 8,
  failed_items: 1,
  skipped_items: 1,
  pending_items: 30,
  failed_item_details: [],
  skipped_item_details: [],
  created_at: '2026-03-04T01:00:00Z',
  updated_at: '2026-03-04T02:00:00Z',
}
const message: ProgressMessage = {
  job_id: 'a',
  status: 'running',
  stopping: false,
  total_items: 40,
  completed_items: 9,
  failed_items: 1,
  skipped_items: 1,
  pending_items: 29,
  checkpoints_completed: 1,
  total_checkpoints: 4,
  seconds_remaining: 60,
}

describe('a message about a job', () => {
  it('replaces counts, state and progress, and keeps the rest', () => {
    const entry = advance(entryOf(running, 0), message, 1000)
    expect(entry.job).toMatchObject({ training_run_name: 'flux/lantern', completed_items: 9, pending_items: 29 })
    expect(entry.progress).toMatchObject({ checkpoints_completed: 1, total_checkpoints: 4 })
    expect(secondsLeft(entry, 11_000)).toBe(50)
    expect(secondsLeft(entry, 999_000)).toBe(0)
  })

  it('ends a wait that it does not mention', () => {
    const waiting = advance(entryOf(running, 0), { ...message, waiting: { reason: 'ComfyUI is away', since: '' } }, 0)
    expect(stateOf(waiting.job)).toEqual({ text: 'Waiting', tone: 'waiting' })
    expect(secondsLeft(waiting, 0)).toBeUndefined()
    expect(stateOf(advance(waiting, message, 0).job).text).toBe('Running')
  })

  it('asks for the whole job when there are new failures or a new state', () => {
    const entry = entryOf(running, 0)
    expect(needsReading(entry, message)).toBe(false)
    expect(needsReading(entry, { ...message, failed_items: 2 })).toBe(true)
    expect(needsReading(entry, { ...message, status: 'completed' })).toBe(true)
  })
})

describe('an answer that was under way while messages came', () => {
  const later = advance(entryOf(running, 0), { ...message, status: 'completed', pending_items: 0 }, 5)

  it('takes nothing back, but brings what messages do not tell', () => {
    const details = [{ checkpoint_filename: 'a', error_message: 'Odd', count: 1 }]
    const [entry] = merge([{ ...running, failed_item_details: details }], [later], new Set(['a']), 9)
    expect(entry?.job).toMatchObject({ status: 'completed', pending_items: 0, failed_item_details: details })
  })

  it('is right about jobs of which nothing was heard', () => {
    const [entry] = merge([running], [later], new Set(), 9)
    expect(entry).toEqual(entryOf(running, 9))
  })

  it('neither drops a job that was launched meanwhile nor revives one that was deleted', () => {
    const launched = entryOf({ ...running, id: 'new' }, 0)
    const merged = merge([running, { ...running, id: 'gone' }], [launched, later], new Set(['new', 'gone']), 9)
    expect(merged.map(({ job }) => job.id)).toEqual(['new', 'a'])
  })
})

describe('what a job allows', () => {
  const ACTIONS: readonly JobAction[] = ['stop', 'resume', 'retry-failed', 'delete']
  const allowed = (changes: Partial<SampleJob>): JobAction[] =>
    ACTIONS.filter((action) => allows({ ...running, ...changes }, action))

  it.each([
    [{ status: 'pending' }, ['stop', 'delete']],
    [{ status: 'running' }, ['stop', 'delete']],
    [{ status: 'running', stopping: true }, ['delete']],
    [{ status: 'paused' }, ['resume', 'retry-failed', 'delete']],
    [{ status: 'paused', failed_items: 0, skipped_items: 0 }, ['resume', 'delete']],
    [{ status: 'completed', pending_items: 0 }, ['retry-failed', 'delete']],
    [{ status: 'completed', pending_items: 0, failed_items: 0, skipped_items: 0 }, ['delete']],
    [{ status: 'failed', pending_items: 30 }, ['resume', 'retry-failed', 'delete']],
  ] as const)('%o', (changes, actions) => {
    expect(allowed(changes)).toEqual(actions)
  })
})

it('counts failed and skipped images as ended', () => {
  expect(shareDone(running)).toBe(0.25)
})

describe('the title', () => {
  it('says how far all active jobs are together', () => {
    expect(titlePrefix([running, { ...running, status: 'pending', pending_items: 40 }])).toBe('12 %')
    expect(titlePrefix([{ ...running, status: 'completed' }])).toBe('')
    expect(titlePrefix([{ ...running, waiting: { reason: 'full', since: '' } }])).toBe('Waiting')
  })
})

it('groups failures by what was said, the most frequent first', () => {
  expect(
    failureGroups([
      { checkpoint_filename: 'a', error_message: 'Odd', count: 1 },
      { checkpoint_filename: 'a', error_message: 'Out of memory', error_details: 'File "x", line 1', count: 2 },
      { checkpoint_filename: 'b', error_message: 'Out of memory', error_details: 'File "x", line 9', count: 3 },
    ]),
  ).toEqual([
    { message: 'Out of memory', details: 'File "x", line 1', count: 5, checkpoints: ['a', 'b'] },
    { message: 'Odd', details: undefined, count: 1, checkpoints: ['a'] },
  ])
})

describe('failures that differ in what is of one image alone', () => {
  const unseen = (name: string) => ({
    checkpoint_filename: name,
    code: 'not_in_comfyui',
    error_message: `ComfyUI does not list ${name} for UNETLoader; make its directory known.`,
    count: 2,
  })

  it('are one group, with … for what differs', () => {
    expect(failureGroups([unseen('a-100.safetensors'), unseen('a-200.safetensors')])).toEqual([
      {
        message: 'ComfyUI does not list … for UNETLoader; make its directory known.',
        details: undefined,
        count: 4,
        checkpoints: ['a-100.safetensors', 'a-200.safetensors'],
      },
    ])
    const memory = (amount: string) => ({ checkpoint_filename: 'x', error_message: `Tried to allocate ${amount} MiB.`, count: 1 })
    expect(failureGroups([memory('20.00'), memory('1,024.5')]).map(({ message }) => message)).toEqual(['Tried to allocate … MiB.'])
  })

  it('are told in full when there is but one, and apart when codes or names differ', () => {
    expect(failureGroups([unseen('a-100.safetensors')])[0]?.message).toContain('a-100.safetensors')
    const lists = ['vae "t5xxl_fp16"', 'clip "t5xxl_fp8"'].map((what) => ({ checkpoint_filename: 'a', error_message: `No ${what}.`, count: 1 }))
    expect(failureGroups(lists)).toHaveLength(2)
    expect(failureGroups([unseen('a'), { ...unseen('a'), code: 'other' }])).toHaveLength(2)
  })
})

it('counts as worth another try only what may turn out otherwise', () => {
  const occupied = { checkpoint_filename: 'a', code: 'exists_other_recipe', error_message: 'There.', count: 3 }
  expect(retriable({ ...running, failed_items: 2, skipped_items: 4, skipped_item_details: [occupied] })).toBe(3)
})
