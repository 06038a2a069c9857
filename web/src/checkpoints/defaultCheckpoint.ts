import type { Checkpoint } from '@/api/types'

/** The checkpoint with the highest step; the final one, which has none in its name, came after all steps. */
export function defaultCheckpoint(checkpoints: readonly Checkpoint[]): Checkpoint | undefined {
  return checkpoints.at(-1)
}
