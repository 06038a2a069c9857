// What a launch of a sample job is made of, before it is launched.

import type { ExistingImages, NewSampleJob, SampleJobPreview, TrainingRun, Workflow } from '@/api/types'

/** What somebody chose in the launch dialog. */
export interface LaunchChoices {
  readonly run: TrainingRun | undefined
  readonly presetId: string | undefined
  readonly workflow: Workflow | undefined
  readonly vae: string | undefined
  readonly clip: string | undefined
  readonly shift: number | undefined
  /** File names. */
  readonly checkpoints: readonly string[]
  readonly existing: ExistingImages
}

export const EXISTING: readonly { readonly value: ExistingImages; readonly label: string; readonly detail: string }[] = [
  {
    value: 'skip',
    label: 'Keep them all',
    detail: 'No file that is there is touched, however it was made.',
  },
  {
    value: 'update',
    label: 'Replace those made otherwise',
    detail: 'Images of other prompts, another workflow or an older file of the checkpoint are made anew.',
  },
  { value: 'replace', label: 'Make all anew', detail: 'Every image of this preset is made again and replaced.' },
]

/** A setting of the job that a workflow has a place for; where it has none, the setting is hidden. */
export function takes(workflow: Workflow | undefined, setting: 'vae' | 'clip' | 'shift'): boolean {
  return workflow?.parameters.includes(setting) ?? false
}

/** The checkpoints that a launch begins with: those without samples, or all when every one has some. */
export function firstCheckpoints(run: TrainingRun): string[] {
  const unsampled = run.checkpoints.filter(({ has_samples }) => !has_samples)
  return (unsampled.length > 0 ? unsampled : run.checkpoints).map(({ filename }) => filename)
}

/** The body of the launch; undefined while something is missing. */
export function launchBody(choices: LaunchChoices): NewSampleJob | undefined {
  const { run, presetId, workflow, vae, clip, shift, checkpoints, existing } = choices
  if (!run || presetId === undefined || workflow?.validation_state !== 'valid' || checkpoints.length === 0) return undefined
  return {
    training_run_name: run.name,
    sample_preset_id: presetId,
    workflow_name: workflow.name,
    ...(takes(workflow, 'vae') && vae !== undefined && { vae }),
    ...(takes(workflow, 'clip') && clip !== undefined && { clip }),
    ...(takes(workflow, 'shift') && shift !== undefined && { shift }),
    // Also when it is all of them: others may have come since they were shown.
    checkpoint_filenames: [...checkpoints],
    existing,
  }
}

/** Images that the launch would render, without those that are skipped because ComfyUI cannot see their checkpoints. */
export function imagesToRender({ to_render, unmatched }: SampleJobPreview): number {
  return (unmatched ?? []).reduce((left, checkpoint) => left - checkpoint.to_render, to_render)
}

/** Why a launch would render nothing; '' when it would render something. */
export function nothingToRender(preview: SampleJobPreview): string {
  if (imagesToRender(preview) > 0) return ''
  if (preview.to_render === 0) return 'Nothing is left to render.'
  return preview.unmatched?.length === preview.checkpoints
    ? 'Nothing can be rendered: ComfyUI sees none of these checkpoints.'
    : 'Nothing is left to render of the checkpoints that ComfyUI sees.'
}

/** What is still to be chosen, in the order of the dialog; '' when nothing is. */
export function missing({ run, presetId, workflow, checkpoints }: LaunchChoices): string {
  if (!run) return 'Choose a training run.'
  if (!workflow) return 'Choose a workflow.'
  if (workflow.validation_state !== 'valid') return 'This workflow cannot be used: see Workflows.'
  if (presetId === undefined) return 'Choose a sample preset.'
  return checkpoints.length === 0 ? 'Choose at least one checkpoint.' : ''
}
