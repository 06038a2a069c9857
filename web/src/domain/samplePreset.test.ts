import { describe, expect, it } from 'vitest'
import {
  bodyOf,
  exportText,
  factorText,
  faultsOf,
  imagesPerCheckpoint,
  importPreset,
  NEW_PRESET,
  type PresetDraft,
  sameDraft,
} from './samplePreset'

const preset: PresetDraft = {
  name: 'Night shift',
  prompts: [
    { name: 'forest', text: 'a "misty" forest\nat dawn' },
    { name: 'city', text: 'a city' },
  ],
  negative_prompt: 'blurry',
  steps: ['4', '8'],
  cfgs: ['1', '7.5'],
  samplers: ['euler'],
  schedulers: ['simple'],
  seeds: ['18446744073709551615', '420', '9007199254740993'],
  width: 1344,
  height: 768,
}

it('counts the images of a checkpoint', () => {
  expect(imagesPerCheckpoint(preset)).toBe(24)
  expect(factorText(preset)).toBe('2 prompts × 2 step counts × 2 cfgs × 3 seeds')
  expect(imagesPerCheckpoint({ ...preset, seeds: [] })).toBe(0)
  expect(factorText({ ...preset, seeds: [] })).toContain('0 seeds')
})

it('sends numbers as numbers and seeds as text with every digit', () => {
  expect(bodyOf(preset)).toMatchObject({ steps: [4, 8], cfgs: [1, 7.5], seeds: preset.seeds, width: 1344 })
})

describe('a file', () => {
  it('holds the preset with seeds as exact numbers, and gives it back', () => {
    const text = exportText(preset)
    expect(text).toContain('"seeds": [18446744073709551615, 420, 9007199254740993]')
    expect(JSON.parse(text)).toMatchObject({ name: 'Night shift', prompts: preset.prompts })
    expect(importPreset(text, [])).toEqual({ draft: preset })
  })

  it('gets another name than the presets that are there', () => {
    expect(importPreset(exportText(preset), ['night SHIFT'])).toMatchObject({ draft: { name: 'Night shift 2' } })
  })

  it('is refused with everything that is wrong', () => {
    expect(importPreset('{', [])).toEqual({ faults: ['The file is not JSON.'] })
    expect(importPreset('[1]', [])).toEqual({ faults: ['The file holds no preset: it is no JSON object.'] })
    const broken = { ...bodyOf(preset), name: 7, steps: [1, 1], seeds: 'many', prompts: [{ name: 'a' }], width: -1 }
    expect(importPreset(JSON.stringify(broken), [])).toEqual({
      faults: [
        'name: It is no text.',
        'prompts: It is no list of prompts, each with a name and a text.',
        'steps: 1 occurs twice.',
        'seeds: It is no list of numbers.',
        'width: It is no size in pixels.',
      ],
    })
  })
})

describe('faults', () => {
  const pointersOf = (draft: PresetDraft): string[] => faultsOf(draft).map(({ pointer }) => pointer)

  it('are none in a complete preset', () => {
    expect(faultsOf(preset)).toEqual([])
  })

  it('are all told, where they are', () => {
    expect(pointersOf(NEW_PRESET)).toEqual(['/name', '/prompts/0/name'])
    expect(
      pointersOf({ ...preset, prompts: [], steps: [], cfgs: [], samplers: [], schedulers: [], seeds: [], width: 0, height: 1.5 }),
    ).toEqual(['/prompts', '/steps', '/cfgs', '/samplers', '/schedulers', '/seeds', '/width', '/height'])
  })

  it('are names that differ in case alone', () => {
    const [forest] = preset.prompts
    const twice = { ...preset, prompts: [forest, { name: ' FOREST ', text: 'x' }] } as PresetDraft
    expect(pointersOf(twice)).toEqual(['/prompts/1/name'])
  })
})

it('knows a draft that says the same', () => {
  expect(sameDraft(preset, { ...preset, name: 'Night shift ' })).toBe(true)
  expect(sameDraft(preset, { ...preset, seeds: ['18446744073709551614'] })).toBe(false)
})
