// Carries out what the state machine of connection.ts asks for, with a real WebSocket and real time.

import { begin, type Connection, type ConnectionEvent, step, untilTick } from './connection'
import { type ControlMessage, type NewsMessage, readMessage } from './messages'

export interface FeedSocketOptions {
  readonly url: string
  readonly onChange: (connection: Connection) => void
  /** Every message that was understood, in order. */
  readonly onMessage: (message: ControlMessage | NewsMessage) => void
}

export class FeedSocket {
  readonly #options: FeedSocketOptions
  #connection: Connection
  #socket: WebSocket | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #stopped = false

  constructor(options: FeedSocketOptions) {
    this.#options = options
    this.#connection = begin(Date.now())
    this.#connect()
    this.#schedule()
  }

  get connection(): Connection {
    return this.#connection
  }

  /** Says something if there is a connection that was greeted; else it is for the caller to say it after the next hello. */
  send(message: object): void {
    if (this.#connection.phase === 'open' && this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify(message))
    }
  }

  take(event: ConnectionEvent): void {
    if (this.#stopped) return
    const before = this.#connection
    const { connection, effect } = step(before, event, Date.now(), Math.random())
    this.#connection = connection
    if (effect === 'drop' || effect === 'reconnect') this.#drop()
    if (effect === 'connect' || effect === 'reconnect') this.#connect()
    // A tick that came too early must not be asked for in no time again and again: timers are coarse.
    if (event.type === 'tick' || connection.phase !== before.phase || effect !== 'none') this.#schedule()
    if (connection !== before) this.#options.onChange(connection)
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#drop()
  }

  #schedule(): void {
    clearTimeout(this.#timer)
    const pause = Math.max(1, untilTick(this.#connection, Date.now()))
    this.#timer = setTimeout(() => this.take({ type: 'tick' }), pause)
  }

  #drop(): void {
    const socket = this.#socket
    this.#socket = undefined
    socket?.close()
  }

  #connect(): void {
    const socket = new WebSocket(this.#options.url)
    this.#socket = socket
    // What an abandoned socket still says is not heard.
    socket.addEventListener('message', ({ data }) => {
      if (this.#socket === socket && typeof data === 'string') this.#hear(data)
    })
    socket.addEventListener('close', () => {
      if (this.#socket !== socket) return
      this.#socket = undefined
      this.take({ type: 'closed' })
    })
  }

  #hear(frame: string): void {
    const message = readMessage(frame)
    const isBeat = message?.type === 'hello' || message?.type === 'heartbeat'
    this.take(isBeat ? message : { type: 'message' })
    if (message) this.#options.onMessage(message)
  }
}

/** Where the feed is, seen from this page. */
export function feedUrl(page: Pick<Location, 'protocol' | 'host'>): string {
  return `${page.protocol === 'https:' ? 'wss' : 'ws'}://${page.host}/api/ws`
}
