// What to say about the feed: whether the page shows what is on the disk at this moment.

import { type Connection, MANY_TRIES } from './connection'

export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'offline'

export interface LiveStatus {
  readonly state: LiveState
  /** Since when, in milliseconds since 1970. */
  readonly since: number
  /** In a sentence for the user: what it means, without the time. */
  readonly detail: string
}

export interface LiveFacts {
  readonly connection: Connection
  /** The browser does not say that it is offline. */
  readonly isOnline: boolean
  /** Everything was read again since the last gap; when that came to be, or ceased. */
  readonly isCurrent: boolean
  readonly currentSince: number
}

export function statusOf({ connection, isOnline, isCurrent, currentSince }: LiveFacts): LiveStatus {
  if (connection.phase === 'open') {
    if (!connection.watching) {
      return {
        state: 'reconnecting',
        since: connection.watchingSince,
        detail: 'The server is starting to watch the directories. New images appear as soon as it does.',
      }
    }
    const since = Math.max(currentSince, connection.watchingSince)
    return isCurrent
      ? { state: 'live', since, detail: 'New images appear by themselves.' }
      : { state: 'reconnecting', since, detail: 'Reading what may have been missed.' }
  }
  const { lostAt: since, tries, wasOpen } = connection
  if (!isOnline) {
    return { state: 'offline', since, detail: 'This device is offline. What is shown may be out of date.' }
  }
  if (tries >= MANY_TRIES) {
    return {
      state: 'offline',
      since,
      detail: 'The server does not answer. What is shown may be out of date; the page keeps trying.',
    }
  }
  return wasOpen
    ? { state: 'reconnecting', since, detail: 'The connection was lost. Nothing new appears until it is back.' }
    : { state: 'connecting', since, detail: 'Connecting to the live feed.' }
}
