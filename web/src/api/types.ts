import type { components, paths } from './schema'

type Schemas = components['schemas']

export type TrainingRun = Schemas['TrainingRun']
export type Checkpoint = Schemas['Checkpoint']
export type Scan = Schemas['Scan']
export type Image = Schemas['Image']
export type Dimension = Schemas['Dimension']
export type Skipped = Schemas['Skipped']
export type FilterMode = Schemas['FilterMode']
export type Preset = Schemas['Preset']
export type PresetMapping = Schemas['PresetMapping']
export type PresetInput = Schemas['PresetInput']
export type Settings = Schemas['Settings']
export type ImageMetadata = Schemas['ImageMetadata']
export type CheckpointMetadata = Schemas['CheckpointMetadata']
export type Problem = Schemas['Problem']

type Replace<Type, Changes> = Omit<Type, keyof Changes> & Changes

/** Seeds are decimal text here: JavaScript's numbers do not hold 64 bits. */
export type SamplePreset = Replace<Schemas['SamplePreset'], { seeds: readonly string[] }>
export type SamplePresetInput = Schemas['SamplePresetInput']
export type NewSampleJob = Schemas['NewSampleJob']
export type ExistingImages = Schemas['ExistingImages']
export type SampleJobPreview = Schemas['SampleJobPreview']
export type SampleJobStatus = Schemas['SampleJobStatus']
export type ItemDetails = Schemas['ItemDetails']
export type JobProgress = Replace<
  Schemas['JobProgress'],
  { current_item?: Replace<NonNullable<Schemas['JobProgress']['current_item']>, { seed: string }> }
>
export type SampleJob = Replace<Schemas['SampleJob'], { progress?: JobProgress }>
export type ComfyUIStatus = Schemas['ComfyuiStatus']
export type ModelType = paths['/api/comfyui/models']['get']['parameters']['query']['type']
export type Workflow = Schemas['Workflow']
/** `workflow` is the file's JSON; integers that a number cannot hold are text. */
export type WorkflowDetails = Schemas['WorkflowDetails']
