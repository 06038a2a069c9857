// Answers that hold seeds, which must keep all their digits.

import { parseJson } from '@/domain/json'
import type { components } from './schema'
import type { JobProgress, SampleJob, SamplePreset, WorkflowDetails } from './types'

type Schemas = components['schemas']

function parse(text: string): unknown {
  const value = parseJson(text)
  if (value === undefined) throw new SyntaxError('no JSON')
  return value
}

/** parseJson gives integers that a number cannot hold as text; the schema calls all of them numbers. */
function withSeeds(preset: Schemas['SamplePreset']): SamplePreset {
  return { ...preset, seeds: preset.seeds.map(String) }
}

export function withSeed({ current_item, ...progress }: Schemas['JobProgress']): JobProgress {
  return current_item ? { ...progress, current_item: { ...current_item, seed: String(current_item.seed) } } : progress
}

function jobWithSeed({ progress, ...job }: Schemas['SampleJob']): SampleJob {
  return progress ? { ...job, progress: withSeed(progress) } : job
}

export const readSamplePreset = (text: string): SamplePreset => withSeeds(parse(text) as Schemas['SamplePreset'])
export const readSamplePresets = (text: string): SamplePreset[] =>
  (parse(text) as Schemas['SamplePreset'][]).map(withSeeds)
export const readJob = (text: string): SampleJob => jobWithSeed(parse(text) as Schemas['SampleJob'])
export const readJobs = (text: string): SampleJob[] => (parse(text) as Schemas['SampleJob'][]).map(jobWithSeed)
export const readWorkflow = (text: string): WorkflowDetails => parse(text) as WorkflowDetails
