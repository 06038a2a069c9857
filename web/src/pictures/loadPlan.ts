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
  /** Decoded bytes that a picture takes, as far as is known. */
  readonly bytesOf: (request: PictureRequest) => number
  /** Decoded bytes in all. */
  readonly budget: number
}

export interface LoadPlan {
  /** What the visible cells show while moving; wanted even beyond the budget. */
  readonly visible: readonly PictureRequest[]
  /** All that is wanted, the most important first, beginning with `visible`; as much as the budget holds. */
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

/** By distance: what the cells show at other positions of their sliders. */
function ringsOf(cells: readonly PlanCell[], positions: number, at: (cell: CellPlace, slider: number) => CellPictures[]): CellPictures[][] {
  const rings: CellPictures[][] = []
  for (const cell of cells) {
    for (const slider of outwards(cell.slider, positions)) {
      const ring = (rings[Math.abs(slider - cell.slider) - 1] ??= [])
      ring.push(...at(cell, slider))
    }
  }
  return rings
}

/** Pictures in a width: 0 the sharp one, then ever narrower ones. */
function inWidth(pictures: readonly CellPictures[], width: number): PictureRequest[] {
  return pictures.map(({ moving, narrower }) => (width === 0 ? moving : (narrower[width - 1] ?? narrower.at(-1) ?? moving)))
}

/**
 * The widths of the nearest positions and of those beyond: the sharpest with which all of them fit into `bytes`, where a near
 * one is never less sharp than one beyond. undefined: they do not fit in any.
 */
function widthsThatFit(
  near: readonly CellPictures[],
  kept: readonly CellPictures[],
  narrowest: number,
  bytes: number,
  cost: (requests: readonly PictureRequest[]) => number,
): { near: number; kept: number } | undefined {
  const costsOf = (pictures: readonly CellPictures[]): number[] =>
    Array.from({ length: narrowest + 1 }, (_, width) => cost(inWidth(pictures, width)))
  const [nearCosts, keptCosts] = [costsOf(near), costsOf(kept)]
  for (const [width, nearCost] of nearCosts.entries()) {
    const beyond = keptCosts.findIndex((keptCost, at) => at >= width && nearCost + keptCost <= bytes)
    if (beyond !== -1) return { near: width, kept: beyond }
  }
  return undefined
}

/**
 * The current position of the visible cells, wanted even beyond the budget, and of those just outside; then the visible cells'
 * neighbouring positions by distance, with their originals once things have settled. Eight positions to either side are kept
 * first of all, narrower ones where only these leave room for the originals.
 */
export function planLoading(input: PlanInput): LoadPlan {
  const { index, choice, cells, picturesOf, bytesOf, budget } = input
  const positions = axisLength(index.slider)
  const at = ({ x, y }: CellPlace, slider: number): CellPictures[] => {
    const image = index.find({ x, y, slider }, choice)
    return image ? [picturesOf(image)] : []
  }
  const cost = (requests: readonly PictureRequest[]): number => requests.reduce((sum, request) => sum + bytesOf(request), 0)
  let left = budget
  const take = (requests: readonly PictureRequest[]): readonly PictureRequest[] => {
    const taken: PictureRequest[] = []
    for (const request of requests) {
      const bytes = bytesOf(request)
      if (bytes > left) break
      left -= bytes
      taken.push(request)
    }
    return taken
  }

  const visibleCells = cells.filter(({ isVisible }) => isVisible)
  const current = visibleCells.flatMap((cell) => at(cell, cell.slider))
  const visible = inWidth(current, 0)
  left -= cost(visible)
  const nearby = take(inWidth(cells.filter(({ isVisible }) => !isVisible).flatMap((cell) => at(cell, cell.slider)), 0))

  const rings = ringsOf(visibleCells, positions, at)
  const [nearRings, keptRings, farRings] = [rings.slice(0, NEAR).flat(), rings.slice(NEAR, KEPT).flat(), rings.slice(KEPT).flat()]
  const originals = current.flatMap(({ moving, original }) => (moving.url === original.url ? [] : [original]))
  const narrowest = current[0]?.narrower.length ?? 0
  const widths =
    widthsThatFit(nearRings, keptRings, narrowest, left - cost(originals), cost) ??
    widthsThatFit(nearRings, keptRings, narrowest, left, cost) ?? { near: narrowest, kept: narrowest }
  const near = take(inWidth(nearRings, widths.near))
  const kept = take(inWidth(keptRings, widths.kept))
  // Their place stays theirs while things move, or what takes it would be loaded anew after each rest.
  const fittingOriginals = take(originals)
  const farWidth = widthsThatFit([], farRings, narrowest, left, cost)?.kept ?? narrowest
  const far = take(inWidth(farRings, Math.max(farWidth, widths.kept)))
  return {
    visible,
    all: [...visible, ...nearby, ...near, ...(input.isSettled ? fittingOriginals : []), ...kept, ...far],
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
