import { describe, expect, it } from 'vitest'
import { type Link, readLink, writeLink } from './link'

const LINK: Link = {
  run: 'qwen/a run & more',
  roles: { x: 'cfg', slider: 'checkpoint' },
  modes: new Map([['seed', 'single'], ['a.b=c', 'multi'], ['__proto__', 'hide']]),
  selections: new Map([
    ['seed', ['18446744073709551615', '']],
    ['cfg', []],
    ['prompt name', ['50% + "more" #1', 'Übergröße']],
  ]),
  chosen: new Map([['sampler', 'euler'], ['lora', undefined]]),
  at: '4500',
  open: { x: '7', slider: '0' },
}

describe('a link', () => {
  it('says again all that was written', () => {
    const read = readLink(writeLink(LINK))
    expect(read).toEqual(LINK)
    expect(read?.modes).toEqual(LINK.modes)
    expect(read?.selections).toEqual(LINK.selections)
    expect(read?.chosen).toEqual(LINK.chosen)
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
      chosen: new Map(),
      at: undefined,
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
})
