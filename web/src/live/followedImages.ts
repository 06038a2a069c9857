import { nextTick, onScopeDispose, shallowRef, type ShallowRef } from 'vue'
import { api } from '@/api/client'
import type { Image } from '@/api/types'
import { FollowedScan, type RunScan } from './followedScan'
import type { Live } from './live'
import type { ImageAdded, ImageRemoved } from './messages'
import { Pacer } from './pacer'

export interface ReadOptions {
  /** Trusts no cache. */
  readonly refresh: boolean
  /** The page catches up with what it may have missed: what is there already is not read again, and values keep their place. */
  readonly isReread: boolean
  readonly signal: AbortSignal
}

export interface FollowedImages {
  /** The images of the run that was read last, as they are by now. */
  readonly scan: ShallowRef<RunScan | undefined>
  /** How many scans have been read. */
  readonly readings: ShallowRef<number>
  /** The images that have come since the run was chosen or this was emptied, the newest last; by path. The last 999. */
  readonly arrivals: ShallowRef<readonly string[]>
  imageAt(path: string): Image | undefined
  /** Reads a run's scan; what is told meanwhile counts too. Throws ApiError or AbortError. */
  read(run: string, options: ReadOptions): Promise<RunScan>
}

export interface FollowedImagesInput {
  readonly live: Pick<Live, 'on'>
  /** The checkpoints of the run by the values of their dimension, in training order. */
  readonly checkpoints: () => readonly string[]
  /** Reads the list of runs again; rejects when that fails. */
  readonly rereadRuns: () => Promise<unknown>
}

type Change = { readonly type: 'added'; readonly body: ImageAdded } | { readonly type: 'removed'; readonly body: ImageRemoved }

const MOST_ARRIVALS = 999

/** Follows the images of the selected run: what the feed tells is put into the scan, at most once a frame. */
export function useFollowedImages({ live, checkpoints, rereadRuns }: FollowedImagesInput): FollowedImages {
  const scan = shallowRef<RunScan>()
  const readings = shallowRef(0)
  const arrivals = shallowRef<readonly string[]>([])
  let followed: FollowedScan | undefined
  /** Of the last scan that was read, as long as nothing has changed since. */
  let etag: string | undefined
  /** What was told since each scan under way was asked for: it may have been read before that. */
  const journals = new Set<Change[]>()
  let come: string[] = []
  /** Whether the list of runs was read for checkpoints that it lacked. */
  let listRead: 'not yet' | 'under way' | 'done' = 'not yet'

  function apply({ type, body }: Change): void {
    if (!followed) return
    if (type === 'added') {
      if (!body.training_run_ids.includes(followed.run)) return
      if (followed.add(body) === 'nothing') return
      come.push(body.path)
    } else if (followed.remove(body.path) === 'nothing') return
    etag = undefined
    pacer.request()
  }

  function publish(): void {
    if (!followed) return
    scan.value = followed.publish(checkpoints())
    if (come.length === 0) return
    const latest = [...arrivals.value, ...come.slice(-MOST_ARRIVALS)].reverse()
    arrivals.value = [...new Set(latest)].slice(0, MOST_ARRIVALS).reverse()
    come = []
  }

  const pacer = new Pacer({
    async act() {
      if (!followed?.isChanged) return
      // A checkpoint has its place in the training: the list of runs knows it, and is read again if it does not yet.
      const isUnknown = followed.lacks(checkpoints())
      if (!isUnknown) listRead = 'not yet'
      else if (listRead === 'under way') return
      else if (listRead === 'not yet') {
        listRead = 'under way'
        void rereadRuns()
          .catch(() => undefined)
          .finally(() => {
            listRead = 'done'
            pacer.request()
          })
        return
      }
      publish()
      await nextTick()
    },
  })

  function take(change: Change): void {
    for (const journal of journals) journal.push(change)
    apply(change)
  }
  live.on('image_added', (body) => take({ type: 'added', body }))
  live.on('image_removed', (body) => take({ type: 'removed', body }))
  onScopeDispose(() => pacer.stop())

  return {
    scan,
    readings,
    arrivals,
    imageAt: (path) => followed?.imageAt(path),
    async read(run, { refresh, isReread, signal }) {
      const journal: Change[] = []
      journals.add(journal)
      try {
        const known = isReread && followed?.run === run ? etag : undefined
        const answer = await api.scan(run, { refresh, known, signal })
        signal.throwIfAborted()
        if (!answer.scan && followed) return followed.scan
        if (!answer.scan) throw new Error('a scan that nobody has is unchanged')
        if (followed?.run === run) {
          come.push(...followed.merge(answer.scan, checkpoints(), isReread))
        } else {
          followed = new FollowedScan({ ...answer.scan, run })
          come = []
          arrivals.value = []
        }
        etag = answer.etag
        for (const change of journal) apply(change)
        publish()
        readings.value++
        return followed.scan
      } finally {
        journals.delete(journal)
      }
    },
  }
}
