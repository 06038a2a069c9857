import { describe, expect, it } from 'vitest'
import { type Link, readLink, stepOf, writeLink } from './link'

const LINK: Link = {
  run: 'qwen/a run & more',
  roles: { x: 'cfg', slider: 'checkpoint' },
  modes: new Map([['seed', 'single'], ['a.b=c', 'multi'], ['__proto__', 'hide']]),
  selections: new Map([
    ['seed', ['18446744073709551615', '']],
    ['cfg', []],
    ['prompt name', ['50% + "more" #1', 'Übergröße']],
  ]),
  excluded: new Map([['row', ['5', 'ä&=']]]),
  chosen: new Map([['sampler', 'euler'], ['lora', undefined]]),
  at: '4500',
  cells: new Map([['["7",null]', '500'], ['[null,"a \\"b\\" & c"]', '1000'], ['["x","y"]', '']]),
  open: { x: '7', slider: '0' },
}

describe('a link', () => {
  it('says again all that was written', () => {
    const read = readLink(writeLink(LINK))
    expect(read).toEqual(LINK)
    expect(read?.modes).toEqual(LINK.modes)
    expect(read?.selections).toEqual(LINK.selections)
    expect(read?.excluded).toEqual(LINK.excluded)
    expect(read?.chosen).toEqual(LINK.chosen)
    expect(read?.cells).toEqual(LINK.cells)
  })

  it('tells an arrangement without any role from none', () => {
    expect(readLink(writeLink({ ...LINK, roles: {} }))?.roles).toEqual({})
    expect(readLink(writeLink({ ...LINK, roles: undefined }))?.roles).toBeUndefined()
  })

  it('tells an open cell without any role from a closed lightbox', () => {
    expect(readLink(writeLink({ ...LINK, open: {} }))?.open).toEqual({})
    expect(readLink(writeLink({ ...LINK, open: undefined }))?.open).toBeUndefined()
  })

  it('needs no more than a run', () => {
    expect(readLink('?run=a')).toEqual({
      run: 'a',
      roles: undefined,
      modes: new Map(),
      selections: new Map(),
      excluded: new Map(),
      chosen: new Map(),
      at: undefined,
      cells: new Map(),
      open: undefined,
    })
  })

  it('is none without a run, and skips what it does not know', () => {
    expect(readLink('')).toBeUndefined()
    expect(readLink('?x=cfg')).toBeUndefined()
    const odd = readLink('?run=a&x=cfg&y=cfg&filter.seed=sideways&utm=1&.=2')
    expect(odd?.roles).toEqual({ x: 'cfg' })
    expect(odd?.modes.size).toBe(0)
  })

  const rows = (count: number, value = ''): string[] => Array.from({ length: count }, (_, at) => `${value}${at}`)

  it('is never too long for a server: cells are left out first, then selections', () => {
    const cells = new Map(rows(300).map((at) => [JSON.stringify([at, 'a prompt']), '4500']))
    const manyCells = writeLink({ ...LINK, cells })
    expect(manyCells.length).toBeLessThan(8001)
    expect(readLink(manyCells)).toEqual({ ...LINK, cells: new Map() })
    const long = writeLink({ ...LINK, selections: new Map([['row', rows(1000)]]) })
    expect(long.length).toBeLessThan(8001)
    expect(readLink(long)).toEqual({ ...LINK, selections: new Map(), excluded: new Map(), cells: new Map() })
  })

  it('is a step of the history where the arrangement differs, and where a picture is open', () => {
    const step = stepOf(writeLink(LINK))
    const moved = { ...LINK, at: '500', chosen: new Map([['a\nb', 'x']]), cells: new Map(), open: { x: '9' } }
    expect(stepOf(writeLink(moved))).toEqual(step)
    expect(stepOf(writeLink({ ...LINK, open: undefined }))).toEqual({ ...step, isOpen: false })
    const others = [{ roles: {} }, { modes: new Map() }, { selections: new Map() }, { excluded: new Map() }, { run: 'b' }]
    for (const other of others) {
      expect(stepOf(writeLink({ ...LINK, ...other })).arrangement).not.toBe(step.arrangement)
    }
  })
})
