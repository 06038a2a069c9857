import type { Dimension, FilterMode } from '@/api/types'
import { valueText } from '@/domain/valueText'

const SHOWN = 3

/** What passes a filter, in few words. */
export function filterSummary(
  dimension: Dimension,
  mode: FilterMode,
  passing: readonly string[],
): string {
  if (passing.length === 0) return 'none'
  if (mode === 'single') return passing.slice(0, 1).map(valueText).join()
  if (passing.length === dimension.values.length) return `all ${passing.length}`
  if (passing.length <= SHOWN) return passing.map(valueText).join(', ')
  return `${passing.length} of ${dimension.values.length}`
}
