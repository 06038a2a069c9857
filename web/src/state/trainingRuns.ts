import { computed, ref, shallowRef, watch, type ComputedRef, type Ref } from 'vue'
import { api } from '@/api/client'
import type { TrainingRun } from '@/api/types'
import { hasRenamed, keepUnchanged, mostSampled } from '@/domain/runs'
import { type FollowedImages, useFollowedImages } from '@/live/followedImages'
import type { RunScan } from '@/live/followedScan'
import { inTurn } from '@/live/inTurn'
import type { Live } from '@/live/live'
import { type RemoteHandle, useRemote } from './remote'
import { recallBoolean, remember } from './storage'

export interface TrainingRuns {
  readonly list: RemoteHandle<TrainingRun[]>['remote']
  /** How reading the selected run's images went; `images` are what they are by now. */
  readonly scan: RemoteHandle<RunScan>['remote']
  /** The selected run's images, followed by the live feed; undefined while there are none to show. */
  readonly images: ComputedRef<RunScan | undefined>
  readonly followed: Pick<FollowedImages, 'arrivals' | 'imageAt' | 'readings'>
  readonly onlyWithSamples: Ref<boolean>
  /** The runs that pass the filter; the selected one is always among them. */
  readonly listed: ComputedRef<readonly TrainingRun[]>
  readonly selected: ComputedRef<TrainingRun | undefined>
  /** A link leads to a run that is not there: none is selected, until somebody selects one. */
  readonly isLinkDead: ComputedRef<boolean>
  /** The selected run has gone from the disk while it was looked at. */
  readonly isGone: ComputedRef<boolean>
  select(id: string): void
  /** Selects the run that a link names, be it there or not. */
  follow(id: string): void
  /** Reads the disk anew: the list of runs, and the selected run's images. */
  refresh(): Promise<void>
  /** Repeats what failed. */
  retry(): Promise<void>
}

/** The training runs, which of them is selected, and its scan. `initial`: the run to begin with; `isLink`: a link names it. */
export function useTrainingRuns(initial: string | undefined, isLink: boolean, live: Live): TrainingRuns {
  const list = useRemote<TrainingRun[]>()
  const scan = useRemote<RunScan>()
  const selectedId = ref(initial)
  const linkedId = ref(isLink ? initial : undefined)
  const onlyWithSamples = ref(recallBoolean('only-with-samples') ?? true)

  const runs = computed(() => list.remote.value.value ?? [])
  const found = computed(() => runs.value.find((run) => run.id === selectedId.value))
  /** The selected run as it was last listed: that a drive is away for a moment takes nothing from the screen. */
  const lastFound = shallowRef<TrainingRun>()
  const selected = computed(() => {
    const isLast = lastFound.value?.id === selectedId.value
    return found.value ?? (isLast ? lastFound.value : undefined)
  })
  const isGone = computed(() => selected.value !== undefined && !found.value)
  const listed = computed(() =>
    [...runs.value, ...(isGone.value && selected.value ? [selected.value] : [])].filter(
      (run) => !onlyWithSamples.value || run.has_samples || run.id === selectedId.value,
    ),
  )

  const isLinkDead = computed(
    () => list.remote.value.value !== undefined && !selected.value && linkedId.value !== undefined && linkedId.value === selectedId.value,
  )

  /** A remembered run that is gone, or none remembered: the one with most to compare. */
  function settleSelection(): void {
    if (!list.remote.value.value || selected.value || isLinkDead.value) return
    selectedId.value = mostSampled(runs.value)?.id
  }

  async function loadList(refresh: boolean): Promise<void> {
    lastFound.value = undefined
    await list.load((signal) => api.trainingRuns({ refresh, signal }), { keep: true })
    settleSelection()
  }

  async function loadScan(refresh: boolean, keep: boolean): Promise<void> {
    const id = selected.value?.id
    if (id === undefined) scan.clear()
    else await scan.load((signal) => followed.read(id, { refresh, isReread: false, signal }), { keep })
  }

  const rereadRuns = inTurn(async () => {
    const before = selected.value
    const wasGone = isGone.value
    await list.reread(async (signal) => keepUnchanged(runs.value, await api.trainingRuns({ refresh: false, signal })))
    settleSelection()
    const after = selected.value
    if (!before || before.id !== after?.id || isGone.value) return
    if (wasGone) await rereadScan()
    // Nothing keeps the place of a value that no checkpoint has any more.
    if (hasRenamed(before, after)) {
      await scan.reread((signal) => followed.read(after.id, { refresh: false, isReread: false, signal }))
    }
  })
  const rereadScan = inTurn(async () => {
    const id = isGone.value ? undefined : selected.value?.id
    if (id !== undefined) await scan.reread((signal) => followed.read(id, { refresh: false, isReread: true, signal }))
  })
  const followed = useFollowedImages({
    live,
    checkpoints: () => (selected.value?.checkpoints ?? []).map(({ value }) => value),
    rereadRuns,
  })
  live.onGap(async () => {
    await rereadRuns()
    await rereadScan()
  })
  live.on('training_runs_changed', () => live.missed(rereadRuns))

  watch(
    found,
    (run) => {
      if (run) lastFound.value = run
    },
    { flush: 'sync' },
  )
  watch(onlyWithSamples, (value) => remember('only-with-samples', value))
  watch(
    () => selected.value?.id,
    (id) => {
      if (id !== undefined) remember('run', id)
      void loadScan(false, false)
    },
  )
  live.watchRun(() => selected.value?.id, () => live.missed(rereadScan))
  void loadList(false)

  return {
    list: list.remote,
    scan: scan.remote,
    images: computed(() => scan.remote.value.value && followed.scan.value),
    followed,
    onlyWithSamples,
    listed,
    selected,
    isLinkDead,
    isGone,
    select(id) {
      linkedId.value = undefined
      selectedId.value = id
      settleSelection()
    },
    follow(id) {
      linkedId.value = id
      selectedId.value = id
    },
    async refresh() {
      await loadList(true)
      await loadScan(true, true)
    },
    async retry() {
      if (list.remote.value.state === 'failed') await loadList(false)
      if (scan.remote.value.state === 'failed') await loadScan(false, true)
    },
  }
}
