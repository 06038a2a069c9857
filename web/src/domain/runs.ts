import type { TrainingRun } from '@/api/types'

export function sampledCheckpoints(run: TrainingRun): number {
  return run.checkpoints.filter((checkpoint) => checkpoint.has_samples).length
}

/** The run with the most checkpoints that have samples, the first of equals; undefined when none has any. */
export function mostSampled(runs: readonly TrainingRun[]): TrainingRun | undefined {
  let best: TrainingRun | undefined
  for (const run of runs) {
    if (sampledCheckpoints(run) > (best ? sampledCheckpoints(best) : 0)) best = run
  }
  return best
}

/** The runs of `fresh`; one that is as it was in `known` stays the same object, so that nothing follows a change of none. */
export function keepUnchanged(known: readonly TrainingRun[], fresh: readonly TrainingRun[]): TrainingRun[] {
  const texts = new Map(known.map((run) => [run.id, { run, text: JSON.stringify(run) }]))
  return fresh.map((run) => {
    const before = texts.get(run.id)
    return before?.text === JSON.stringify(run) ? before.run : run
  })
}

/** Whether a checkpoint is called otherwise than before: another one has come or gone that it is told apart from. */
export function hasRenamed(before: TrainingRun, after: TrainingRun): boolean {
  const values = new Map(before.checkpoints.map(({ filename, value }) => [filename, value]))
  return after.checkpoints.some(({ filename, value }) => (values.get(filename) ?? value) !== value)
}
