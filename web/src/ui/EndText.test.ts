// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import EndText from './EndText.vue'

const parts = (text: string, end: number) => mount(EndText, { props: { text, end } }).findAll('span > span').map((part) => part.text())

it('keeps the end of a name apart from what may give way', () => {
  expect(parts('portrait-step00004500', 8)).toEqual(['portrait-step', '00004500'])
  expect(parts('portrait', 8)).toEqual(['portrait'])
  expect(parts('my portrait', 8)).toEqual(['my portrait'])
})

it('cuts between characters, and is read as one word', () => {
  const wrapper = mount(EndText, { props: { text: 'abcdef🙂gh', end: 3 } })
  expect(wrapper.find('.tail').text()).toBe('🙂gh')
  expect(wrapper.attributes('aria-label')).toBe('abcdef🙂gh')
  expect(wrapper.text()).toBe('abcdef🙂gh')
})
