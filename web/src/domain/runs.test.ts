import { describe, expect, it } from 'vitest'
import type { TrainingRun } from '@/api/types'
import { hasRenamed, keepUnchanged, mostSampled } from './runs'

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

describe('a list that is read again', () => {
  it('keeps the runs that are as they were', () => {
    const known = [run('a', true), run('b', true)]
    const fresh = [run('a', true), run('b', true, true), run('c', true)]
    const [a, b, c] = keepUnchanged(known, fresh)
    expect([a === known[0], b === fresh[1], c === fresh[2]]).toEqual([true, true, true])
  })

  it('is known to call a checkpoint otherwise', () => {
    const before = run('a', true, true)
    const renamed = structuredClone(before)
    renamed.checkpoints.forEach((checkpoint) => (checkpoint.value = `epoch ${checkpoint.value}`))
    expect(hasRenamed(before, renamed)).toBe(true)
    expect(hasRenamed(before, run('a', true, true, true))).toBe(false)
    expect(hasRenamed(before, run('a', true))).toBe(false)
  })
})
