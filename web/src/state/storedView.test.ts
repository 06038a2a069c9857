import { describe, expect, it } from 'vitest'
import { parseView, storeView, type StoredView } from './storedView'

const VIEW: StoredView = {
  roles: { x: 'cfg', slider: 'checkpoint' },
  modes: new Map([['__proto__', 'single']]),
  selections: new Map([['seed', ['18446744073709551615']]]),
  excluded: new Map([['row', ['5']]]),
  positions: new Map([['checkpoint', '4500']]),
  cells: new Map([['["7",null]', '500']]),
  chosen: new Map([['sampler', 'euler'], ['lora', undefined]]),
}

describe('the stored view', () => {
  it('comes back as it was', () => {
    expect(parseView(JSON.parse(JSON.stringify(storeView(VIEW))))).toEqual(VIEW)
  })

  it('is empty for anything that is none', () => {
    const nothing = {
      roles: undefined,
      modes: new Map(),
      selections: new Map(),
      excluded: new Map(),
      positions: new Map(),
      cells: new Map(),
      chosen: new Map(),
    }
    for (const odd of [undefined, null, 7, 'x', [], { modes: 3, positions: [1, ['a']], roles: 'x' }]) {
      expect(parseView(odd)).toEqual(nothing)
    }
  })

  it('drops what does not fit and keeps the rest', () => {
    const { roles, modes, selections } = parseView({
      roles: { x: 'cfg', y: 'cfg', slider: 4 },
      modes: [['seed', 'multi'], ['cfg', 'sideways'], 'x'],
      selections: [['seed', ['1', 2]], ['cfg', ['7']]],
    })
    expect(roles).toEqual({ x: 'cfg' })
    expect([...modes]).toEqual([['seed', 'multi']])
    expect([...selections]).toEqual([['cfg', ['7']]])
  })
})
