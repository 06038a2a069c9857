// Answers that hold seeds, which must keep all their digits.

import { parseJson } from '@/domain/json'
import type { components } from './schema'
import type { JobProgress, SampleJob, SamplePreset } from './types'

type Schemas = components['schemas']

function parse<Answer>(text: string): Answer {
  const value = parseJson(text)
  if (value === undefined) throw new SyntaxError('no JSON')
  return value as Answer
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

export const readSamplePreset = (text: string): SamplePreset => withSeeds(parse(text))
export const readSamplePresets = (text: string): SamplePreset[] =>
  parse<Schemas['SamplePreset'][]>(text).map(withSeeds)
export const readJob = (text: string): SampleJob => jobWithSeed(parse(text))
export const readJobs = (text: string): SampleJob[] => parse<Schemas['SampleJob'][]>(text).map(jobWithSeed)
