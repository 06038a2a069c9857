import type { Image } from '@/api/types'
import type { Axis, ImageIndex, Place } from './imageIndex'

export interface Location {
  readonly place: Place
  /** The position among the choices. */
  readonly choice: number
}

/** Where the grid shows an image; undefined when filters leave it out, or a dimension with a role is none of its. */
export function locate(index: ImageIndex, image: Image): Location | undefined {
  const { dimensions } = image
  const positionIn = (axis: Axis | undefined): number =>
    axis ? axis.values.indexOf(dimensions[axis.dimension.name] ?? '') : 0
  const place = { x: positionIn(index.x), y: positionIn(index.y), slider: positionIn(index.slider) }
  if (Math.min(place.x, place.y, place.slider) < 0) return undefined
  const choice = index.choices.findIndex(({ values }) =>
    values.every(({ dimension, value }) => dimensions[dimension] === value),
  )
  // The one that is found there may be another, if this one lacks a dimension.
  return choice !== -1 && index.find(place, choice) === image ? { place, choice } : undefined
}
