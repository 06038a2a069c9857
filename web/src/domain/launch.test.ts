import { describe, expect, it } from 'vitest'
import type { TrainingRun, Workflow } from '@/api/types'
import { firstCheckpoints, type LaunchChoices, launchBody, missing } from './launch'

const checkpoint = (filename: string, has_samples: boolean) => ({ filename, has_samples, step_number: 1, value: filename })
const run: TrainingRun = {
  id: '1',
  name: 'flux/lantern',
  checkpoint_count: 3,
  has_samples: true,
  checkpoints: [checkpoint('a', true), checkpoint('b', false), checkpoint('c', false)],
  warnings: [],
}
const workflow: Workflow = {
  name: 'flux.json',
  validation_state: 'valid',
  roles: {},
  proposed_roles: {},
  parameters: ['vae', 'seed'],
  warnings: [],
  errors: [],
}
const choices: LaunchChoices = {
  run,
  presetId: 'p',
  workflow,
  vae: 'ae.safetensors',
  clip: 'left over from another workflow',
  shift: 3,
  checkpoints: ['b'],
  existing: 'skip',
}

describe('the first choice of checkpoints', () => {
  it('is those without samples', () => {
    expect(firstCheckpoints(run)).toEqual(['b', 'c'])
  })
  it('is all when every one has samples', () => {
    expect(firstCheckpoints({ ...run, checkpoints: [checkpoint('a', true), checkpoint('b', true)] })).toEqual(['a', 'b'])
  })
})

describe('what is launched', () => {
  it('has only the settings that the workflow has a place for', () => {
    expect(launchBody(choices)).toEqual({
      training_run_name: 'flux/lantern',
      sample_preset_id: 'p',
      workflow_name: 'flux.json',
      vae: 'ae.safetensors',
      checkpoint_filenames: ['b'],
      existing: 'skip',
    })
  })
})

it.each([
  [{ run: undefined }, 'Choose a training run.'],
  [{ workflow: undefined }, 'Choose a workflow.'],
  [{ workflow: { ...workflow, validation_state: 'invalid' as const } }, 'This workflow cannot be used: see Workflows.'],
  [{ presetId: undefined }, 'Choose a sample preset.'],
  [{ checkpoints: [] }, 'Choose at least one checkpoint.'],
])('says what is missing: %o', (changes, text) => {
  expect(missing({ ...choices, ...changes })).toBe(text)
  expect(launchBody({ ...choices, ...changes })).toBeUndefined()
})
it('says nothing when nothing is missing', () => {
  expect(missing(choices)).toBe('')
})
