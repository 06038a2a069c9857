import { describe, expect, it } from 'vitest'
import { type Arrangement, fromMapping, sameArrangement, toMapping, unmatchedDimensions } from './presets'

const ARRANGEMENT: Arrangement = {
  roles: { x: 'cfg', y: 'prompt_name', slider: 'checkpoint' },
  modes: new Map([
    ['seed', 'single'],
    ['steps', 'hide'],
    ['sampler_name', 'multi'],
    ['cfg', 'single'],
  ]),
}

describe('presets', () => {
  it('store roles and the modes of dimensions without a role', () => {
    expect(toMapping(ARRANGEMENT)).toEqual({
      x: 'cfg',
      y: 'prompt_name',
      slider: 'checkpoint',
      filter_modes: { seed: 'single', sampler_name: 'multi' },
      combos: ['seed', 'sampler_name'],
    })
  })

  it('mean the same arrangement when they come back', () => {
    expect(sameArrangement(fromMapping(toMapping(ARRANGEMENT)), ARRANGEMENT)).toBe(true)
  })

  it('differ when a role or a shown filter differs', () => {
    const { roles, modes } = ARRANGEMENT
    expect(sameArrangement(ARRANGEMENT, { roles: { ...roles, x: 'seed' }, modes })).toBe(false)
    expect(
      sameArrangement(ARRANGEMENT, { roles, modes: new Map([...modes, ['seed', 'multi']]) }),
    ).toBe(false)
  })

  it('let a mode win over a combo, and take a combo without a mode as multi', () => {
    const { modes } = fromMapping({ combos: ['seed', 'steps'], filter_modes: { seed: 'single' } })
    expect([...modes]).toEqual([
      ['seed', 'single'],
      ['steps', 'multi'],
    ])
  })

  it('name what they show and the run does not have', () => {
    const mapping = toMapping(ARRANGEMENT)
    expect(unmatchedDimensions(mapping, ['cfg', 'checkpoint', 'steps'])).toEqual([
      'prompt_name',
      'sampler_name',
      'seed',
    ])
    expect(unmatchedDimensions({ combos: [], filter_modes: { gone: 'hide' } }, [])).toEqual([])
  })
})
