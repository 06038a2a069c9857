import { inject, type InjectionKey, provide } from 'vue'
import { type GridState, useGridState } from './gridState'
import { type Presets, usePresets } from './presets'
import { type TrainingRuns, useTrainingRuns } from './trainingRuns'
import { useViewport, type Viewport } from './viewport'
import { useView, type View } from './view'

export interface AppState {
  readonly runs: TrainingRuns
  readonly view: View
  readonly presets: Presets
  readonly grid: GridState
  readonly viewport: Viewport
}

const KEY: InjectionKey<AppState> = Symbol('app state')

/** Makes the state that all components share. Called once, by the root component. */
export function provideAppState(): AppState {
  const runs = useTrainingRuns()
  const view = useView(
    () => runs.scan.value.value,
    () => runs.selected.value?.id,
  )
  const state = { runs, view, presets: usePresets(view), grid: useGridState(), viewport: useViewport() }
  provide(KEY, state)
  return state
}

export function useAppState(): AppState {
  const state = inject(KEY)
  if (!state) throw new Error('useAppState() is called outside of the app')
  return state
}
