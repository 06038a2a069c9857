import { describe, expect, it } from 'vitest'
import {
  ATTEMPT_MS,
  begin,
  type Connection,
  type ConnectionEvent,
  type Effect,
  MANY_TRIES,
  pauseAfter,
  SILENCE_MS,
  step,
  untilTick,
} from './connection'

const START = 1_000_000
const HELLO = { type: 'hello', watching: true } as const

/** A connection with a clock that its tests move. */
class Run {
  now = START
  connection: Connection = begin(START)
  effects: Effect[] = []

  take(event: ConnectionEvent, random = 0.5): this {
    const { connection, effect } = step(this.connection, event, this.now, random)
    this.connection = connection
    if (effect !== 'none') this.effects.push(effect)
    return this
  }
  after(milliseconds: number): this {
    this.now += milliseconds
    return this.take({ type: 'tick' })
  }
  /** What was asked for since the last time. */
  done(): Effect[] {
    return this.effects.splice(0)
  }
  get phase(): string {
    return this.connection.phase
  }
}

const opened = (): Run => new Run().take(HELLO)

describe('connecting', () => {
  it('is open with hello, and not before', () => {
    const run = new Run().take({ type: 'message' }).take({ type: 'heartbeat', watching: true })
    expect(run.phase).toBe('opening')
    expect(run.take(HELLO).phase).toBe('open')
  })

  it('gives up an attempt that brings no hello, and makes another after a pause', () => {
    const run = new Run().after(ATTEMPT_MS - 1)
    expect(run.done()).toEqual([])
    run.after(1)
    expect([run.phase, run.done()]).toEqual(['waiting', ['drop']])
    run.after(500)
    expect([run.phase, run.done()]).toEqual(['opening', ['connect']])
  })

  it('pauses longer after each failure, to a limit, and never in step with others', () => {
    const longest = Array.from({ length: 8 }, (_, tries) => pauseAfter(tries, 1))
    expect(longest).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000])
    expect(pauseAfter(3, 0)).toBe(2000)
    expect(pauseAfter(5000, 1)).toBe(15_000)
  })

  it('counts failures in a row', () => {
    const run = new Run()
    for (let tries = 0; tries < MANY_TRIES; tries++) run.take({ type: 'closed' }).after(15_000)
    expect(run.connection).toMatchObject({ phase: 'opening', tries: MANY_TRIES, lostAt: START, wasOpen: false })
  })

  it('tries at once when the network is back or somebody looks', () => {
    const run = new Run().take({ type: 'closed' }).take({ type: 'wake' })
    expect([run.phase, run.done()]).toEqual(['opening', ['connect']])
    expect(run.take({ type: 'wake' }).done()).toEqual([])
  })
})

describe('an open connection', () => {
  it('is given up after silence, and whatever is heard ends silence', () => {
    const run = opened().after(SILENCE_MS - 1).take({ type: 'message' }).after(SILENCE_MS - 1)
    expect(run.phase).toBe('open')
    run.after(1)
    expect([run.phase, run.done()]).toEqual(['opening', ['reconnect']])
    expect(run.connection).toMatchObject({ tries: 0, wasOpen: true, lostAt: run.now })
  })

  it('is doubted when somebody looks and no heartbeat came', () => {
    const run = opened()
    run.now += 29_000
    expect(run.take({ type: 'wake' }).done()).toEqual([])
    run.now += 1_000
    expect(run.take({ type: 'wake' }).done()).toEqual(['reconnect'])
  })

  it('is tried anew when the browser says that it is offline', () => {
    expect(opened().take({ type: 'offline' }).done()).toEqual(['reconnect'])
  })

  it('knows since when the feed watches', () => {
    const run = opened()
    run.now += 10
    run.take({ type: 'heartbeat', watching: false })
    expect(run.connection).toMatchObject({ watching: false, watchingSince: START + 10 })
    run.now += 10
    run.take({ type: 'message' }).take({ type: 'heartbeat', watching: false })
    expect(run.connection).toMatchObject({ watching: false, watchingSince: START + 10, heardAt: START + 20 })
  })

  it('that lasted begins with short pauses when it is lost, one that died at once does not', () => {
    const steady = opened().after(5_000).take({ type: 'closed' })
    expect(steady.connection).toMatchObject({ phase: 'waiting', tries: 1, until: steady.now + pauseAfter(0, 0.5) })
    const run = new Run()
    for (let tries = 0; tries < 4; tries++) run.take(HELLO).take({ type: 'closed' }).after(15_000)
    expect(run.connection).toMatchObject({ phase: 'opening', tries: 4 })
  })
})

describe('a clock that jumps', () => {
  it('forwards, as in sleep, is silence', () => {
    expect(opened().after(3_600_000).done()).toEqual(['reconnect'])
  })

  it('backwards never makes it wait for the time to come again', () => {
    const run = opened()
    run.now -= 3_600_000
    run.take({ type: 'tick' }).after(SILENCE_MS)
    expect(run.done()).toEqual(['reconnect'])
    run.now -= 3_600_000
    run.take({ type: 'tick' })
    expect(run.phase).toBe('waiting')
    run.now -= 3_600_000
    run.take({ type: 'tick' })
    expect(run.phase).toBe('opening')
  })

  it('is looked at every few seconds', () => {
    expect(untilTick(opened().connection, START)).toBe(5_000)
    expect(untilTick(opened().connection, START + SILENCE_MS - 300)).toBe(300)
    expect(untilTick(opened().connection, START + SILENCE_MS + 300)).toBe(0)
  })
})
