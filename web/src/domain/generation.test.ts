import { describe, expect, it } from 'vitest'
import { readGeneration } from './generation'

function factsOf(metadata: Record<string, string>): Record<string, string> {
  return Object.fromEntries(readGeneration(metadata).facts.map(({ label, value }) => [label, value]))
}

const text = (value: string): object => ({ class_type: 'CLIPTextEncode', inputs: { text: value } })

describe('readGeneration', () => {
  it('reads a KSampler and follows its links to the prompts', () => {
    // Built by hand: JSON.stringify cannot write this seed.
    const prompt = `{
      "3": {"class_type": "KSampler", "inputs": {"seed": 18446744073709551615, "steps": 20, "cfg": 7.5,
        "sampler_name": "euler", "scheduler": "simple", "positive": ["10", 0], "negative": ["7", 0]}},
      "10": {"class_type": "FluxGuidance", "inputs": {"guidance": 3.5, "conditioning": ["6", 0]}},
      "6": ${JSON.stringify(text('a portal'))},
      "7": ${JSON.stringify(text('blurry'))},
      "1": {"class_type": "UNETLoader", "inputs": {"unet_name": "qwen/run-step00000500.safetensors"}}
    }`
    expect(factsOf({ prompt })).toEqual({
      Prompt: 'a portal',
      'Negative prompt': 'blurry',
      Seed: '18446744073709551615',
      Steps: '20',
      CFG: '7.5',
      Sampler: 'euler',
      Scheduler: 'simple',
      Model: 'qwen/run-step00000500.safetensors',
    })
  })

  it('reads SamplerCustomAdvanced through its helper nodes, and a text held by a primitive', () => {
    const prompt = JSON.stringify({
      '1': {
        class_type: 'SamplerCustomAdvanced',
        inputs: { noise: ['2', 0], guider: ['3', 0], sampler: ['4', 0], sigmas: ['5', 0] },
      },
      '2': { class_type: 'RandomNoise', inputs: { noise_seed: 42 } },
      '3': { class_type: 'CFGGuider', inputs: { cfg: 4, positive: ['6', 0], negative: ['7', 0] } },
      '4': { class_type: 'KSamplerSelect', inputs: { sampler_name: 'res_multistep' } },
      '5': { class_type: 'BasicScheduler', inputs: { scheduler: 'beta', steps: 8 } },
      '6': { class_type: 'CLIPTextEncode', inputs: { text: ['8', 0] } },
      '7': text(''),
      '8': { class_type: 'PrimitiveString', inputs: { value: 'a harbour' } },
    })
    expect(factsOf({ prompt })).toEqual({
      Prompt: 'a harbour',
      Seed: '42',
      Steps: '8',
      CFG: '4',
      Sampler: 'res_multistep',
      Scheduler: 'beta',
    })
  })

  it('survives graphs that link in circles', () => {
    const prompt = JSON.stringify({
      '1': { class_type: 'KSampler', inputs: { seed: ['2', 0], steps: 1, positive: ['2', 0] } },
      '2': { class_type: 'Loop', inputs: { value: ['3', 0], conditioning: ['3', 0] } },
      '3': { class_type: 'Loop', inputs: { value: ['2', 0], conditioning: ['2', 0] } },
    })
    expect(factsOf({ prompt })).toEqual({ Steps: '1' })
  })

  it('reads AUTOMATIC1111 parameters', () => {
    const parameters =
      'a castle, (dusk:1.2)\nsecond line\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, ' +
      'Schedule type: Karras, CFG scale: 7, Seed: 123, Size: 512x768, Model: "a, b"'
    expect(factsOf({ parameters })).toEqual({
      Prompt: 'a castle, (dusk:1.2)\nsecond line',
      'Negative prompt': 'blurry',
      Seed: '123',
      Steps: '20',
      CFG: '7',
      Sampler: 'Euler a',
      Scheduler: 'Karras',
      Size: '512x768',
      Model: '"a, b"',
    })
  })

  it('has nothing to say about other texts', () => {
    expect(readGeneration({ Software: 'x', prompt: 'no JSON' }).facts).toEqual([])
  })
})
