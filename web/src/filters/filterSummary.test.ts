import { describe, expect, it } from 'vitest'
import { dimension } from '@/domain/fixtures'
import { filterSummary } from './filterSummary'

const SEED = dimension('seed', '1', '2', '3', '4', '5')

describe('filterSummary', () => {
  it('names few values and counts many', () => {
    expect(filterSummary(SEED, 'multi', SEED.values)).toBe('all 5')
    expect(filterSummary(SEED, 'multi', ['1', '3'])).toBe('1, 3')
    expect(filterSummary(SEED, 'multi', ['1', '2', '3', '4'])).toBe('4 of 5')
    expect(filterSummary(SEED, 'multi', [])).toBe('none')
    expect(filterSummary(SEED, 'single', ['3'])).toBe('3')
  })

  it('says so where a value is empty', () => {
    expect(filterSummary(SEED, 'single', [''])).toBe('(empty)')
    expect(filterSummary(SEED, 'multi', ['', '3'])).toBe('(empty), 3')
  })
})
