// Which pictures the grid needs, and in which order. Rebuilt on every interaction.

import type { Image } from '@/api/types'
import type { CellPlace } from '@/domain/cells'
import { axisLength, type ImageIndex } from '@/domain/imageIndex'
import type { CellPictures, PictureRequest } from './sources'

export interface PlanCell extends CellPlace {
  /** The position of its slider. */
  readonly slider: number
  readonly isVisible: boolean
}

export interface PlanInput {
  readonly index: ImageIndex
  readonly choice: number
  readonly cells: readonly PlanCell[]
  readonly picturesOf: (image: Image) => CellPictures
  /** Nothing has moved for a moment: visible cells may show their originals. */
  readonly isSettled: boolean
  /** Decoded bytes of one picture as cells show it while moving, and of one original. */
  readonly cellBytes: number
  readonly originalBytes: number
  /** Decoded bytes in all. */
  readonly budget: number
}

export interface LoadPlan {
  /** What the visible cells show while moving. */
  readonly visible: readonly PictureRequest[]
  /** All that is wanted, the most important first; as much as the budget holds. */
  readonly all: readonly PictureRequest[]
}

/** Slider positions to either side that come before the originals in the order of loading, and in the claim on the budget. */
const NEAR = 2
const KEPT = 8

/** Positions by their distance from `from`, each distance upwards first: 3 → 4, 2, 5, 1, … */
export function outwards(from: number, length: number): number[] {
  const order: number[] = []
  for (let by = 1; by < length; by++) {
    if (from + by < length) order.push(from + by)
    if (from - by >= 0) order.push(from - by)
  }
  return order
}

/**
 * The current position of the visible cells, then of those just outside, which are wanted even beyond the budget; then
 * the visible cells' neighbouring positions by distance, with their originals once things have settled.
 */
export function planLoading(input: PlanInput): LoadPlan {
  const { index, choice, cells, picturesOf, cellBytes, originalBytes, budget } = input
  const positions = axisLength(index.slider)
  const at = ({ x, y }: CellPlace, slider: number): CellPictures[] => {
    const image = index.find({ x, y, slider }, choice)
    return image ? [picturesOf(image)] : []
  }
  const visibleCells = cells.filter(({ isVisible }) => isVisible)
  const current = visibleCells.flatMap((cell) => at(cell, cell.slider))
  const nearby = cells.filter(({ isVisible }) => !isVisible).flatMap((cell) => at(cell, cell.slider))

  /** By distance. */
  const ahead: PictureRequest[][] = []
  for (const cell of visibleCells) {
    for (const slider of outwards(cell.slider, positions)) {
      const ring = (ahead[Math.abs(slider - cell.slider) - 1] ??= [])
      for (const { moving } of at(cell, slider)) ring.push(moving)
    }
  }
  const inRings = (from: number, to: number): PictureRequest[] => ahead.slice(from, to).flat()

  let left = budget - (current.length + nearby.length) * cellBytes
  const takeWhole = (requests: readonly PictureRequest[], bytes: number): readonly PictureRequest[] => {
    const fitting = requests.slice(0, Math.max(0, Math.floor(left / Math.max(1, bytes))))
    left -= fitting.length * bytes
    return fitting
  }
  const near = takeWhole(inRings(0, NEAR), cellBytes)
  const kept = takeWhole(inRings(NEAR, KEPT), cellBytes)
  const originals = input.isSettled
    ? takeWhole(
        current.flatMap(({ moving, original }) => (moving.url === original.url ? [] : [original])),
        originalBytes,
      )
    : []
  const far = takeWhole(inRings(KEPT, positions), cellBytes)
  const moving = ({ moving }: CellPictures): PictureRequest => moving
  const visible = current.map(moving)
  return {
    visible,
    all: [...visible, ...nearby.map(moving), ...near, ...originals, ...kept, ...far],
  }
}

const MOST_PROBES = 50_000

/**
 * What to fetch of the rest of the run while nothing else is to do: every cell at the current position of the master slider,
 * then at the positions around it, then what the grid does not show at all. At most `most` of `images`.
 */
export function planBackground(
  index: ImageIndex,
  choice: number,
  position: number,
  images: readonly Image[],
  most: number,
): Image[] {
  const found = new Set<Image>()
  let probes = 0
  for (const slider of [position, ...outwards(position, axisLength(index.slider))]) {
    for (let y = 0; y < axisLength(index.y); y++) {
      for (let x = 0; x < axisLength(index.x); x++) {
        if (found.size >= most || ++probes > MOST_PROBES) return [...found]
        const image = index.find({ x, y, slider }, choice)
        if (image) found.add(image)
      }
    }
  }
  for (const image of images) {
    if (found.size >= most) break
    found.add(image)
  }
  return [...found]
}
