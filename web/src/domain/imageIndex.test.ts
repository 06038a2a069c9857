import { describe, expect, it } from 'vitest'
import { buildCatalog } from './catalog'
import type { Modes, Selections } from './filters'
import { combinations, scanOf } from './fixtures'
import { buildIndex, freeDimensions, type ImageIndex } from './imageIndex'
import type { Roles } from './roles'

interface View {
  roles: Roles
  modes?: Modes
  selections?: Selections
}

function indexOf(images: readonly Record<string, string>[], view: View): ImageIndex {
  const catalog = buildCatalog(scanOf(images))
  const free = freeDimensions(catalog, view.roles)
  return buildIndex(catalog, view.roles, view.modes ?? new Map(), view.selections ?? new Map(), free)
}

const ALL = combinations({
  checkpoint: ['500', '1000', '1500'],
  prompt_name: ['forest', 'harbour'],
  seed: ['420', '18446744073709551615'],
  cfg: ['1', '7'],
})
const ROLES: Roles = { x: 'cfg', y: 'prompt_name', slider: 'checkpoint' }

describe('buildIndex', () => {
  it('finds the image of a cell, slider position and choice', () => {
    const index = indexOf(ALL, { roles: ROLES })
    expect(index.find({ x: 1, y: 0, slider: 2 }, 1)?.dimensions).toEqual({
      checkpoint: '1500',
      prompt_name: 'forest',
      seed: '18446744073709551615',
      cfg: '7',
    })
  })

  it('offers the values that tell apart the images of a cell as choices, in order', () => {
    const index = indexOf(ALL, { roles: ROLES })
    expect(index.choices.map(({ values }) => values)).toEqual([
      [{ dimension: 'seed', value: '420' }],
      [{ dimension: 'seed', value: '18446744073709551615' }],
    ])
  })

  it('has one choice when no cell has several images', () => {
    const index = indexOf(ALL, { roles: { x: 'cfg', y: 'seed', slider: 'prompt_name' } })
    expect(index.choices).toHaveLength(3)
    const all = indexOf(
      ALL.filter(({ seed }) => seed === '420'),
      { roles: ROLES },
    )
    expect(all.choices).toEqual([{ values: [] }])
  })

  it('gives a placeholder, not another seed, where the chosen combination is missing', () => {
    const holey = ALL.filter(
      (each) => !(each.seed === '420' && each.cfg === '7' && each.checkpoint === '1000'),
    )
    const index = indexOf(holey, { roles: ROLES })
    expect(index.find({ x: 1, y: 0, slider: 1 }, 0)).toBeUndefined()
    expect(index.find({ x: 1, y: 0, slider: 1 }, 1)).toBeDefined()
    expect(index.find({ x: 1, y: 0, slider: 2 }, 0)).toBeDefined()
  })

  it('does not let a dimension that follows from an axis empty the other rows', () => {
    const counted = ALL.map((each) => ({ ...each, index: each.prompt_name === 'forest' ? '0' : '1' }))
    const index = indexOf(counted, { roles: ROLES })
    expect(index.choices).toHaveLength(2)
    expect(index.find({ x: 0, y: 1, slider: 0 }, 0)?.dimensions.index).toBe('1')
  })

  it('does not count a composite of an axis and a choice as a choice of its own', () => {
    const names = ['forest', 'harbour']
    const seeds = ['420', '18446744073709551615']
    const counted = ALL.map((each) => ({
      ...each,
      index: String(names.indexOf(each.prompt_name ?? '') * 2 + seeds.indexOf(each.seed ?? '')),
    }))
    const index = indexOf(counted, { roles: ROLES })
    expect(index.choices.map(({ values }) => values.map(({ dimension }) => dimension))).toEqual([
      ['seed'],
      ['seed'],
    ])
  })

  it('filters axes, and renumbers their positions', () => {
    const index = indexOf(ALL, { roles: ROLES, selections: new Map([['checkpoint', ['500', '1500']]]) })
    expect(index.slider?.values).toEqual(['500', '1500'])
    expect(index.find({ x: 0, y: 0, slider: 1 }, 0)?.dimensions.checkpoint).toBe('1500')
  })

  it('filters dimensions without a role by their mode', () => {
    const selections: Selections = new Map([['seed', ['18446744073709551615']]])
    const choicesOf = (modes: Modes): unknown[] =>
      indexOf(ALL, { roles: ROLES, modes, selections }).choices.map(({ values }) => values[0]?.value)
    expect(choicesOf(new Map([['seed', 'multi']]))).toEqual(['18446744073709551615'])
    expect(choicesOf(new Map([['seed', 'single']]))).toEqual(['18446744073709551615'])
    expect(choicesOf(new Map([['seed', 'hide']]))).toEqual(['420', '18446744073709551615'])
  })

  it('is empty when nothing is selected', () => {
    expect(indexOf(ALL, { roles: ROLES, selections: new Map([['cfg', []]]) }).placed).toBe(0)
  })

  it('counts the images that have no value for a role, and keeps those that lack another dimension', () => {
    const lacking = [...ALL, { checkpoint: '500', prompt_name: 'forest', seed: '420' }]
    const index = indexOf(lacking, { roles: ROLES })
    expect(index.unplaced).toBe(1)
    const without = [...ALL, { checkpoint: '500', prompt_name: 'forest', cfg: '1' }]
    const last = indexOf(without, { roles: ROLES }).choices.at(-1)
    expect(last?.values).toEqual([{ dimension: 'seed', value: undefined }])
  })

  it('takes names of built-in properties as the names they are', () => {
    const odd = combinations({ constructor: ['a', 'b'], checkpoint: ['1', '2'] })
    const index = indexOf([...odd, { checkpoint: '1' }], { roles: { x: 'constructor' } })
    expect(index.unplaced).toBe(1)
    expect(index.x?.values).toEqual(['a', 'b'])
  })
})
