// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import type { Difference } from './fields'
import MetadataDifferences from './MetadataDifferences.vue'

const FOUND: readonly Difference[] = [
  { key: 'ss_steps', one: '3000', other: '1000' },
  { key: 'ss_note', one: '', other: undefined },
]

function render(differences: readonly Difference[], search: string) {
  return mount(MetadataDifferences, { props: { differences, search, one: '3000', other: '1000' } })
}

describe('MetadataDifferences', () => {
  it('shows each key with both values, and what one file lacks', () => {
    const wrapper = render(FOUND, '')
    expect(wrapper.findAll('dt').map((key) => key.text())).toEqual(['ss_steps', 'ss_note'])
    expect(wrapper.findAll('dd .text').map((value) => value.text())).toEqual(['3000', '1000', '(empty)', 'not there'])
  })

  it('tells files that say the same from a search without hits', () => {
    expect(render([], 'steps').text()).toBe('These two files say the same.')
    expect(render(FOUND, 'STEPS').findAll('dt')).toHaveLength(1)
    const nothing = render(FOUND, ' zebra ').text()
    expect(nothing).toContain('contains “ zebra ”')
    expect(nothing).not.toContain('say the same')
  })
})
