import { imageUrl, originalUrl } from '@/api/paths'
import type { Image } from '@/api/types'

/**
 * Of images that came, the oldest first, those that came after the last one in sight: who sees that one has seen what
 * came before. `urls` are those of the pictures in sight, originals or previews.
 */
export function unseen<T extends { readonly image: Image }>(come: readonly T[], urls: readonly string[]): readonly T[] {
  if (come.length === 0) return come
  const inSight = new Set(urls.map(originalUrl))
  return come.slice(come.findLastIndex(({ image }) => inSight.has(imageUrl(image))) + 1)
}
