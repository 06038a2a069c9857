// Where the arrow keys lead from a cell, and what has to scroll to show it.

import type { CellPlace } from '@/domain/cells'

export interface GridExtent {
  readonly columns: number
  readonly rows: number
  /** Rows that a page key leaps. */
  readonly page: number
}

/** The cell that a key leads to, as the ARIA grid pattern says; undefined: the key is none of the grid's. `key` as in chordOf. */
export function cellAfter({ x, y }: CellPlace, key: string, { columns, rows, page }: GridExtent): CellPlace | undefined {
  const targets: Readonly<Record<string, CellPlace>> = {
    ArrowLeft: { x: x - 1, y },
    ArrowRight: { x: x + 1, y },
    ArrowUp: { x, y: y - 1 },
    ArrowDown: { x, y: y + 1 },
    PageUp: { x, y: y - page },
    PageDown: { x, y: y + page },
    Home: { x: 0, y },
    End: { x: columns - 1, y },
    'Ctrl+Home': { x: 0, y: 0 },
    'Ctrl+End': { x: columns - 1, y: rows - 1 },
  }
  const target = targets[key]
  return target && clampPlace(target, columns, rows)
}

export function clampPlace({ x, y }: CellPlace, columns: number, rows: number): CellPlace {
  return {
    x: Math.max(0, Math.min(columns - 1, x)),
    y: Math.max(0, Math.min(rows - 1, y)),
  }
}

/** How far to scroll so that [start, start + size) lies in [from, to); its start counts where it does not fit. */
export function scrollInto(start: number, size: number, from: number, to: number): number {
  if (start < from || size > to - from) return start - from
  return Math.max(0, start + size - to)
}
