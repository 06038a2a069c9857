import { isPreviewUrl } from '@/api/paths'

/**
 * Fetches a file into the browser's cache. A preview that does not exist yet is made first, behind everything else that the
 * server makes; the browser keeps it under the URL that an <img> will ask for.
 */
export async function backgroundFetch(url: string, signal: AbortSignal): Promise<number | undefined> {
  const options: RequestInit = { signal, priority: 'low' }
  if (isPreviewUrl(url)) {
    const made = await fetch(`${url}&priority=background`, { ...options, method: 'HEAD' })
    if (made.status === 503) return undefined
    if (!made.ok) return 0
  }
  const response = await fetch(url, options)
  if (!response.ok) return 0
  return (await response.blob()).size
}
