// The life of the connection to the live feed, as a pure state machine: what the socket, the clock and the browser tell
// goes in, what is to be done with the socket comes out. Times are milliseconds since 1970.

/** Nothing heard for so long: the connection is dead, whatever the socket says. The feed has a heartbeat every 20 s. */
export const SILENCE_MS = 45_000
/** An attempt that has brought no hello by then is given up. */
export const ATTEMPT_MS = 10_000
/** Somebody looks again (tab shown, network back): a heartbeat should have come by then. */
const DOUBT_MS = 30_000
/** A connection that lasted less is no success: a feed that dies at once is not asked over and over. */
const STEADY_MS = 5_000
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 15_000
/** Failed attempts in a row after which nobody should expect the next one to succeed. */
export const MANY_TRIES = 5

export type Connection =
  | {
      readonly phase: 'opening'
      readonly began: number
      /** Failed attempts in a row. */
      readonly tries: number
      /** When the last connection was lost, or the first attempt was made. */
      readonly lostAt: number
      /** There was a connection before. */
      readonly wasOpen: boolean
    }
  | {
      readonly phase: 'waiting'
      readonly until: number
      readonly tries: number
      readonly lostAt: number
      readonly wasOpen: boolean
    }
  | {
      readonly phase: 'open'
      readonly openedAt: number
      readonly heardAt: number
      readonly tries: number
      /** The feed says that it looks for changes at this moment, since when. */
      readonly watching: boolean
      readonly watchingSince: number
    }

export type ConnectionEvent =
  | { readonly type: 'hello' | 'heartbeat'; readonly watching: boolean }
  /** Any other message. */
  | { readonly type: 'message' }
  /** The socket has closed, or could not be opened. */
  | { readonly type: 'closed' }
  /** Time has passed. */
  | { readonly type: 'tick' }
  /** The browser is online again, or the page in sight. */
  | { readonly type: 'wake' }
  /** The browser says that it is offline. A server on this very machine is not: trying tells. */
  | { readonly type: 'offline' }

/** What to do with the socket: give up the one there is, open another. */
export type Effect = 'none' | 'drop' | 'connect' | 'reconnect'

export interface Step {
  readonly connection: Connection
  readonly effect: Effect
}

/** How long to wait after so many failed attempts; `random` of 0 to 1 keeps a crowd of browsers apart. */
export function pauseAfter(tries: number, random: number): number {
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(tries, 10))
  return longest * (0.5 + random / 2)
}

export function begin(now: number): Connection {
  return { phase: 'opening', began: now, tries: 0, lostAt: now, wasOpen: false }
}

interface Loss {
  readonly tries: number
  readonly lostAt: number
  readonly wasOpen: boolean
}

function lossOf(connection: Connection, now: number): Loss {
  if (connection.phase !== 'open') return connection
  const wasSteady = now - connection.openedAt >= STEADY_MS
  return { tries: wasSteady ? 0 : connection.tries, lostAt: now, wasOpen: true }
}

function open(loss: Loss, now: number): Connection {
  return { phase: 'opening', began: now, tries: loss.tries, lostAt: loss.lostAt, wasOpen: loss.wasOpen }
}

function pause(loss: Loss, now: number, random: number): Connection {
  return {
    phase: 'waiting',
    until: now + pauseAfter(loss.tries, random),
    tries: loss.tries + 1,
    lostAt: loss.lostAt,
    wasOpen: loss.wasOpen,
  }
}

/** Milliseconds gone by since `then`; a clock that was set back makes none. */
function since(then: number, now: number): number {
  return Math.max(0, now - then)
}

function hear(connection: Connection, event: ConnectionEvent, now: number): Step {
  if (connection.phase === 'open') {
    const watching = 'watching' in event ? event.watching : connection.watching
    const watchingSince = watching === connection.watching ? connection.watchingSince : now
    return { connection: { ...connection, heardAt: now, watching, watchingSince }, effect: 'none' }
  }
  if (event.type !== 'hello' || connection.phase !== 'opening') return { connection, effect: 'none' }
  const { watching } = event
  return {
    connection: { phase: 'open', openedAt: now, heardAt: now, tries: connection.tries, watching, watchingSince: now },
    effect: 'none',
  }
}

function tick(connection: Connection, now: number, random: number): Step {
  const loss = lossOf(connection, now)
  switch (connection.phase) {
    case 'open':
      if (since(connection.heardAt, now) >= SILENCE_MS) return { connection: open(loss, now), effect: 'reconnect' }
      // The clock was set back: silence counts from here.
      if (now < connection.heardAt) return { connection: { ...connection, heardAt: now }, effect: 'none' }
      return { connection, effect: 'none' }
    case 'opening':
      if (since(connection.began, now) < ATTEMPT_MS && now >= connection.began) return { connection, effect: 'none' }
      return { connection: pause(loss, now, random), effect: 'drop' }
    case 'waiting':
      if (now < connection.until && connection.until - now <= LONGEST_PAUSE_MS) return { connection, effect: 'none' }
      return { connection: open(loss, now), effect: 'connect' }
  }
}

function wake(connection: Connection, now: number): Step {
  const loss = lossOf(connection, now)
  if (connection.phase === 'waiting') return { connection: open(loss, now), effect: 'connect' }
  const isDoubtful = connection.phase === 'open' && since(connection.heardAt, now) >= DOUBT_MS
  return isDoubtful ? { connection: open(loss, now), effect: 'reconnect' } : { connection, effect: 'none' }
}

export function step(connection: Connection, event: ConnectionEvent, now: number, random: number): Step {
  switch (event.type) {
    case 'closed':
      if (connection.phase === 'waiting') return { connection, effect: 'none' }
      return { connection: pause(lossOf(connection, now), now, random), effect: 'none' }
    case 'tick':
      return tick(connection, now, random)
    case 'wake':
      return wake(connection, now)
    case 'offline':
      if (connection.phase !== 'open') return { connection, effect: 'none' }
      return { connection: open(lossOf(connection, now), now), effect: 'reconnect' }
    default:
      return hear(connection, event, now)
  }
}

/** A machine that slept has a clock that jumped: it is looked at more often than anything is due. */
const CHECK_MS = 5_000

function dueAt(connection: Connection): number {
  switch (connection.phase) {
    case 'open':
      return connection.heardAt + SILENCE_MS
    case 'opening':
      return connection.began + ATTEMPT_MS
    case 'waiting':
      return connection.until
  }
}

/** In how many milliseconds the next tick is to come. */
export function untilTick(connection: Connection, now: number): number {
  return Math.min(Math.max(dueAt(connection) - now, 0), CHECK_MS)
}
