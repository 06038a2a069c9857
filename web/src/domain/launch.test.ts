import { describe, expect, it } from 'vitest'
import type { SampleJobPreview, TrainingRun, Workflow } from '@/api/types'
import { firstCheckpoints, imagesToRender, type LaunchChoices, launchBody, missing, nothingToRender } from './launch'

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

describe('what is promised', () => {
  const preview: SampleJobPreview = {
    checkpoints: 2,
    images_per_checkpoint: 4,
    total_items: 8,
    to_render: 6,
    existing_same: 2,
    existing_other: 0,
    unmatched: [],
    warnings: [],
    errors: [],
  }
  const unmatched = (filename: string, to_render: number) => ({ filename, reason: 'not listed', to_render })

  it('is what the server counts while ComfyUI cannot be asked', () => {
    expect(imagesToRender({ ...preview, unmatched: null })).toBe(6)
    expect(nothingToRender({ ...preview, unmatched: null })).toBe('')
  })
  it('leaves out the images of checkpoints that ComfyUI cannot see', () => {
    expect(imagesToRender({ ...preview, unmatched: [unmatched('a', 2)] })).toBe(4)
  })
  it.each([
    [{ unmatched: [unmatched('a', 2), unmatched('b', 4)] }, 'Nothing can be rendered: ComfyUI sees none of these checkpoints.'],
    [{ to_render: 4, unmatched: [unmatched('a', 4)] }, 'Nothing is left to render of the checkpoints that ComfyUI sees.'],
    [{ to_render: 0, unmatched: [unmatched('a', 0)] }, 'Nothing is left to render.'],
  ])('is nothing, and why: %o', (changes, text) => {
    expect(nothingToRender({ ...preview, ...changes })).toBe(text)
  })
})
