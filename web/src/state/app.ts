import { inject, type InjectionKey, provide } from 'vue'
import { type Live, useLive } from '@/live/live'
import { type Generation, useGeneration } from './generation'
import { type GridState, useGridState } from './gridState'
import { type LinkNotice, useLinkNotice } from './linkNotice'
import { type Motion, useMotion } from './motion'
import { readStart, useNavigation } from './navigation'
import { type OpenImage, useOpenImage } from './openImage'
import { type PictureSettings, usePictureSettings } from './pictureSettings'
import { type Presets, usePresets } from './presets'
import { recallString } from './storage'
import { type TrainingRuns, useTrainingRuns } from './trainingRuns'
import { useViewport, type Viewport } from './viewport'
import { useView, type View } from './view'

export interface AppState {
  readonly live: Live
  readonly runs: TrainingRuns
  readonly view: View
  readonly presets: Presets
  readonly image: OpenImage
  readonly linkNotice: LinkNotice
  readonly grid: GridState
  readonly generation: Generation
  readonly viewport: Viewport
  readonly motion: Motion
  readonly pictureSettings: PictureSettings
}

const KEY: InjectionKey<AppState> = Symbol('app state')

/** Makes the state that all components share. Called once, by the root component. */
export function provideAppState(): AppState {
  const start = readStart()
  const live = useLive()
  const runs = useTrainingRuns(start.run, start.link !== undefined, live)
  const view = useView(
    () => runs.images.value,
    () => runs.selected.value?.id,
    start.view,
  )
  const grid = useGridState(() => runs.selected.value?.id)
  const image = useOpenImage(view, grid)
  image.values.value = start.open
  useNavigation(runs, view, image)
  // A link shows what its sender saw, which is no change to one's own preset.
  const presets = usePresets(view, start.isOwn ? recallString('preset') : undefined)
  const state: AppState = {
    live,
    runs,
    view,
    presets,
    image,
    linkNotice: useLinkNotice(start.isOwn ? undefined : start.link, runs, view),
    grid,
    generation: useGeneration(live),
    viewport: useViewport(),
    motion: useMotion(),
    pictureSettings: usePictureSettings(),
  }
  provide(KEY, state)
  return state
}

export function useAppState(): AppState {
  const state = inject(KEY)
  if (!state) throw new Error('useAppState() is called outside of the app')
  return state
}
