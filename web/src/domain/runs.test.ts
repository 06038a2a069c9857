import { describe, expect, it } from 'vitest'
import type { TrainingRun } from '@/api/types'
import { mostSampled } from './runs'

function run(name: string, ...samples: boolean[]): TrainingRun {
  return {
    id: name,
    name,
    checkpoint_count: samples.length,
    has_samples: samples.includes(true),
    checkpoints: samples.map((has_samples, at) => ({
      filename: `${name}-${at}.safetensors`,
      step_number: at,
      value: String(at),
      has_samples,
    })),
    warnings: [],
  }
}

describe('mostSampled', () => {
  it('is the run with most to compare, the first of equals', () => {
    const runs = [run('a', true, false, false), run('b', true, true), run('c', true, true)]
    expect(mostSampled(runs)?.name).toBe('b')
  })

  it('is none when no run has samples', () => {
    expect(mostSampled([run('a', false)])).toBeUndefined()
    expect(mostSampled([])).toBeUndefined()
  })
})
