import { computed, shallowRef, watch, type ComputedRef } from 'vue'
import type { Dimension, FilterMode } from '@/api/types'
import { buildCatalog, type Catalog } from '@/domain/catalog'
import { type ChosenValues, stepChoice } from '@/domain/choices'
import { heardSelections } from '@/domain/exclusions'
import { carrySelections, effectiveMode, type Modes, type Selections } from '@/domain/filters'
import { buildIndex, freeDimensions, type ImageIndex } from '@/domain/imageIndex'
import { type HeldChoice, type HeldRoles, type HeldSingles, type HeldValue, holdChoice, holdRoles, holdSingles, holdValue } from '@/domain/held'
import { positionOf } from '@/domain/positions'
import type { Arrangement } from '@/domain/presets'
import { assignRole, type Role, type Roles, swapAxes } from '@/domain/roles'
import type { RunScan } from '@/live/followedScan'
import type { StoredView } from './storedView'

export interface View {
  readonly catalog: ComputedRef<Catalog | undefined>
  readonly roles: ComputedRef<Roles>
  readonly selections: ComputedRef<Selections>
  readonly index: ComputedRef<ImageIndex | undefined>
  /** The position in `index.choices`. */
  readonly choice: ComputedRef<number>
  /** The master slider's position. */
  readonly position: ComputedRef<number>
  readonly arrangement: ComputedRef<Arrangement>
  /** The arrangement as somebody made it, which may name dimensions that this run lacks. */
  readonly wanted: ComputedRef<Arrangement>
  /** All that somebody chose, on this run and on those before. */
  readonly stored: ComputedRef<StoredView>
  modeOf(dimension: string): FilterMode
  setRole(dimension: string, role: Role | undefined): void
  swapAxes(): void
  setMode(dimension: string, mode: FilterMode): void
  arrange(arrangement: Arrangement): void
  select(dimension: Dimension, change: (selections: Selections) => Selections): void
  step(by: number): void
  /** Shows the images of a choice, by its position. */
  choose(choice: number): void
  /** Moves the master slider, and every cell with it. */
  moveAll(position: number): void
  /** Moves one cell until the master slider is moved. */
  moveCell(cell: string, position: number): void
  cellPosition(cell: string): number
  /** Puts back what `stored` gave. */
  restore(stored: StoredView): void
}

/**
 * How the selected run's images are laid out. What somebody chose is kept across runs as it was chosen; what applies
 * to the current run is derived from it. What nobody chose is derived when a run is shown and then held (domain/held.ts): images
 * that come move nothing.
 */
