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
