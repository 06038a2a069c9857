import { describe, expect, it } from 'vitest'
import type { Dimension } from '@/api/types'
import { heardSelections, tellSelections } from './exclusions'

const ROW: Dimension = { name: 'row', type: 'int', values: ['1', '2', '3', '4'] }
const CFG: Dimension = { name: 'cfg', type: 'int', values: ['1', '7'] }
const DIMENSIONS = [ROW, CFG]

describe('selections in the shorter way', () => {
  it('are told by what they leave out where most values pass', () => {
    const selections = new Map([['row', ['1', '2', '4']], ['cfg', ['7']]])
    const told = tellSelections(selections, DIMENSIONS)
    expect([...told.excluded]).toEqual([['row', ['3']]])
    expect([...told.selections]).toEqual([['cfg', ['7']]])
    expect(heardSelections(told, DIMENSIONS)).toEqual(new Map([['cfg', ['7']], ['row', ['1', '2', '4']]]))
  })

  it('tell "none" as nothing that passes', () => {
    const told = tellSelections(new Map([['row', []]]), DIMENSIONS)
    expect([...told.selections]).toEqual([['row', []]])
    expect(told.excluded.size).toBe(0)
  })

  it('are heard as far as the values are there', () => {
    const heard = (out: string[]) =>
      heardSelections({ selections: new Map(), excluded: new Map([['row', out]]) }, DIMENSIONS).get('row')
    expect(heard(['2', '99'])).toEqual(['1', '3', '4'])
    expect(heard(['99'])).toBeUndefined()
    expect(heard(['1', '2', '3', '4'])).toBeUndefined()
  })
})
