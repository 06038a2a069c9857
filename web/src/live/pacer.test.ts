import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Pacer } from './pacer'

/** Whether there are frames. */
let isSeen = true

beforeEach(() => {
  isSeen = true
  vi.useFakeTimers()
  vi.stubGlobal('requestAnimationFrame', (act: () => void) => (isSeen ? setTimeout(act, 16) : 0))
  vi.stubGlobal('cancelAnimationFrame', clearTimeout)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** Something that takes so many milliseconds. */
function taking(milliseconds: number): { pacer: Pacer; acts: number[] } {
  const acts: number[] = []
  const pacer = new Pacer({
    act: () => {
      acts.push(performance.now())
      return new Promise((resolve) => setTimeout(resolve, milliseconds))
    },
  })
  return { pacer, acts }
}

it('acts once for all requests of a frame, and not unasked', async () => {
  const { pacer, acts } = taking(0)
  for (let count = 0; count < 100; count++) pacer.request()
  await vi.advanceTimersByTimeAsync(5000)
  expect(acts).toHaveLength(1)
})

it('takes a fifth of the time at most, however often it is asked', async () => {
  const { pacer, acts } = taking(100)
  const asking = setInterval(() => pacer.request(), 1)
  await vi.advanceTimersByTimeAsync(10_000)
  clearInterval(asking)
  expect(acts.length).toBeGreaterThan(15)
  expect(acts.length).toBeLessThanOrEqual(20)
})

it('acts also where there are no frames', async () => {
  isSeen = false
  const { pacer, acts } = taking(0)
  pacer.request()
  await vi.advanceTimersByTimeAsync(1000)
  expect(acts).toHaveLength(1)
})

it('does nothing more once stopped', async () => {
  const { pacer, acts } = taking(0)
  pacer.request()
  pacer.stop()
  await vi.advanceTimersByTimeAsync(5000)
  expect(acts).toHaveLength(0)
})
