import type { PictureStatus } from './useCellPicture'

/** What a cell's button does, or why there is nothing to open. `description`: the cell in words. */
export function cellLabel(status: PictureStatus, description: string, reason: string): string {
  if (status === 'missing') return `${description}, no image`
  if (status === 'failed') return `${description}, ${reason}`
  return `Open ${description}`
}
