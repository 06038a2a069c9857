// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import { chordOf, useKeys } from './keys'

const PLAIN = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false }

describe('chordOf', () => {
  it('names modifiers of named keys', () => {
    expect(chordOf({ ...PLAIN, key: 'ArrowUp', shiftKey: true })).toBe('Shift+ArrowUp')
    expect(chordOf({ ...PLAIN, key: 'ArrowLeft', ctrlKey: true })).toBe('Ctrl+ArrowLeft')
    expect(chordOf({ ...PLAIN, key: 'ArrowLeft', metaKey: true })).toBe('Ctrl+ArrowLeft')
  })

  it('leaves Shift out where it only makes the character', () => {
    expect(chordOf({ ...PLAIN, key: '?', shiftKey: true })).toBe('?')
    expect(chordOf({ ...PLAIN, key: '0', ctrlKey: true })).toBe('Ctrl+0')
  })
})

describe('useKeys', () => {
  const KEYS = [' ', 'Enter', 'ArrowLeft', 'Ctrl+ArrowLeft', 'End', 'Escape', '.']
  const pressed = vi.fn<(chord: string) => void>()
  const bindings = Object.fromEntries(KEYS.map((chord) => [chord, () => pressed(chord)]))
  const Page = defineComponent(() => {
    useKeys(bindings)
    return () => h('main')
  })
  const mounted = mount(Page, { attachTo: document.body })
  const page = mounted.element as HTMLElement

  afterAll(() => mounted.unmount())
  afterEach(() => {
    page.replaceChildren()
    for (const dialog of document.querySelectorAll('[role="dialog"]')) dialog.remove()
  })

  /** Which of the keys do something while the focus is in `html`, on what `selector` finds there. */
  function deadIn(html: string, selector = '#it'): string[] {
    pressed.mockReset()
    page.innerHTML = html
    const target = page.querySelector(selector) ?? page
    for (const chord of KEYS) {
      const key = chord.replace('Ctrl+', '')
      target.dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey: key !== chord, bubbles: true, cancelable: true }))
    }
    const alive = pressed.mock.calls.map(([chord]) => chord)
    return KEYS.filter((chord) => !alive.includes(chord))
  }

  it('hears keys wherever nothing uses them', () => {
    expect(deadIn('<p id="it"></p>')).toEqual([])
  })

  it('leaves to a dialog the key that closes it, although it is gone when the page hears of it', () => {
    const dialog = document.createElement('div')
    dialog.setAttribute('role', 'dialog')
    dialog.setAttribute('aria-modal', 'true')
    document.body.append(dialog)
    document.addEventListener('keydown', () => dialog.remove(), { once: true })
    pressed.mockReset()
    page.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))
    expect(pressed).not.toHaveBeenCalled()
    page.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))
    expect(pressed).toHaveBeenCalledOnce()
  })

  it('leaves all keys to text', () => {
    expect(deadIn('<input id="it">')).toEqual(KEYS)
    expect(deadIn('<textarea id="it"></textarea>')).toEqual(KEYS)
    expect(deadIn('<div contenteditable><b id="it"></b></div>')).toEqual(KEYS)
  })

  it('leaves Space and Enter to what they press', () => {
    expect(deadIn('<button><i id="it"></i></button>')).toEqual([' ', 'Enter'])
    expect(deadIn('<div role="checkbox" id="it"></div>')).toEqual([' ', 'Enter'])
    expect(deadIn('<input type="checkbox" id="it">')).toEqual([' ', 'Enter'])
  })

  it('leaves arrows, Home and End to what they move, but not those with Ctrl', () => {
    expect(deadIn('<div role="slider" id="it"></div>')).toEqual(['ArrowLeft', 'End'])
    expect(deadIn('<div role="separator" id="it"></div>')).toEqual(['ArrowLeft', 'End'])
    expect(deadIn('<input type="radio" id="it">')).toEqual([' ', 'Enter', 'ArrowLeft', 'End'])
  })

  it('is dead under a modal dialog, and alive beside one that is not', () => {
    const dialog = document.createElement('div')
    dialog.setAttribute('role', 'dialog')
    document.body.append(dialog)
    expect(deadIn('<p id="it"></p>')).toEqual([])
    dialog.setAttribute('aria-modal', 'true')
    expect(deadIn('<p id="it"></p>')).toEqual(KEYS)
  })

  it('takes no key that another has taken', () => {
    pressed.mockReset()
    page.addEventListener('keydown', (event) => event.preventDefault(), { once: true })
    page.dispatchEvent(new KeyboardEvent('keydown', { key: '.', bubbles: true, cancelable: true }))
    expect(pressed).not.toHaveBeenCalled()
  })
})
