import { describe, expect, it } from 'vitest'
import { buildCatalog, type Catalog } from './catalog'
import { combinations, dimension, scanOf } from './fixtures'
import { type HeldChoice, holdChoice, holdRoles, holdSingles, holdValue } from './held'
import { buildIndex, freeDimensions, type ImageIndex } from './imageIndex'
import type { Roles } from './roles'

const catalogOf = (axes: Record<string, readonly string[]>): Catalog => buildCatalog(scanOf(combinations(axes)))

describe('roles', () => {
  const small = catalogOf({ checkpoint: ['1', '2'], cfg: ['1', '7'], prompt: ['a', 'b', 'c'] })
  const grown = catalogOf({ checkpoint: ['1', '2'], cfg: ['1', '3', '5', '7'], prompt: ['a', 'b', 'c'], seed: ['1', '2', '3', '4', '5'] })
  const roles: Roles = { slider: 'checkpoint', x: 'cfg', y: 'prompt' }

  it('that nobody chose stay while images come, though another first view would fit them', () => {
    const held = holdRoles(undefined, 'r', undefined, small)
    expect(held.roles).toEqual(roles)
    expect(holdRoles(held, 'r', undefined, grown)).toBe(held)
    expect(holdRoles(undefined, 'r', undefined, grown).roles).not.toEqual(roles)
  })

  it('are made anew for another run, and by who arranges them', () => {
    const held = holdRoles(undefined, 'r', undefined, small)
    expect(holdRoles(held, 'other', undefined, grown).roles.y).toBe('seed')
    expect(holdRoles(held, 'r', { x: 'prompt' }, small).roles).toEqual({ x: 'prompt' })
  })

  it('stay where somebody wanted a dimension that comes only now', () => {
    const held = holdRoles(undefined, 'r', { x: 'seed', y: 'prompt' }, small)
    expect(held.roles).toEqual({ x: 'cfg', y: 'prompt' })
    expect(holdRoles(held, 'r', held.wanted, grown).roles).toEqual(held.roles)
  })

  it('are found one after the other in a run that begins with nothing', () => {
    let held = holdRoles(undefined, 'r', undefined, catalogOf({}))
    const grow = (axes: Record<string, readonly string[]>): Roles => {
      held = holdRoles(held, 'r', undefined, catalogOf(axes))
      return held.roles
    }
    expect(grow({ checkpoint: ['1'], cfg: ['1'], prompt: ['a'] })).toEqual({ slider: 'checkpoint' })
    expect(grow({ checkpoint: ['1'], cfg: ['1', '7'], prompt: ['a'] })).toEqual({ slider: 'checkpoint', x: 'cfg' })
    expect(grow({ checkpoint: ['1'], cfg: ['1', '7'], prompt: ['a', 'b', 'c'] })).toEqual(roles)
    expect(grow({ checkpoint: ['1'], cfg: ['1', '2', '7'], prompt: ['a', 'b'], seed: ['1', '2', '3', '4'] })).toEqual(roles)
  })
})

describe('a slider', () => {
  const axis = (...values: string[]): { dimension: ReturnType<typeof dimension>; values: string[] } => ({
    dimension: dimension('checkpoint', ...values),
    values,
  })

  it('that nobody moved stays at what was the last checkpoint', () => {
    const held = holdValue(undefined, 'r', axis('1', '2'), undefined)
    expect(held.value).toBe('2')
    expect(holdValue(held, 'r', axis('1', '2', '3'), undefined)).toBe(held)
    expect(holdValue(held, 'other', axis('1', '2', '3'), undefined).value).toBe('3')
  })

  it('stands where somebody moved it', () => {
    const held = holdValue(undefined, 'r', axis('1', '2', '3'), '1')
    expect(holdValue(held, 'r', axis('0', '1', '2', '3'), '1').value).toBe('1')
  })
})

describe('a single filter', () => {
  const modes = new Map([['seed', 'single' as const]])

  it('in which nobody chose stays with its value when a smaller one comes', () => {
    const before = holdSingles(undefined, 'r', [dimension('seed', '2', '4')], modes, new Map())
    expect(before.selections.size).toBe(0)
    const after = holdSingles(before, 'r', [dimension('seed', '1', '2', '4')], modes, new Map())
    expect(after.selections.get('seed')).toEqual(['2'])
    expect(holdSingles(after, 'other', [dimension('seed', '1', '2')], modes, new Map()).selections.size).toBe(0)
  })
})

describe('the choice of several images', () => {
  const roles: Roles = { x: 'cfg' }
  const indexOf = (catalog: Catalog): ImageIndex => buildIndex(catalog, roles, new Map(), new Map(), freeDimensions(catalog, roles))
  const chosenBy = [roles]
  const show = (before: HeldChoice | undefined, catalog: Catalog, chosen = new Map<string, string>()): [HeldChoice, unknown] => {
    const { choices } = indexOf(catalog)
    const held = holdChoice(before, { run: 'r', catalog, choices, chosen, chosenBy })
    return [held, choices[held.position]?.values]
  }

  it('stays with the one seed there was when a smaller one comes', () => {
    const [held] = show(undefined, catalogOf({ cfg: ['1', '2'], seed: ['7'] }))
    expect(show(held, catalogOf({ cfg: ['1', '2'], seed: ['3', '7'] }))[1]).toEqual([{ dimension: 'seed', value: '7' }])
    expect(show(undefined, catalogOf({ cfg: ['1', '2'], seed: ['3', '7'] }))[1]).toEqual([{ dimension: 'seed', value: '3' }])
  })

  it('stays with the first of several when another comes before it, until somebody steps', () => {
    const [held] = show(undefined, catalogOf({ cfg: ['1', '2'], seed: ['7', '8'] }))
    const grown = catalogOf({ cfg: ['1', '2'], seed: ['3', '7', '8'] })
    expect(show(held, grown)[1]).toEqual([{ dimension: 'seed', value: '7' }])
    expect(show(held, grown, new Map([['seed', '3']]))[1]).toEqual([{ dimension: 'seed', value: '3' }])
  })

  it('stays with the images that lack a dimension which comes', () => {
    const old = combinations({ cfg: ['1', '2'] })
    const [held] = show(undefined, buildCatalog(scanOf(old)))
    const grown = buildCatalog(scanOf([...old, ...combinations({ cfg: ['1', '2'], shift: ['3'] })]))
    expect(show(held, grown)[1]).toEqual([{ dimension: 'shift', value: undefined }])
  })
})
