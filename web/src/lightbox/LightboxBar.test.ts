// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import LightboxBar from './LightboxBar.vue'

it('the lightbox tells a screen reader of each image that comes, whole', async () => {
  const bar = mount(LightboxBar, { props: { title: 'cfg 1, checkpoint 500', choice: '', stage: undefined, metadataOpen: false } })
  const region = bar.get('[aria-live="polite"]')
  expect(region.attributes('aria-atomic')).toBe('true')
  // What is told of is a change within an element that stays.
  const { element } = region
  await bar.setProps({ title: 'cfg 4, checkpoint 500', choice: 'seed 421' })
  expect(bar.get('[aria-live="polite"]').element).toBe(element)
  expect([...element.children].map(({ textContent }) => textContent)).toEqual(['cfg 4, checkpoint 500', 'seed 421'])
})
