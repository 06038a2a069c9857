import { describe, expect, it } from 'vitest'
import { dimension } from '@/domain/fixtures'
import { shownFilters } from './shownFilters'

const CFG = dimension('cfg', '1', '4', '7')
const CHECKPOINT = dimension('checkpoint', '500', '1000')
const PROMPT = dimension('prompt_name', 'forest', 'market')
const SEED = dimension('seed', '420', '421')
const SIZE = dimension('size', '1024')
const ALL = [CFG, CHECKPOINT, PROMPT, SEED, SIZE]
const ROLES = { x: 'prompt_name', slider: 'checkpoint' }

describe('the filters that are shown', () => {
  const names = (filters: ReturnType<typeof shownFilters>) => filters.map((filter) => filter.dimension.name)

  it('are first those of the axes and the slider, then the others in their order', () => {
    const filters = shownFilters(ALL, ROLES, new Map([['seed', 'multi'], ['cfg', 'multi']]), new Map())
    expect(names(filters)).toEqual(['prompt_name', 'checkpoint', 'cfg', 'seed'])
    expect(filters.map(({ role }) => role)).toEqual(['X axis', 'Slider', '', ''])
  })

  it('are none of hidden dimensions, unless they have a role, and none of a single value', () => {
    const filters = shownFilters(ALL, ROLES, new Map([['seed', 'hide'], ['cfg', 'hide'], ['checkpoint', 'hide'], ['size', 'multi']]), new Map())
    expect(names(filters)).toEqual(['prompt_name', 'checkpoint'])
  })

  it('say what passes, and whether that is less than all', () => {
    const filters = shownFilters(ALL, ROLES, new Map([['seed', 'single'], ['cfg', 'multi']]), new Map([['cfg', ['4', '7']], ['checkpoint', []]]))
    expect(filters.map(({ dimension: { name }, mode, passing, summary, isFiltering }) => [name, mode, passing, summary, isFiltering])).toEqual([
      ['prompt_name', 'multi', ['forest', 'market'], 'all 2', false],
      ['checkpoint', 'multi', [], 'none', true],
      ['cfg', 'multi', ['4', '7'], '4, 7', true],
      ['seed', 'single', ['420'], '420', true],
    ])
  })

  it('leave the order of the dimensions as it is', () => {
    const dimensions = Object.freeze([CFG, PROMPT])
    expect(names(shownFilters(dimensions, { x: 'prompt_name' }, new Map([['cfg', 'multi']]), new Map()))).toEqual(['prompt_name', 'cfg'])
  })
})
