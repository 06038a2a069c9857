// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, type EffectScope, nextTick, ref } from 'vue'
import type { TrainingRun } from '@/api/types'
import { includeValues, selectOnly } from '@/domain/filters'
import { combinations, scanOf } from '@/domain/fixtures'
import { readStart, useNavigation } from './navigation'
import { useOpenImage } from './openImage'
import type { TrainingRuns } from './trainingRuns'
import { useView } from './view'

/** So long that no URL names half of them. */
const SEEDS = Array.from({ length: 300 }, (_, at) => `${at}${'0'.repeat(60)}`)
const SCANS = new Map([
  ['harbour', scanOf(combinations({ checkpoint: ['500', '1000'], cfg: ['1', '4', '7'], seed: SEEDS }))],
  ['lantern', scanOf(combinations({ checkpoint: ['10', '20'], cfg: ['1', '2'], prompt_name: ['forest', 'market'] }))],
])

/** A tab's history as browsers keep it: happy-dom's forgets what is ahead when an entry is replaced, and travels at once. */
function fakeHistory() {
  const real = window.history
  const entries: { state: unknown; url: string }[] = [{ state: null, url: location.href }]
  let at = 0
  function show(): void {
    real.replaceState(null, '', entries[at]?.url)
  }
  function travel(by: number): void {
    setTimeout(() => {
      if (!entries[at + by]) return
      at += by
      show()
      window.dispatchEvent(new PopStateEvent('popstate', { state: entries[at]?.state }))
    })
  }
  return {
    get state() {
      return entries[at]?.state
    },
    get length() {
      return entries.length
    },
    pushState(state: unknown, _: string, url: string) {
      entries.splice(++at, Infinity, { state: structuredClone(state), url })
      show()
    },
    replaceState(state: unknown, _: string, url: string) {
      entries[at] = { state: structuredClone(state), url }
      show()
    },
    back: () => travel(-1),
    forward: () => travel(1),
  }
}

describe('the history', () => {
  let scope: EffectScope

  beforeEach(() => {
    vi.useFakeTimers()
    localStorage.clear()
    sessionStorage.clear()
    history.replaceState(null, '', '/?run=harbour')
    vi.stubGlobal('history', fakeHistory())
    scope = effectScope()
  })
  afterEach(() => {
    scope.stop()
    vi.unstubAllGlobals()
    vi.useRealTimers()
  })

  /** The page as it is when it has been loaded. */
  function load() {
    const start = readStart()
    const id = ref(start.run ?? '')
    const scan = () => {
      const found = SCANS.get(id.value)
      return found && { run: id.value, ...found }
    }
    const runs = {
      get selected() {
        return { value: { id: id.value } as TrainingRun }
      },
      follow: (to: string) => (id.value = to),
    }
    const view = useView(scan, () => id.value, start.view)
    const image = useOpenImage(view, { revealed: ref() })
    image.values.value = start.open
    useNavigation(runs as unknown as TrainingRuns, view, image)
    return { id, view, image }
  }
  async function open() {
    const page = scope.run(load)
    if (!page) throw new Error('the scope has ended')
    await settle()
    const dimension = (name: string) => {
      const found = page.view.catalog.value?.dimensions.find((each) => each.name === name)
      if (!found) throw new Error(`no dimension ${name}`)
      return found
    }
    return { ...page, dimension }
  }
  /** Until the page shows its entry, and the entry what the page shows. */
  async function settle(): Promise<void> {
    await nextTick()
    vi.runAllTimers()
    await nextTick()
    vi.runAllTimers()
  }
  async function back(): Promise<void> {
    history.back()
    await settle()
  }
  async function forward(): Promise<void> {
    history.forward()
    await settle()
  }

  it('takes a filter back and repeats it', async () => {
    const { view, dimension } = await open()
    const before = history.length
    view.select(dimension('cfg'), (selections) => selectOnly(selections, dimension('cfg'), '4'))
    await settle()
    expect(history.length).toBe(before + 1)
    expect(location.search).toContain('only.cfg=4')
    await back()
    expect(view.selections.value.get('cfg')).toBeUndefined()
    await forward()
    expect(view.selections.value.get('cfg')).toEqual(['4'])
  })

  it('keeps a filter that is too long for a URL as a step of its own', async () => {
    const { view, dimension } = await open()
    const before = history.length
    const seed = dimension('seed')
    const half = SEEDS.slice(0, SEEDS.length / 2)
    view.select(seed, (selections) => includeValues(selections, seed, half, false))
    await settle()
    expect(location.search).not.toMatch(/(only|not)\.seed/)
    expect(history.length).toBe(before + 1)
    view.select(seed, (selections) => includeValues(selections, seed, half.slice(0, 1), true))
    await settle()
    expect(history.length).toBe(before + 2)
    await back()
    expect(view.selections.value.get('seed')).toHaveLength(150)
    await back()
    expect(view.selections.value.get('seed')).toBeUndefined()
    // To have come back is no step: what was ahead still is.
    await forward()
    await forward()
    expect(view.selections.value.get('seed')).toHaveLength(151)
  })

  it('moves the slider within a step', async () => {
    const { view } = await open()
    const before = history.length
    view.moveAll(0)
    await settle()
    expect(history.length).toBe(before)
    expect(location.search).toContain('at=500')
  })

  it('closes the picture with Back, and leaves the slider where it was moved in front of the grid', async () => {
    const { view, image } = await open()
    image.open({ x: 0, y: 0 })
    await settle()
    const { place } = image
    if (!place.value) throw new Error('no picture is open')
    image.moveTo({ ...place.value, slider: 0 })
    await settle()
    await back()
    expect(place.value).toBeUndefined()
    expect(view.stored.value.cells.size).toBe(1)
    await forward()
    expect(place.value.slider).toBe(0)
  })

  it('goes back when the picture is closed, rather than on', async () => {
    const { image } = await open()
    const { search } = location
    image.open({ x: 0, y: 0 })
    await settle()
    expect(location.search).toContain('open=1')
    const { length } = history
    image.close()
    await settle()
    expect(location.search).toBe(search)
    image.open({ x: 1, y: 0 })
    await settle()
    expect(history.length).toBe(length)
  })

  it('returns to the run before', async () => {
    const { id, view } = await open()
    view.moveAll(0)
    await settle()
    id.value = 'lantern'
    await settle()
    expect(location.search).toContain('run=lantern')
    await back()
    expect(id.value).toBe('harbour')
    expect(location.search).toContain('at=500')
    await forward()
    expect(id.value).toBe('lantern')
  })
})
