import type { components } from './schema'

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
