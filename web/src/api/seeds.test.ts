import { describe, expect, it } from 'vitest'
import { readJobs, readSamplePreset, readSamplePresets } from './seeds'

describe('seeds keep every digit', () => {
  it('in presets', () => {
    const text = '{"name":"18446744073709551615","seeds":[18446744073709551615, 420],"steps":[4],"cfgs":[1.5]}'
    expect(readSamplePreset(text)).toMatchObject({
      name: '18446744073709551615',
      seeds: ['18446744073709551615', '420'],
      steps: [4],
      cfgs: [1.5],
    })
    expect(readSamplePresets(`[${text}]`)[0]?.seeds).toEqual(['18446744073709551615', '420'])
  })

  it('in the progress of jobs', () => {
    const [job, other] = readJobs('[{"id":"a","progress":{"current_item":{"seed":9007199254740993}}},{"id":"b"}]')
    expect(job?.progress?.current_item?.seed).toBe('9007199254740993')
    expect(other?.progress).toBeUndefined()
  })
})

it('throws when an answer broke off', () => {
  expect(() => readSamplePreset('{"name":')).toThrow(SyntaxError)
})
