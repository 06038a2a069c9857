import { isPreviewUrl } from '@/api/paths'

/** The server, or what is behind it, is not there or has no time. */
const NOT_NOW: readonly number[] = [502, 503, 504]

/**
 * Fetches a file into the browser's cache. A preview that does not exist yet is made first, behind everything else that the
 * server makes; the browser keeps it under the URL that an <img> will ask for.
 */
export async function backgroundFetch(url: string, signal: AbortSignal): Promise<number | undefined> {
  const options: RequestInit = { signal, priority: 'low' }
  if (isPreviewUrl(url)) {
    const made = await fetch(`${url}&priority=background`, { ...options, method: 'HEAD' })
    if (!made.ok) return NOT_NOW.includes(made.status) ? undefined : 0
  }
  const response = await fetch(url, options)
  if (!response.ok) return NOT_NOW.includes(response.status) ? undefined : 0
  return (await response.blob()).size
}
