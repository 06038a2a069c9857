import type { Image } from './types'

/** Percent-encodes each segment of a raw path; the slashes between them stay. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}

/** The URL of the original file; it changes when the file does. */
export function imageUrl(image: Pick<Image, 'relative_path' | 'version'>): string {
  return `/api/images/${encodePath(image.relative_path)}?v=${encodeURIComponent(image.version)}`
}

export const PREVIEW_WIDTHS = [256, 512, 1024] as const
export type PreviewWidth = (typeof PREVIEW_WIDTHS)[number]

/** The URL of a smaller version of the image, at most `width` pixels wide. */
export function previewUrl(image: Pick<Image, 'relative_path' | 'version'>, width: PreviewWidth): string {
  return `/api/previews/${width}/${encodePath(image.relative_path)}?v=${encodeURIComponent(image.version)}`
}

/** The URL of the original of a picture, given its own or a preview's. */
export function originalUrl(url: string): string {
  return url.replace(/^\/api\/previews\/\d+\//, '/api/images/')
}

export function isPreviewUrl(url: string): boolean {
  return url.startsWith('/api/previews/')
}

export function imageMetadataUrl(image: Pick<Image, 'relative_path'>): string {
  return `/api/images/${encodePath(image.relative_path)}/metadata`
}

export function checkpointMetadataUrl(filename: string, trainingRunId: string): string {
  return `/api/checkpoints/${encodeURIComponent(filename)}/metadata?training_run=${encodeURIComponent(trainingRunId)}`
}
