import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'
import { api } from '@/api/client'
import type { Scan, TrainingRun } from '@/api/types'
import { mostSampled } from '@/domain/runs'
import { type RemoteHandle, useRemote } from './remote'
import { recallBoolean, remember } from './storage'

export interface TrainingRuns {
  readonly list: RemoteHandle<TrainingRun[]>['remote']
  readonly scan: RemoteHandle<Scan>['remote']
  readonly onlyWithSamples: Ref<boolean>
  /** The runs that pass the filter; the selected one is always among them. */
  readonly listed: ComputedRef<readonly TrainingRun[]>
  readonly selected: ComputedRef<TrainingRun | undefined>
  /** A link leads to a run that is not there: none is selected, until somebody selects one. */
  readonly isLinkDead: ComputedRef<boolean>
  select(id: string): void
  /** Selects the run that a link names, be it there or not. */
  follow(id: string): void
  /** Reads the disk anew: the list of runs, and the selected run's images. */
  refresh(): Promise<void>
  /** Repeats what failed. */
  retry(): Promise<void>
}

/** The training runs, which of them is selected, and its scan. `initial`: the run to begin with; `isLink`: a link names it. */
export function useTrainingRuns(initial: string | undefined, isLink: boolean): TrainingRuns {
  const list = useRemote<TrainingRun[]>()
  const scan = useRemote<Scan>()
  const selectedId = ref(initial)
  const linkedId = ref(isLink ? initial : undefined)
  const onlyWithSamples = ref(recallBoolean('only-with-samples') ?? true)

  const runs = computed(() => list.remote.value.value ?? [])
  const selected = computed(() => runs.value.find((run) => run.id === selectedId.value))
  const listed = computed(() =>
    runs.value.filter(
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
    await list.load((signal) => api.trainingRuns({ refresh, signal }), { keep: true })
    settleSelection()
  }

  async function loadScan(refresh: boolean, keep: boolean): Promise<void> {
    const id = selected.value?.id
    if (id === undefined) scan.clear()
    else await scan.load((signal) => api.scan(id, { refresh, signal }), { keep })
  }

  watch(onlyWithSamples, (value) => remember('only-with-samples', value))
  watch(
    () => selected.value?.id,
    (id) => {
      if (id !== undefined) remember('run', id)
      void loadScan(false, false)
    },
  )
  void loadList(false)

  return {
    list: list.remote,
    scan: scan.remote,
    onlyWithSamples,
    listed,
    selected,
    isLinkDead,
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
