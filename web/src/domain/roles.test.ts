import { describe, expect, it } from 'vitest'
import { buildCatalog } from './catalog'
import { combinations, scanOf } from './fixtures'
import { assignRole, carryRoles, firstView, swapAxes } from './roles'

const CHECKPOINTS = ['500', '1000', 'final']

function catalogOf(axes: Record<string, readonly string[]>) {
  return buildCatalog(scanOf(combinations(axes)))
}

describe('firstView', () => {
  it('puts the checkpoint on the slider and the two dimensions with most values on the axes, fewer on X', () => {
    const catalog = catalogOf({
      checkpoint: CHECKPOINTS,
      cfg: ['1', '3'],
      prompt_name: ['a', 'b', 'c', 'd'],
      seed: ['1', '2', '3'],
      steps: ['20'],
    })
    expect(firstView(catalog)).toEqual({ slider: 'checkpoint', x: 'seed', y: 'prompt_name' })
  })

  it('settles ties in name order', () => {
    const catalog = catalogOf({ checkpoint: CHECKPOINTS, b: ['1', '2'], c: ['1', '2'], a: ['1', '2'] })
    expect(firstView(catalog)).toEqual({ slider: 'checkpoint', x: 'a', y: 'b' })
  })

  it('keeps the text of two dimensions that determine each other', () => {
    const images = combinations({
      checkpoint: CHECKPOINTS,
      prompt_name: ['a', 'b', 'c'],
      cfg: ['1', '2'],
    }).map((each) => ({ ...each, index: String('abc'.indexOf(each.prompt_name ?? '')) }))
    expect(firstView(buildCatalog(scanOf(images)))).toEqual({
      slider: 'checkpoint',
      x: 'cfg',
      y: 'prompt_name',
    })
  })

  it('leaves out a dimension that counts the combinations of others', () => {
    const images = combinations({ prompt_name: ['a', 'b', 'c'], seed: ['7', '8'] })
      .map((each, at) => ({ ...each, index: String(at) }))
      .flatMap((each) => CHECKPOINTS.map((checkpoint) => ({ ...each, checkpoint })))
    expect(firstView(buildCatalog(scanOf(images)))).toEqual({
      slider: 'checkpoint',
      x: 'seed',
      y: 'prompt_name',
    })
  })

  it('leaves out a seed that differs with every checkpoint', () => {
    const images = combinations({ checkpoint: CHECKPOINTS, prompt_name: ['a', 'b'] }).map(
      (each, at) => ({ ...each, seed: String(at) }),
    )
    expect(firstView(buildCatalog(scanOf(images)))).toEqual({ slider: 'checkpoint', x: 'prompt_name' })
  })

  it('leaves axes empty when nothing varies', () => {
    expect(firstView(catalogOf({ checkpoint: ['final'], seed: ['1'] }))).toEqual({
      slider: 'checkpoint',
    })
  })
})

describe('assignRole', () => {
  const roles = { x: 'cfg', y: 'seed', slider: 'checkpoint' }

  it('swaps the two when the role is taken', () => {
    expect(assignRole(roles, 'cfg', 'slider')).toEqual({ x: 'checkpoint', y: 'seed', slider: 'cfg' })
  })

  it('leaves the former occupant without a role when the new one had none', () => {
    expect(assignRole(roles, 'prompt_name', 'y')).toEqual({
      x: 'cfg',
      y: 'prompt_name',
      slider: 'checkpoint',
    })
  })

  it('takes a role away', () => {
    expect(assignRole(roles, 'seed', undefined)).toEqual({ x: 'cfg', slider: 'checkpoint' })
  })

  it('moves a dimension to a vacant role', () => {
    expect(assignRole({ x: 'cfg' }, 'cfg', 'y')).toEqual({ y: 'cfg' })
  })
})

describe('swapAxes', () => {
  it('swaps, also with an empty axis', () => {
    expect(swapAxes({ x: 'a', y: 'b', slider: 'c' })).toEqual({ x: 'b', y: 'a', slider: 'c' })
    expect(swapAxes({ x: 'a' })).toEqual({ y: 'a' })
  })
})

describe('carryRoles', () => {
  const catalog = catalogOf({ checkpoint: CHECKPOINTS, cfg: ['1', '3'], seed: ['1', '2', '3'] })

  it('keeps what exists, fills what is lost from the first view, and leaves empty what was empty', () => {
    expect(carryRoles({ x: 'seed', y: 'prompt_name', slider: 'checkpoint' }, catalog)).toEqual({
      x: 'seed',
      y: 'cfg',
      slider: 'checkpoint',
    })
    expect(carryRoles({ y: 'cfg' }, catalog)).toEqual({ y: 'cfg' })
  })

  it('never gives a dimension two roles', () => {
    expect(carryRoles({ x: 'gone', y: 'cfg', slider: 'seed' }, catalog)).toEqual({
      y: 'cfg',
      slider: 'seed',
    })
  })
})
