// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { shallowRef } from 'vue'
import type { Dimension } from '@/api/types'
import { passingValues, type Selections } from '@/domain/filters'
import { dimension } from '@/domain/fixtures'
import * as app from '@/state/app'
import DimensionFilter from './DimensionFilter.vue'

const MANY = dimension('seed', ...Array.from({ length: 24 }, (_, at) => `${at}`))

describe('DimensionFilter', () => {
  afterEach(() => vi.restoreAllMocks())

  function render(of: Dimension, mode: 'single' | 'multi') {
    const selections = shallowRef<Selections>(new Map())
    const view = {
      selections,
      select: (_: Dimension, change: (selections: Selections) => Selections) => {
        selections.value = change(selections.value)
      },
    }
    const viewport = { isCoarse: shallowRef(false) }
    vi.spyOn(app, 'useAppState').mockReturnValue({ view, viewport } as unknown as app.AppState)
    const passing = () => passingValues(of, mode, selections.value)
    const wrapper = mount(DimensionFilter, { props: { dimension: of, mode, passing: passing() } })
    const button = (name: string) => {
      const found = wrapper.findAll('button').find((each) => each.text() === name)
      if (!found) throw new Error(`no button ${name}`)
      return found.trigger('click')
    }
    return { wrapper, passing, button }
  }

  it('includes and excludes only what a search finds', async () => {
    const { wrapper, passing, button } = render(MANY, 'multi')
    await button('None')
    await wrapper.get('input').setValue('2')
    await button('All found')
    expect(passing()).toEqual(['2', '12', '20', '21', '22', '23'])
    await wrapper.get('input').setValue('22')
    await button('None of those found')
    expect(passing()).toEqual(['2', '12', '20', '21', '23'])
    await wrapper.get('input').setValue('zebra')
    expect(wrapper.text()).toContain('No value contains “zebra”')
  })

  it('ticks all between two boxes with Shift', async () => {
    const { wrapper, passing, button } = render(dimension('cfg', '1', '2', '3', '4', '5'), 'multi')
    await button('None')
    const tick = (at: number, shiftKey: boolean) => wrapper.findAll('[role="checkbox"]')[at]?.trigger('click', { shiftKey })
    await tick(3, false)
    await wrapper.setProps({ passing: passing() })
    await tick(1, true)
    expect(passing()).toEqual(['2', '3', '4'])
  })

  it('says of one value that it is empty, single or multi', () => {
    const of = dimension('lora', '', 'soft')
    expect(render(of, 'single').wrapper.findAll('li')[0]?.text()).toBe('(empty)')
    expect(render(of, 'multi').wrapper.findAll('li')[0]?.text()).toBe('(empty)')
  })
})
