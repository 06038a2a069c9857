import { computed, getCurrentScope, onScopeDispose, ref, shallowRef, watch, type ComputedRef } from 'vue'
import { CatchUp, type GapHandler } from './catchUp'
import { FeedSocket, feedUrl } from './feedSocket'
import type { ControlMessage, LiveMessages, LiveType, NewsMessage } from './messages'
import { type LiveStatus, statusOf } from './status'
import { WatchedRun } from './watchedRun'

export interface Live {
  readonly status: ComputedRef<LiveStatus>
  /**
   * Calls `handler` with every message of a type, as it comes. Ends with the scope it is called in, or when the function that
   * it returns is called.
   */
  on<Type extends LiveType>(type: Type, handler: (message: LiveMessages[Type]) => void): () => void
  /**
   * Calls `handler` whenever something may have been missed: after each connection, the first included, and when the feed
   * says so. It reads again what its owner shows. What it returns is waited for; if that rejects, it is called again
   * after a pause. The state is `live` only when all have succeeded. Ends as `on` does.
   */
  onGap(handler: GapHandler): () => void
  /** Calls a handler as after a gap, this one alone: some of what it reads has changed. */
  missed(handler: GapHandler): void
  /**
   * Narrows the messages about images to one training run. `onMissed` is called when some about this run may have been missed
   * because another one was watched until now.
   */
  watchRun(id: () => string | undefined, onMissed: () => void): void
}

type Handler = (message: never) => void

/** Who is behind for no longer than this is not said to be. */
const MOMENT_MS = 1_000

/** The connection of this page to the live feed, from now until its scope ends. */
export function useLive(): Live {
  const handlers = new Map<LiveType, Set<Handler>>()
  const isOnline = ref(navigator.onLine)
  const isCurrent = shallowRef({ is: false, since: Date.now() })
  let behindTimer: ReturnType<typeof setTimeout> | undefined
  function setCurrent(is: boolean): void {
    clearTimeout(behindTimer)
    if (isCurrent.value.is !== is) isCurrent.value = { is, since: Date.now() }
  }
  const catchUp = new CatchUp({
    onChange(is) {
      clearTimeout(behindTimer)
      if (is) setCurrent(true)
      else behindTimer = setTimeout(() => setCurrent(false), MOMENT_MS)
    },
  })

  let missedRun: (() => void) | undefined
  const watchedRun = new WatchedRun({
    ask: (run) => socket.send({ type: 'watch', training_run_id: run }),
    onMissed: () => missedRun?.(),
  })

  function control(message: ControlMessage): void {
    switch (message.type) {
      case 'hello':
        watchedRun.hello()
        catchUp.begin()
        break
      case 'resync':
        catchUp.begin()
        break
      case 'watched':
        watchedRun.watched(message.training_run_id)
        break
      case 'error':
        if (message.code === 'unknown_training_run') watchedRun.refused()
        break
      case 'heartbeat':
        break
    }
  }
  function isNews(message: ControlMessage | NewsMessage): message is NewsMessage {
    return 'body' in message
  }

  const connection = shallowRef<FeedSocket['connection']>()
  const socket = new FeedSocket({
    url: feedUrl(location),
    onChange(next) {
      const before = connection.value
      const isSame = before?.phase === 'open' && next.phase === 'open' && before.watching === next.watching
      if (!isSame) connection.value = next
      if (next.phase === 'open') return
      catchUp.stop()
      setCurrent(false)
    },
    onMessage(message) {
      if (!isNews(message)) {
        control(message)
        return
      }
      if (message.type === 'training_runs_changed') watchedRun.runsChanged()
      for (const handler of [...(handlers.get(message.type) ?? [])]) handler(message.body as never)
    },
  })
  connection.value = socket.connection

  function wake(): void {
    isOnline.value = navigator.onLine
    if (document.visibilityState === 'visible') socket.take({ type: 'wake' })
  }
  function goOffline(): void {
    isOnline.value = false
    socket.take({ type: 'offline' })
  }
  window.addEventListener('online', wake)
  window.addEventListener('offline', goOffline)
  window.addEventListener('pageshow', wake)
  document.addEventListener('visibilitychange', wake)
  onScopeDispose(() => {
    window.removeEventListener('online', wake)
    window.removeEventListener('offline', goOffline)
    window.removeEventListener('pageshow', wake)
    document.removeEventListener('visibilitychange', wake)
    catchUp.stop()
    clearTimeout(behindTimer)
    socket.stop()
  })

  function untilScopeEnds(end: () => void): () => void {
    if (getCurrentScope()) onScopeDispose(end)
    return end
  }

  return {
    status: computed(() =>
      statusOf({
        connection: connection.value ?? socket.connection,
        isOnline: isOnline.value,
        isCurrent: isCurrent.value.is,
        currentSince: isCurrent.value.since,
      }),
    ),
    on(type, handler) {
      const ofType = handlers.get(type) ?? new Set()
      handlers.set(type, ofType)
      ofType.add(handler)
      return untilScopeEnds(() => void ofType.delete(handler))
    },
    onGap: (handler) => untilScopeEnds(catchUp.add(handler)),
    missed(handler) {
      if (socket.connection.phase === 'open') catchUp.beginOne(handler)
    },
    watchRun(id, onMissed) {
      missedRun = onMissed
      watch(id, (run) => watchedRun.want(run), { immediate: true, flush: 'sync' })
    },
  }
}
