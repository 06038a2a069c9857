import { describe, expect, it, vi } from 'vitest'
import { type LightboxActions, lightboxKeys } from './lightboxKeys'
import type { Stage } from './useStage'

describe('the keys of the lightbox', () => {
  const calls: unknown[][] = []
  const told = (name: string) => (...values: unknown[]) => void calls.push([name, ...values])
  const stage = { showFit: told('fit'), showActualSize: told('actual'), zoomBy: told('zoom'), look: told('look') } as unknown as Stage

  function press(...chords: string[]): unknown[][] {
    calls.length = 0
    const keys = lightboxKeys({
      step: told('step'),
      stepChoice: told('choice'),
      stage: () => stage,
      toggleMetadata: told('metadata'),
      help: told('help'),
    })
    for (const chord of chords) keys[chord]?.()
    return calls
  }

  it('lead to the neighbours along all three, upwards to later checkpoints and earlier rows', () => {
    expect(press('ArrowLeft', 'ArrowRight', 'ArrowDown', 'ArrowUp', 'Shift+ArrowUp', 'Shift+ArrowDown', ',', '.')).toEqual([
      ['step', 'x', -1],
      ['step', 'x', 1],
      ['step', 'slider', -1],
      ['step', 'slider', 1],
      ['step', 'y', -1],
      ['step', 'y', 1],
      ['choice', -1],
      ['choice', 1],
    ])
  })

  it('zoom as far in as out, and look to the side of the arrow', () => {
    const [plus, minus] = press('+', '-')
    expect(Number(plus?.[1]) * Number(minus?.[1])).toBeCloseTo(1)
    expect(press('=')).toEqual([plus])
    expect(press('0', '1', 'Alt+ArrowLeft', 'Alt+ArrowDown', 'i', '?')).toEqual([
      ['fit'],
      ['actual'],
      ['look', { x: -1, y: 0 }],
      ['look', { x: 0, y: 1 }],
      ['metadata'],
      ['help'],
    ])
  })

  it('do nothing to a stage that is not there yet', () => {
    const actions: LightboxActions = { step: vi.fn(), stepChoice: vi.fn(), stage: () => undefined, toggleMetadata: vi.fn(), help: vi.fn() }
    for (const press of Object.values(lightboxKeys(actions))) expect(press).not.toThrow()
  })
})
