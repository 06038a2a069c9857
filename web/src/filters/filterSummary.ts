import type { Dimension, FilterMode } from '@/api/types'

const SHOWN = 3

/** What passes a filter, in few words. */
export function filterSummary(
  dimension: Dimension,
  mode: FilterMode,
  passing: readonly string[],
): string {
  if (mode === 'single') return passing[0] ?? 'none'
  if (passing.length === 0) return 'none'
  if (passing.length === dimension.values.length) return `all ${passing.length}`
  if (passing.length <= SHOWN) return passing.join(', ')
  return `${passing.length} of ${dimension.values.length}`
}
