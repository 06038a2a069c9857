// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { computed, effectScope, type EffectScope, nextTick, ref } from 'vue'
import { remember } from '@/state/storage'
import { usePanels } from './panels'

describe('the panels', () => {
  let scope: EffectScope

  beforeEach(() => {
    localStorage.clear()
    scope = effectScope()
  })
  afterEach(() => scope.stop())

  function open(isWide: boolean) {
    const panels = scope.run(() => usePanels({ isWide: computed(() => isWide) }, ref(false)))
    if (!panels) throw new Error('the scope has ended')
    return panels
  }

  it('has room for one on the right', async () => {
    const { checkpoints, jobs } = open(true)
    checkpoints.value = true
    await nextTick()
    jobs.value = true
    await nextTick()
    expect(checkpoints.value).toBe(false)
    checkpoints.value = true
    await nextTick()
    expect(jobs.value).toBe(false)
  })

  it('closes the one on the right first, then a drawer that hides the page', () => {
    for (const isWide of [true, false]) {
      const { drawer, checkpoints, jobs, closeTop } = open(isWide)
      drawer.value = true
      for (const panel of [jobs, checkpoints]) {
        panel.value = true
        closeTop()
        expect(panel.value).toBe(false)
        expect(drawer.value).toBe(true)
      }
      closeTop()
      expect(drawer.value).toBe(isWide)
    }
  })

  it('opens the drawer as it was left, on a small screen never', async () => {
    expect(open(true).drawer.value).toBe(true)
    expect(open(false).drawer.value).toBe(false)
    const { drawer } = open(true)
    drawer.value = false
    await nextTick()
    expect(open(true).drawer.value).toBe(false)
    remember('drawer', true)
    expect(open(false).drawer.value).toBe(false)
  })

  it('remembers the width of the checkpoint panel', async () => {
    const { checkpointsWidth, endWidth } = open(true)
    checkpointsWidth.value = 520
    await nextTick()
    expect(endWidth.value).toBe('520px')
    expect(open(true).checkpointsWidth.value).toBe(520)
  })
})
