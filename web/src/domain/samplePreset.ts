// A sample preset while it is edited. Numbers are kept as the decimal text that was typed: seeds have up to 64 bits.

import type { SamplePreset, SamplePresetInput } from '@/api/types'
import type { Fault } from './faults'
import { isRecord, parseJson } from './json'
import { type Prompt, uniqueName } from './prompts'
import { type NumberRule, parseValues } from './valueList'

export interface PresetDraft {
  readonly name: string
  readonly prompts: readonly Prompt[]
  readonly negative_prompt: string
  readonly steps: readonly string[]
  readonly cfgs: readonly string[]
  readonly samplers: readonly string[]
  readonly schedulers: readonly string[]
  readonly seeds: readonly string[]
  readonly width: number | null
  readonly height: number | null
}

const MOST_VALUES = 1000

export const NUMBER_LISTS = ['steps', 'cfgs', 'seeds'] as const
export type NumberList = (typeof NUMBER_LISTS)[number]

export const RULES: Readonly<Record<NumberList, NumberRule>> = {
  steps: { noun: 'step count', min: '1', max: '10000', decimals: 0, most: MOST_VALUES },
  cfgs: { noun: 'cfg', min: '0', max: '100', decimals: 6, most: MOST_VALUES },
  seeds: { noun: 'seed', min: '0', max: '18446744073709551615', decimals: 0, most: MOST_VALUES },
}

/** What a new preset begins with: one image, of a kind that most models can make. */
export const NEW_PRESET: PresetDraft = {
  name: '',
  prompts: [{ name: '', text: '' }],
  negative_prompt: '',
  steps: ['20'],
  cfgs: ['7'],
  samplers: ['euler'],
  schedulers: ['normal'],
  seeds: ['420'],
  width: 1024,
  height: 1024,
}

/** The factors whose product is the number of images, in the order in which they are shown. */
export const FACTORS = [
  ['prompts', 'prompt'],
  ['steps', 'step count'],
  ['cfgs', 'cfg'],
  ['samplers', 'sampler'],
  ['schedulers', 'scheduler'],
  ['seeds', 'seed'],
] as const

export type Factored = Readonly<Record<(typeof FACTORS)[number][0], readonly unknown[]>>

export function imagesPerCheckpoint(preset: Factored): number {
  return FACTORS.reduce((product, [key]) => product * preset[key].length, 1)
}

/** `3 prompts × 2 cfgs × 3 seeds`; what there is only one of is left out. */
export function factorText(preset: Factored): string {
  const many = FACTORS.filter(([key]) => preset[key].length !== 1)
  return many.map(([key, noun]) => `${preset[key].length.toLocaleString('en')} ${noun}s`).join(' × ')
}

const isSize = (size: number | null): boolean => size !== null && Number.isInteger(size) && size > 0

/** What can be told without asking the server; it has the last word. */
export function faultsOf(draft: PresetDraft): Fault[] {
  const faults: Fault[] = []
  const refuse = (pointer: string, detail: string): number => faults.push({ pointer, detail })

  if (draft.name.trim() === '') refuse('/name', 'Give the preset a name.')
  if (draft.prompts.length === 0) refuse('/prompts', 'Add at least one prompt.')
  const names = new Set<string>()
  for (const [at, { name }] of draft.prompts.entries()) {
    const key = name.trim().toLowerCase()
    if (key === '') refuse(`/prompts/${at}/name`, 'Give the prompt a name: it labels its images.')
    else if (names.has(key)) refuse(`/prompts/${at}/name`, 'Another prompt has this name.')
    names.add(key)
  }
  if (draft.steps.length === 0) refuse('/steps', 'Enter at least one number of steps.')
  if (draft.cfgs.length === 0) refuse('/cfgs', 'Enter at least one cfg.')
  if (draft.samplers.length === 0) refuse('/samplers', 'Choose at least one sampler.')
  if (draft.schedulers.length === 0) refuse('/schedulers', 'Choose at least one scheduler.')
  if (draft.seeds.length === 0) refuse('/seeds', 'Enter at least one seed.')
  if (!isSize(draft.width)) refuse('/width', 'Enter a width in pixels.')
  if (!isSize(draft.height)) refuse('/height', 'Enter a height in pixels.')
  return faults
}

