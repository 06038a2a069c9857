import { describe, expect, it } from 'vitest'
import { BOUNDARY_STEPS } from '@/grid/dividers'
import { cellAfter } from '@/grid/gridFocus'
import { lightboxKeys } from '@/lightbox/lightboxKeys'
import { KEY_GROUPS } from './keyList'

const NAMES: Readonly<Record<string, string>> = {
  '←': 'ArrowLeft',
  '→': 'ArrowRight',
  '↑': 'ArrowUp',
  '↓': 'ArrowDown',
  'Page Up': 'PageUp',
  'Page Down': 'PageDown',
  '−': '-',
}

/** The chords that a group lists, named as chordOf does. */
function listed(title: string): string[] {
  const keys = KEY_GROUPS.find((group) => group.title.startsWith(title))?.keys ?? []
  return keys
    .flatMap(([chords]) => chords)
    .map((chord) => {
      const [key, ...modifiers] = chord.split('+').reverse()
      return [...modifiers, NAMES[key ?? ''] ?? key].join('+')
    })
    .sort()
}

describe('the list of keys', () => {
  it('has all keys of the grid', () => {
    const every = ['', 'Ctrl+', 'Shift+'].flatMap((modifier) =>
      [...Object.values(NAMES), 'Home', 'End', 'Delete', ' '].map((key) => `${modifier}${key}`),
    )
    const extent = { columns: 5, rows: 5, page: 2 }
    const bound = every.filter((chord) => cellAfter({ x: 2, y: 2 }, chord, extent) !== undefined)
    // Enter is the button's own.
    expect(listed('Grid')).toEqual([...bound, 'Enter'].sort())
  })

  it('has all keys of a boundary between cells', () => {
    expect(listed('Boundary')).toEqual([...Object.keys(BOUNDARY_STEPS), 'Enter'].sort())
  })

  it('has all keys of the lightbox', () => {
    const nothing = () => undefined
    const bound = Object.keys(lightboxKeys({ step: nothing, stepChoice: nothing, stage: nothing, toggleMetadata: nothing, help: nothing }))
    // `=` is `+` without Shift; help is everywhere.
    expect([...listed('Open image'), '=', '?'].sort()).toEqual(bound.sort())
  })
})
