import { isAbort, problemOf, unreachable } from '@/api/problem'
import type { PictureRequest } from './sources'

/** An <img> does not say why it failed; one byte of the same URL does. */
async function reasonFor(url: string, signal: AbortSignal): Promise<string> {
  try {
    const response = await fetch(url, { headers: { Range: 'bytes=0-0' }, signal })
    if (!response.ok) return (await problemOf(response)).message
    return 'The file is damaged, or not an image that this browser can show.'
  } catch (thrown) {
    return isAbort(thrown) ? 'No longer needed.' : unreachable().message
  }
}

/** Loads and decodes an image. It stays an <img>, so that the browser's own "save image" works. */
export async function loadPicture(
  { url, fallback }: PictureRequest,
  signal: AbortSignal,
): Promise<HTMLImageElement> {
  const element = new Image()
  // Should the browser have dropped the decoded picture, it paints late rather than a gap.
  element.decoding = 'sync'
  element.draggable = false
  const stop = (): void => element.removeAttribute('src')
  signal.addEventListener('abort', stop, { once: true })
  try {
    element.src = url
    await element.decode()
    return element
  } catch {
    if (fallback !== undefined && !signal.aborted) return await loadPicture({ url: fallback }, signal)
    throw new Error(await reasonFor(url, signal))
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

export function decodedBytes(element: HTMLImageElement): number {
  return element.naturalWidth * element.naturalHeight * 4
}
