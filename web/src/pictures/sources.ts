// Where the pictures of an image come from: the original, and smaller previews of it.

import { imageUrl, PREVIEW_WIDTHS, type PreviewWidth, previewUrl } from '@/api/paths'
import type { Image } from '@/api/types'

export interface PictureRequest {
  readonly url: string
  /** What to load if `url` cannot be had; the picture then stands for `url`. */
  readonly fallback?: string
}

/** What a cell shows of an image. */
export interface CellPictures {
  /** While things move: the smallest file that is sharp. */
  readonly moving: PictureRequest
  /** When they have settled. */
  readonly original: PictureRequest
}

/** The narrowest preview that has `pixels` device pixels across; undefined: only the original has. */
export function sharpPreview(pixels: number): PreviewWidth | undefined {
  return PREVIEW_WIDTHS.find((width) => width >= pixels)
}

/** Makes each image's URLs once for a width, since they are asked for at every step. */
export function pictureSources(preview: PreviewWidth | undefined): (image: Image) => CellPictures {
  const made = new WeakMap<Image, CellPictures>()
  return (image) => {
    let pictures = made.get(image)
    if (!pictures) {
      const original = { url: imageUrl(image) }
      const moving =
        preview === undefined ? original : { url: previewUrl(image, preview), fallback: original.url }
      pictures = { moving, original }
      made.set(image, pictures)
    }
    return pictures
  }
}
