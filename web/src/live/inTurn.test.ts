import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { inTurn } from './inTurn'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('calls that come while one runs share the next one', async () => {
  const finish: (() => void)[] = []
  const task = vi.fn(() => new Promise<void>((resolve) => finish.push(resolve)))
  const call = inTurn(task)
  const done: string[] = []
  void call().then(() => done.push('first'))
  await vi.advanceTimersByTimeAsync(0)
  for (let count = 0; count < 100; count++) void call().then(() => done.push('later'))
  await vi.advanceTimersByTimeAsync(1000)
  expect(task).toHaveBeenCalledTimes(1)
  finish[0]?.()
  await vi.advanceTimersByTimeAsync(1000)
  expect([task.mock.calls.length, done]).toEqual([2, ['first']])
  finish[1]?.()
  await vi.advanceTimersByTimeAsync(0)
  expect(done).toHaveLength(101)
})

it('tells each caller of a failure, and goes on', async () => {
  let fails = true
  const call = inTurn(() => (fails ? Promise.reject(new Error('502')) : Promise.resolve()))
  await expect(call()).rejects.toThrow('502')
  fails = false
  const next = call()
  await vi.advanceTimersByTimeAsync(1000)
  await expect(next).resolves.toBeUndefined()
})