export function useView(
  scan: () => RunScan | undefined,
  runId: () => string | undefined,
  initial: StoredView,
): View {
  const wantedRoles = shallowRef<Roles | undefined>(initial.roles)
  const wantedModes = shallowRef<Modes>(initial.modes)
  const wantedSelections = shallowRef<Selections>(initial.selections)
  const wantedExcluded = shallowRef<Selections>(initial.excluded)
  const chosen = shallowRef<ChosenValues>(initial.chosen)
  /** By slider dimension: the value the master slider was moved to. */
  const masterValues = shallowRef<ReadonlyMap<string, string>>(initial.positions)
  const cellValues = shallowRef<ReadonlyMap<string, string>>(initial.cells)

  const catalog = computed<Catalog | undefined>((before) => {
    const value = scan()
    return value && buildCatalog(value, before)
  })
  const run = computed(() => scan()?.run)
  const heldRoles = computed<HeldRoles>((before) => holdRoles(before, run.value, wantedRoles.value, catalog.value))
  const roles = computed(() => heldRoles.value.roles)
  const dimensions = computed(() => catalog.value?.dimensions ?? [])
  const heard = computed(() =>
    heardSelections({ selections: wantedSelections.value, excluded: wantedExcluded.value }, dimensions.value),
  )
  const heldSingles = computed<HeldSingles>((before) =>
    holdSingles(before, run.value, dimensions.value, wantedModes.value, heard.value),
  )
  const selections = computed(() => carrySelections(heldSingles.value.selections, dimensions.value))
  const free = computed(() => (catalog.value ? freeDimensions(catalog.value, roles.value) : []))
  const index = computed(
    () =>
      catalog.value &&
      buildIndex(catalog.value, roles.value, wantedModes.value, selections.value, free.value),
  )
  const heldChoice = computed<HeldChoice>((before) =>
    holdChoice(before, {
      run: run.value,
      catalog: catalog.value,
      choices: index.value?.choices ?? [],
      chosen: chosen.value,
      chosenBy: [roles.value, wantedModes.value, wantedSelections.value, wantedExcluded.value],
    }),
  )
  const choice = computed(() => heldChoice.value.position)
  const heldValue = computed<HeldValue>((before) => {
    const axis = index.value?.slider
    return holdValue(before, run.value, axis, axis && masterValues.value.get(axis.dimension.name))
  })
  const position = computed(() => {
    const axis = index.value?.slider
    return axis ? positionOf(axis, heldValue.value.value) : 0
  })
  const arrangement = computed<Arrangement>(() => {
    const present = catalog.value?.columns
    const modes = [...wantedModes.value].filter(([dimension]) => present?.has(dimension))
    return { roles: roles.value, modes: new Map(modes) }
  })
  const wanted = computed<Arrangement>(() => ({
    roles: wantedRoles.value ?? roles.value,
    modes: wantedModes.value,
  }))

  const stored = computed<StoredView>(() => ({
    roles: wantedRoles.value,
    modes: wantedModes.value,
    selections: wantedSelections.value,
    excluded: wantedExcluded.value,
    positions: masterValues.value,
    cells: cellValues.value,
    chosen: chosen.value,
  }))

  function setRoles(next: Roles): void {
    if (next.slider !== roles.value.slider) cellValues.value = new Map()
    wantedRoles.value = next
  }

  // At once: what is restored for the next run comes after it. The first run may have some already.
  watch(
    runId,
    (_, before) => {
      if (before !== undefined) cellValues.value = new Map()
    },
    { flush: 'sync' },
  )

  return {
    catalog,
    roles,
    selections,
    index,
    choice,
    position,
    arrangement,
    wanted,
    stored,
    modeOf: (dimension) => effectiveMode(dimension, roles.value, wantedModes.value),
    setRole(dimension, role) {
      setRoles(assignRole(roles.value, dimension, role))
    },
    swapAxes() {
      setRoles(swapAxes(roles.value))
    },
    setMode(dimension, mode) {
      wantedModes.value = new Map([...wantedModes.value, [dimension, mode]])
    },
    arrange(next) {
      setRoles(next.roles)
      wantedModes.value = next.modes
    },
    select(dimension, change) {
      const next = new Map(wantedSelections.value)
      const changed = change(selections.value).get(dimension.name)
      if (changed === undefined) next.delete(dimension.name)
      else next.set(dimension.name, changed)
      wantedSelections.value = next
      wantedExcluded.value = new Map([...wantedExcluded.value].filter(([name]) => name !== dimension.name))
    },
    step(by) {
      const choices = index.value?.choices ?? []
      if (choices.length > 1) chosen.value = stepChoice(choices, choice.value, by)
    },
    choose(next) {
      if (next !== choice.value) chosen.value = stepChoice(index.value?.choices ?? [], next, 0)
    },
    moveAll(next) {
      const axis = index.value?.slider
      const value = axis?.values[next]
      if (!axis || value === undefined) return
      cellValues.value = new Map()
      masterValues.value = new Map([...masterValues.value, [axis.dimension.name, value]])
    },
    moveCell(cell, next) {
      const value = index.value?.slider?.values[next]
      if (value !== undefined) cellValues.value = new Map([...cellValues.value, [cell, value]])
    },
    cellPosition(cell) {
      const axis = index.value?.slider
      const value = cellValues.value.get(cell)
      return axis && value !== undefined ? positionOf(axis, value) : position.value
    },
    restore(next) {
      wantedRoles.value = next.roles
      wantedModes.value = next.modes
      wantedSelections.value = next.selections
      wantedExcluded.value = next.excluded
      masterValues.value = next.positions
      chosen.value = next.chosen
      cellValues.value = next.cells
    },
  }
}
