// Steps from one image to the next: along the row, the column, and the slider.

import { axisLength, type ImageIndex, type Place } from '@/domain/imageIndex'

export type Direction = keyof Place

/** The place one step along; undefined at the end. */
export function neighbour(index: ImageIndex, place: Place, along: Direction, by: number): Place | undefined {
  const next = place[along] + by
  return next >= 0 && next < axisLength(index[along]) ? { ...place, [along]: next } : undefined
}

/** The places somebody may step to next, the likeliest first. */
export function likelyNext(index: ImageIndex, place: Place): readonly Place[] {
  const steps: readonly [Direction, number][] = [
    ['slider', 1],
    ['slider', -1],
    ['x', 1],
    ['x', -1],
    ['slider', 2],
    ['slider', -2],
  ]
  return steps.flatMap(([along, by]) => neighbour(index, place, along, by) ?? [])
}
