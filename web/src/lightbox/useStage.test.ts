// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, type EffectScope, nextTick, shallowRef } from 'vue'
import { type Stage, useStage } from './useStage'

/** Tells of one size, at once. */
class FixedResizeObserver {
  readonly #tell: ResizeObserverCallback
  constructor(tell: ResizeObserverCallback) {
    this.#tell = tell
  }
  observe(): void {
    this.#tell([{ contentRect: { width: 800, height: 600 } } as ResizeObserverEntry], this)
  }
  unobserve(): void {
    // Nothing changes.
  }
  disconnect(): void {
    // Nothing changes.
  }
}

const PIXEL_RATIO = 1
const PREVIEW = { size: { width: 1024, height: 1024 }, isOriginal: false }
const ORIGINAL = { size: { width: 1344, height: 1344 }, isOriginal: true }

describe('the stage', () => {
  let scope: EffectScope
  const shown = shallowRef<typeof PREVIEW>()
  let stage: Stage

  beforeEach(async () => {
    vi.stubGlobal('ResizeObserver', FixedResizeObserver)
    scope = effectScope()
    shown.value = undefined
    const element = shallowRef<HTMLElement | null>(null)
    const made = scope.run(() =>
      useStage({
        element,
        picture: () => shown.value?.size,
        isOriginal: () => shown.value?.isOriginal === true,
        pixelRatio: () => PIXEL_RATIO,
        onBackground: () => undefined,
        onSwipe: () => undefined,
      }),
    )
    if (!made) throw new Error('the scope has ended')
    stage = made
    element.value = document.createElement('div')
    await nextTick()
  })
  afterEach(() => {
    scope.stop()
    vi.unstubAllGlobals()
  })

  it('shows the actual size of the original when a preview stood in as it was asked for', () => {
    shown.value = PREVIEW
    stage.showActualSize()
    expect(stage.zoom.value).toBe(1)
    shown.value = ORIGINAL
    expect(stage.zoom.value).toBe(1)
  })

  it('shows it also when nothing was there yet', () => {
    stage.showActualSize()
    shown.value = PREVIEW
    shown.value = ORIGINAL
    expect(stage.zoom.value).toBe(1)
  })

  it('keeps to the same part of the picture where somebody zoomed otherwise since', () => {
    shown.value = PREVIEW
    stage.showActualSize()
    stage.zoomBy(2)
    shown.value = ORIGINAL
    expect(stage.zoom.value).toBeCloseTo((2 * 1024) / 1344)
  })

  it('shows the whole picture where that was asked for since', () => {
    shown.value = PREVIEW
    stage.showActualSize()
    stage.showFit()
    shown.value = ORIGINAL
    expect(stage.isFit.value).toBe(true)
  })

  it('keeps to the same part of the next picture, whatever its size', () => {
    shown.value = ORIGINAL
    stage.showActualSize()
    shown.value = { size: { width: 672, height: 672 }, isOriginal: true }
    expect(stage.zoom.value).toBe(2)
  })

  it('stays at a place that was looked at in the preview', () => {
    shown.value = PREVIEW
    stage.showActualSize()
    stage.look({ x: 1, y: 0 })
    const place = () => Number(/\) translate\((-?[\d.]+)px/.exec(stage.transform.value)?.[1])
    const before = place() / PREVIEW.size.width
    expect(before).toBeLessThan(0)
    shown.value = ORIGINAL
    expect(stage.zoom.value).toBe(1)
    expect(place() / ORIGINAL.size.width).toBeCloseTo(before)
  })
})
