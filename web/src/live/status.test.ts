import { describe, expect, it } from 'vitest'
import { begin, type Connection, MANY_TRIES } from './connection'
import { type LiveFacts, statusOf } from './status'

const OPEN: Connection = { phase: 'open', openedAt: 10, heardAt: 50, tries: 0, watching: true, watchingSince: 20 }
const LOST: Connection = { phase: 'waiting', until: 99, tries: 1, lostAt: 70, wasOpen: true }
const facts = (over: Partial<LiveFacts>): LiveFacts => ({ connection: OPEN, isOnline: true, isCurrent: true, currentSince: 30, ...over })

describe('the state of the feed', () => {
  it('is live only with a connection, a feed that watches, and everything read again', () => {
    expect(statusOf(facts({}))).toMatchObject({ state: 'live', since: 30 })
    expect(statusOf(facts({ isCurrent: false })).state).toBe('reconnecting')
    expect(statusOf(facts({ connection: { ...OPEN, watching: false } }))).toMatchObject({ state: 'reconnecting', since: 20 })
    expect(statusOf(facts({ connection: LOST })).state).toBe('reconnecting')
  })

  it('is offline after many failures, or when the device is', () => {
    expect(statusOf(facts({ connection: { ...LOST, tries: MANY_TRIES - 1 } })).state).toBe('reconnecting')
    expect(statusOf(facts({ connection: { ...LOST, tries: MANY_TRIES } }))).toMatchObject({ state: 'offline', since: 70 })
    expect(statusOf(facts({ connection: LOST, isOnline: false })).state).toBe('offline')
    // The browser thinks it is offline, but this server is within reach.
    expect(statusOf(facts({ isOnline: false })).state).toBe('live')
  })

  it('has not been lost before it was there', () => {
    expect(statusOf(facts({ connection: begin(5) })).state).toBe('connecting')
  })
})
