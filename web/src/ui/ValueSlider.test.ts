// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import ValueSlider from './ValueSlider.vue'

function render(props: { length: number; position: number; tabbable?: boolean }) {
  return mount(ValueSlider, {
    // Whoever listens decides what the position becomes.
    props: { label: 'checkpoint, all cells', text: '500', 'onUpdate:position': () => undefined, ...props },
  })
}

describe('ValueSlider', () => {
  it('has a name, and the value in words', async () => {
    const wrapper = render({ length: 5, position: 2 })
    const handle = wrapper.get('[role="slider"]')
    expect(handle.attributes()).toMatchObject({ 'aria-label': 'checkpoint, all cells', 'aria-valuetext': '500', tabindex: '0' })
    await wrapper.setProps({ text: '1000' })
    expect(handle.attributes('aria-valuetext')).toBe('1000')
  })

  it('goes by keys no further than its ends', async () => {
    const wrapper = render({ length: 25, position: 12 })
    for (const key of ['ArrowLeft', 'ArrowUp', 'PageUp', 'PageDown', 'Home', 'End']) await wrapper.trigger('keydown', { key })
    await wrapper.setProps({ position: 24 })
    await wrapper.trigger('keydown', { key: 'PageUp' })
    await wrapper.trigger('keydown', { key: 'ArrowLeft', ctrlKey: true })
    expect(wrapper.emitted('update:position')?.flat()).toEqual([11, 13, 22, 2, 0, 24])
  })

  it('stays out of the tab order also when it gets or loses its second value', async () => {
    const wrapper = render({ length: 1, position: 0, tabbable: false })
    const tabindex = () => wrapper.get('[role="slider"]').attributes('tabindex')
    expect(tabindex()).toBe('-1')
    await wrapper.setProps({ length: 2 })
    expect(tabindex()).toBe('-1')
    await wrapper.setProps({ tabbable: true })
    expect(tabindex()).toBe('0')
    await wrapper.setProps({ length: 1 })
    expect(tabindex()).toBe('-1')
  })
})
