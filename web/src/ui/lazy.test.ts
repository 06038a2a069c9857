// @vitest-environment happy-dom
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import { fetchParts, lazyDialog, lazyPart } from './lazy'

const Part = defineComponent({ props: { name: { type: String, required: true } }, setup: (props) => () => h('p', `I am ${props.name}`) })

describe('a lazy part', () => {
  let page: VueWrapper | undefined
  const load = vi.fn<() => Promise<{ default: typeof Part }>>()

  function show(part: typeof Part, onClose?: () => void): VueWrapper {
    page?.unmount()
    return mount(() => h('main', h(part, { name: 'here', onClose })), { attachTo: document.body })
  }

  beforeEach(() => {
    load.mockReset()
    // Vue says there that the code could not be had.
    vi.spyOn(console, 'error').mockReturnValue()
    vi.spyOn(console, 'warn').mockReturnValue()
  })
  afterEach(() => {
    page?.unmount()
    page = undefined
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  it('is there before it is shown, with all others that can be had', async () => {
    const broken = vi.fn(() => Promise.reject(new TypeError('404')))
    lazyPart(broken)
    load.mockResolvedValue({ default: Part })
    lazyPart(load)
    await fetchParts()
    await fetchParts()
    expect(broken).toHaveBeenCalledOnce()
    expect(load).toHaveBeenCalledOnce()
  })

  it('is fetched when it is shown, once', async () => {
    load.mockResolvedValue({ default: Part })
    const Lazy = lazyPart(load)
    expect(load).not.toHaveBeenCalled()
    page = show(Lazy)
    await flushPromises()
    expect(page.text()).toBe('I am here')
    page = show(Lazy)
    expect(page.text()).toBe('I am here')
    expect(load).toHaveBeenCalledOnce()
  })

  it('says that it is on its way when that takes long', async () => {
    vi.useFakeTimers()
    load.mockReturnValue(new Promise(() => undefined))
    page = show(lazyPart(load))
    await vi.runAllTimersAsync()
    expect(page.get('[role="status"]').text()).toBe('Loading')
  })

  it('says how to get it when it cannot be had, and is asked for again', async () => {
    load.mockRejectedValueOnce(new TypeError('404')).mockResolvedValue({ default: Part })
    const Lazy = lazyPart(load)
    page = show(Lazy)
    await flushPromises()
    expect(page.get('[role="alert"]').text()).toContain('Reload the page')
    page = show(Lazy)
    await flushPromises()
    expect(page.text()).toBe('I am here')
  })

  it('is closed as the dialog would be that cannot be had', async () => {
    load.mockRejectedValue(new TypeError('404'))
    const close = vi.fn()
    page = show(lazyDialog(load), close)
    await flushPromises()
    expect(document.querySelector('[role="alert"]')?.textContent).toContain('Reload the page')
    document.querySelector<HTMLElement>('[aria-label="close"]')?.click()
    expect(close).toHaveBeenCalled()
  })
})
