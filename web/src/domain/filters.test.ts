import { describe, expect, it } from 'vitest'
import {
  carrySelections,
  effectiveMode,
  includeValues,
  passingValues,
  selectAll,
  type Selections,
  toggleSolo,
  valuesBetween,
} from './filters'
import { dimension } from './fixtures'

const SEED = dimension('seed', '420', '421', '422')
const NOTHING_CHOSEN: Selections = new Map()

function multi(selections: Selections): readonly string[] {
  return passingValues(SEED, 'multi', selections)
}

describe('passingValues', () => {
  const chosen: Selections = new Map([['seed', ['422', '421']]])

  it('includes every value when the filter is hidden, whatever was chosen before', () => {
    expect(passingValues(SEED, 'hide', chosen)).toEqual(['420', '421', '422'])
  })

  it('is the first chosen value in order for single, and the first of all when none is chosen', () => {
    expect(passingValues(SEED, 'single', chosen)).toEqual(['421'])
    expect(passingValues(SEED, 'single', NOTHING_CHOSEN)).toEqual(['420'])
    expect(passingValues(SEED, 'single', includeValues(chosen, SEED, SEED.values, false))).toEqual(['420'])
  })

  it('is what was chosen for multi, in the order of the dimension', () => {
    expect(multi(chosen)).toEqual(['421', '422'])
    expect(multi(NOTHING_CHOSEN)).toEqual(['420', '421', '422'])
  })
})

describe('selecting', () => {
  it('includes and excludes values, and knows when all are back', () => {
    const without = includeValues(NOTHING_CHOSEN, SEED, ['421'], false)
    expect(multi(without)).toEqual(['420', '422'])
    expect(multi(includeValues(without, SEED, ['421', '420'], false))).toEqual(['422'])
    expect(includeValues(without, SEED, ['420', '421'], true)).toEqual(new Map())
  })

  it('knows what lies between two values', () => {
    expect(valuesBetween(SEED.values, '422', '421')).toEqual(['421', '422'])
    expect(valuesBetween(SEED.values, '420', '422')).toEqual(SEED.values)
    expect(valuesBetween(SEED.values, undefined, '421')).toEqual(['421'])
    expect(valuesBetween(['421'], '420', '421')).toEqual(['421'])
  })

  it('solos a value, and restores all from the only one', () => {
    const solo = toggleSolo(NOTHING_CHOSEN, SEED, '421')
    expect(multi(solo)).toEqual(['421'])
    expect(multi(toggleSolo(solo, SEED, '420'))).toEqual(['420'])
    expect(multi(toggleSolo(solo, SEED, '421'))).toEqual(['420', '421', '422'])
  })

  it('selects none and all', () => {
    const none = includeValues(NOTHING_CHOSEN, SEED, SEED.values, false)
    expect(multi(none)).toEqual([])
    expect(multi(selectAll(none, SEED))).toEqual(['420', '421', '422'])
  })
})

describe('carrySelections', () => {
  it('keeps the values that exist, and takes all where none is left', () => {
    const chosen: Selections = new Map([
      ['seed', ['421', '999']],
      ['cfg', ['30']],
      ['gone', ['1']],
    ])
    const carried = carrySelections(chosen, [SEED, dimension('cfg', '1', '3')])
    expect([...carried]).toEqual([['seed', ['421']]])
  })

  it('keeps "none" as it is', () => {
    expect([...carrySelections(includeValues(NOTHING_CHOSEN, SEED, SEED.values, false), [SEED])]).toEqual([['seed', []]])
  })
})

describe('effectiveMode', () => {
  it('is multi on a role, else as chosen, else hidden', () => {
    const modes = new Map([['seed', 'single' as const]])
    expect(effectiveMode('seed', { x: 'seed' }, modes)).toBe('multi')
    expect(effectiveMode('seed', {}, modes)).toBe('single')
    expect(effectiveMode('cfg', {}, modes)).toBe('hide')
  })
})
