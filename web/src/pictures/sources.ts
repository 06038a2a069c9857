// Where the pictures of an image come from: the original, and smaller previews of it.

import { imageUrl, PREVIEW_WIDTHS, type PreviewWidth, previewUrl } from '@/api/paths'
import type { Image } from '@/api/types'

export interface PictureRequest {
  readonly url: string
  /** At most so many pixels across; undefined: the original's. */
  readonly width?: number
  /** What to load if `url` cannot be had; the picture then stands for `url`. */
  readonly fallback?: string
}

/** What a cell shows of an image. */
export interface CellPictures {
  /** While things move: the smallest file that is sharp. */
  readonly moving: PictureRequest
  /** Until that is there: smaller ones that are not sharp, the widest first. */
  readonly narrower: readonly PictureRequest[]
  /** When they have settled. */
  readonly original: PictureRequest
}

/** The narrowest preview that is sharp; `original`: none is; `only originals`: none is to be shown. */
export type Sharpness = PreviewWidth | 'original' | 'only originals'

/** The narrowest file that has `pixels` device pixels across. */
export function sharpFor(pixels: number): Sharpness {
  return PREVIEW_WIDTHS.find((width) => width >= pixels) ?? 'original'
}

function widthsBelow(sharp: Sharpness): PreviewWidth[] {
  if (sharp === 'only originals') return []
  return PREVIEW_WIDTHS.filter((width) => sharp === 'original' || width < sharp).reverse()
}

/** Makes each image's URLs once for a sharpness, since they are asked for at every step. */
export function pictureSources(sharp: Sharpness): (image: Image) => CellPictures {
  const made = new WeakMap<Image, CellPictures>()
  const narrowerWidths = widthsBelow(sharp)
  return (image) => {
    let pictures = made.get(image)
    if (!pictures) {
      const original = { url: imageUrl(image) }
      const preview = (width: PreviewWidth): PictureRequest => ({ url: previewUrl(image, width), width })
      pictures = {
        moving: typeof sharp === 'number' ? { ...preview(sharp), fallback: original.url } : original,
        narrower: narrowerWidths.map(preview),
        original,
      }
      made.set(image, pictures)
    }
    return pictures
  }
}
