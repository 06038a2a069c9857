// @vitest-environment happy-dom
import { mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import { defineComponent, h, nextTick, ref } from 'vue'
import SidePanel from './SidePanel.vue'

describe('SidePanel', () => {
  let page: VueWrapper
  const show = ref(false)

  afterEach(() => page.unmount())

  function render() {
    show.value = false
    page = mount(
      defineComponent(() => () => [
        h('button', { id: 'opener' }),
        h(
          SidePanel,
          { show: show.value, side: 'right', label: 'Jobs', title: 'Jobs', width: 400, narrow: false, 'onUpdate:show': (to: boolean) => (show.value = to) },
          () => h('button', { id: 'inside' }),
        ),
      ]),
      { attachTo: document.body },
    )
  }
  const element = (selector: string): HTMLElement => {
    const found = document.querySelector<HTMLElement>(selector)
    if (!found) throw new Error(`no ${selector}`)
    return found
  }
  async function open(): Promise<void> {
    element('#opener').focus()
    show.value = true
    await nextTick()
    await nextTick()
  }

  it('leaves the page beside it usable', async () => {
    render()
    await open()
    expect(element('[role="dialog"]').getAttribute('aria-modal')).toBe('false')
    expect(document.activeElement?.id).toBe('opener')
  })

  it('gives the focus back to what opened it, when it has it as it closes', async () => {
    render()
    await open()
    element('#inside').focus()
    element('[aria-label="close"]').click()
    await nextTick()
    expect(show.value).toBe(false)
    expect(document.activeElement?.id).toBe('opener')
  })
})
