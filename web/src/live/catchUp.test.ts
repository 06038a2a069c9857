import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CatchUp } from './catchUp'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function setUp(): { catchUp: CatchUp; states: boolean[] } {
  const states: boolean[] = []
  return { catchUp: new CatchUp({ onChange: (is) => states.push(is) }), states }
}

describe('catching up', () => {
  it('is done when all have read', async () => {
    const { catchUp, states } = setUp()
    let finish = (): void => undefined
    catchUp.add(() => new Promise<void>((resolve) => (finish = resolve)))
    catchUp.add(() => undefined)
    catchUp.begin()
    await vi.advanceTimersByTimeAsync(0)
    expect(states).toEqual([false])
    finish()
    await vi.advanceTimersByTimeAsync(0)
    expect(states).toEqual([false, true])
  })

  it('repeats what failed, after pauses, until it succeeds, and nothing else', async () => {
    const { catchUp, states } = setUp()
    let failures = 3
    const failing = vi.fn(() => (failures-- > 0 ? Promise.reject(new Error('502')) : Promise.resolve()))
    const fine = vi.fn()
    catchUp.add(failing)
    catchUp.add(fine)
    catchUp.begin()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(failing).toHaveBeenCalledTimes(4)
    expect(fine).toHaveBeenCalledTimes(1)
    expect(states).toEqual([false, true])
  })

  it('begins anew with the next gap: what was read before does not count', async () => {
    const { catchUp, states } = setUp()
    const finish: (() => void)[] = []
    catchUp.add(() => new Promise<void>((resolve) => finish.push(resolve)))
    catchUp.begin()
    catchUp.begin()
    finish[0]?.()
    await vi.advanceTimersByTimeAsync(0)
    expect(states).toEqual([false, false])
    finish[1]?.()
    await vi.advanceTimersByTimeAsync(0)
    expect(states).toEqual([false, false, true])
  })

  it('waits for nobody who has left', async () => {
    const { catchUp, states } = setUp()
    const leave = catchUp.add(() => Promise.reject(new Error('gone')))
    catchUp.begin()
    await vi.advanceTimersByTimeAsync(0)
    leave()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(states).toEqual([false, true])
  })

  it('does nothing more once stopped', async () => {
    const { catchUp } = setUp()
    const failing = vi.fn(() => Promise.reject(new Error('502')))
    catchUp.add(failing)
    catchUp.begin()
    catchUp.stop()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(failing).toHaveBeenCalledTimes(1)
  })
})