export function draftOf(preset: SamplePreset): PresetDraft {
  return { ...preset, steps: preset.steps.map(String), cfgs: preset.cfgs.map(String) }
}

/** The size that ComfyUI makes of another: latents are an eighth of it. */
export function roundedSize(size: number): number {
  return Math.floor(size / 8) * 8
}

/** The body to send. Seeds stay text, which the server takes as exactly what it says. */
export function bodyOf(draft: PresetDraft): SamplePresetInput & { seeds: string[] } {
  return {
    name: draft.name.trim(),
    prompts: draft.prompts.map(({ name, text }) => ({ name: name.trim(), text })),
    negative_prompt: draft.negative_prompt,
    steps: draft.steps.map(Number),
    cfgs: draft.cfgs.map(Number),
    samplers: [...draft.samplers],
    schedulers: [...draft.schedulers],
    seeds: [...draft.seeds],
    width: draft.width ?? 0,
    height: draft.height ?? 0,
  }
}

export function sameDraft(a: PresetDraft, b: PresetDraft): boolean {
  return JSON.stringify(bodyOf(a)) === JSON.stringify(bodyOf(b))
}

/** A file that holds the preset, seeds with all their digits. */
export function exportText(draft: PresetDraft): string {
  const body = bodyOf(draft)
  const lines = Object.entries(body).map(([key, value]) => {
    const text = key === 'seeds' ? `[${body.seeds.join(', ')}]` : JSON.stringify(value, undefined, 1).replaceAll(/\n\s*/g, ' ')
    return `  ${JSON.stringify(key)}: ${text}`
  })
  return `{\n${lines.join(',\n')}\n}\n`
}

export type Imported = { readonly draft: PresetDraft } | { readonly faults: readonly string[] }

function stringsOf(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined
}

function promptsOf(value: unknown): readonly Prompt[] | undefined {
  if (!Array.isArray(value)) return undefined
  const prompts = value.flatMap((each: unknown) =>
    isRecord(each) && typeof each.name === 'string' && typeof each.text === 'string'
      ? [{ name: each.name, text: each.text }]
      : [],
  )
  return prompts.length === value.length ? prompts : undefined
}

/** A preset from a file's text, or everything that is wrong with it. `taken`: names that other presets have. */
export function importPreset(text: string, taken: Iterable<string>): Imported {
  const json = parseJson(text)
  if (json === undefined) return { faults: ['The file is not JSON.'] }
  if (!isRecord(json)) return { faults: ['The file holds no preset: it is no JSON object.'] }
  const faults: string[] = []

  function numbers(key: NumberList): readonly string[] {
    const value = (json as Record<string, unknown>)[key]
    const isList = Array.isArray(value) && value.every((each) => ['string', 'number'].includes(typeof each))
    const parsed = isList ? parseValues(value.join(', '), RULES[key]) : { fault: 'It is no list of numbers.' }
    if ('values' in parsed) return parsed.values
    faults.push(`${key}: ${parsed.fault}`)
    return []
  }
  function field<Value>(key: string, value: Value | undefined, kind: string, otherwise: Value): Value {
    if (value === undefined) faults.push(`${key}: It is no ${kind}.`)
    return value ?? otherwise
  }
  const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
  const asSize = (value: unknown): number | undefined =>
    typeof value === 'number' && isSize(value) ? value : undefined

  const draft: PresetDraft = {
    name: uniqueName(field('name', asText(json.name), 'text', ''), taken),
    prompts: field('prompts', promptsOf(json.prompts), 'list of prompts, each with a name and a text', []),
    negative_prompt: field('negative_prompt', asText(json.negative_prompt ?? ''), 'text', ''),
    steps: numbers('steps'),
    cfgs: numbers('cfgs'),
    samplers: field('samplers', stringsOf(json.samplers), 'list of names', []),
    schedulers: field('schedulers', stringsOf(json.schedulers), 'list of names', []),
    seeds: numbers('seeds'),
    width: field('width', asSize(json.width), 'size in pixels', 0),
    height: field('height', asSize(json.height), 'size in pixels', 0),
  }
  return faults.length === 0 ? { draft } : { faults }
}
