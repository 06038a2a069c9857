import type { Direction } from './neighbours'
import type { Stage } from './useStage'
import { ZOOM_STEP } from './zoom'

export interface LightboxActions {
  /** Shows a neighbour. */
  step(along: Direction, by: number): void
  /** Shows another of several images of the cell. */
  stepChoice(by: number): void
  /** undefined: it is not there yet. */
  stage(): Stage | undefined
  toggleMetadata(): void
  help(): void
}

/** What each key does in the lightbox, by its chord (ui/keys.ts). */
export function lightboxKeys({ step, stepChoice, stage, toggleMetadata, help }: LightboxActions): Readonly<Record<string, () => void>> {
  return {
    ArrowLeft: () => step('x', -1),
    ArrowRight: () => step('x', 1),
    ArrowUp: () => step('slider', 1),
    ArrowDown: () => step('slider', -1),
    'Shift+ArrowUp': () => step('y', -1),
    'Shift+ArrowDown': () => step('y', 1),
    ',': () => stepChoice(-1),
    '.': () => stepChoice(1),
    '0': () => stage()?.showFit(),
    '1': () => stage()?.showActualSize(),
    '+': () => stage()?.zoomBy(ZOOM_STEP),
    '=': () => stage()?.zoomBy(ZOOM_STEP),
    '-': () => stage()?.zoomBy(1 / ZOOM_STEP),
    'Alt+ArrowLeft': () => stage()?.look({ x: -1, y: 0 }),
    'Alt+ArrowRight': () => stage()?.look({ x: 1, y: 0 }),
    'Alt+ArrowUp': () => stage()?.look({ x: 0, y: -1 }),
    'Alt+ArrowDown': () => stage()?.look({ x: 0, y: 1 }),
    '?': help,
    i: toggleMetadata,
  }
}
