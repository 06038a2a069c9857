// Where the view is kept beyond the page: in its URL, so that it can be sent and Back returns to it, in the browser's
// history with all that a URL leaves out, and in localStorage for the next visit.

import { computed, onScopeDispose, watch } from 'vue'
import { movedCells } from '@/domain/cells'
import { tellSelections } from '@/domain/exclusions'
import { effectiveMode } from '@/domain/filters'
import { isRecord } from '@/domain/json'
import { CHECKPOINT } from '@/domain/roles'
import { type Link, readLink, type Step, stepOf, stepOfLink, writeLink } from './link'
import type { OpenImage } from './openImage'
import { recall, recallString, remember } from './storage'
import { parseView, type StoredView, storeView } from './storedView'
import type { TrainingRuns } from './trainingRuns'
import type { View } from './view'

export interface Start {
  readonly run: string | undefined
  readonly view: StoredView
  readonly open: Link['open']
  /** What the URL says; undefined: it names no run. */
  readonly link: Link | undefined
  /** Somebody comes back to a view of their own, rather than following a link to another's. */
  readonly isOwn: boolean
}

interface Entry {
  readonly url: string
  readonly state: { readonly view: unknown; readonly opened: boolean; readonly arrangement: string }
}

/** Browsers refuse to be told of every position of a slider that is dragged. */
const REPLACE_DELAY_MS = 250

function viewOf(link: Link): StoredView {
  const slider = link.roles ? link.roles.slider : CHECKPOINT
  const positions = slider !== undefined && link.at !== undefined ? [[slider, link.at] as const] : []
  return { ...link, positions: new Map(positions) }
}

const PENDING_KEY = 'checkpoint-sampler.pending'

/** What an entry is to be replaced by survives a reload that comes first; browsers ignore a change on the way out. */
function keepPending(entry: Entry | undefined): void {
  try {
    if (entry) sessionStorage.setItem(PENDING_KEY, JSON.stringify(entry))
    else sessionStorage.removeItem(PENDING_KEY)
  } catch {
    // Then the last quarter of a second is lost.
  }
}
function applyPending(): void {
  try {
    const entry: unknown = JSON.parse(sessionStorage.getItem(PENDING_KEY) ?? 'null')
    const [navigation] = performance.getEntriesByType('navigation')
    const isReload = navigation instanceof PerformanceNavigationTiming && navigation.type === 'reload'
    if (isReload && isRecord(entry) && typeof entry.url === 'string') history.replaceState(entry.state, '', entry.url)
  } catch {
    // Nothing was kept.
  }
  keepPending(undefined)
}

/** What the page begins with: what its history entry holds, else its URL, else what was last seen here. */
export function readStart(): Start {
  applyPending()
  const state: unknown = history.state
  const link = readLink(location.search)
  if (!link) {
    return { run: recallString('run'), view: parseView(recall('view')), open: undefined, link, isOwn: true }
  }
  const kept = isRecord(state) ? state.view : undefined
  return {
    run: link.run,
    view: kept === undefined ? viewOf(link) : parseView(kept),
    open: link.open,
    link,
    isOwn: kept !== undefined,
  }
}

function isSameStep(a: Step, b: Step): boolean {
  return a.arrangement === b.arrangement && a.isOpen === b.isOpen
}

function isOpenedState(state: unknown): boolean {
  return isRecord(state) && state.opened === true
}

/** The step of the current entry. Its URL may have been too short for the arrangement. */
function currentStep(state: unknown): Step {
  const step = stepOf(location.search)
  return isRecord(state) && typeof state.arrangement === 'string' ? { ...step, arrangement: state.arrangement } : step
}

export function useNavigation(runs: TrainingRuns, view: View, image: OpenImage): void {
  const link = computed<Link | undefined>(() => {
    const run = runs.selected.value
    const index = view.index.value
    const roles = view.roles.value
    const { modes } = view.arrangement.value
    if (!run || !index) return undefined
    const shown = (view.catalog.value?.dimensions ?? []).filter(({ name }) => effectiveMode(name, roles, modes) !== 'hide')
    return {
      run: run.id,
      roles,
      modes: new Map(shown.flatMap(({ name }) => {
        const mode = modes.get(name)
        return mode === undefined || Object.values(roles).includes(name) ? [] : [[name, mode]]
      })),
      ...tellSelections(view.selections.value, shown),
      chosen:
        index.choices.length > 1
          ? new Map(index.choices[view.choice.value]?.values.map(({ dimension, value }) => [dimension, value]))
          : new Map(),
      at: index.slider?.values[view.position.value],
      cells: movedCells(index, view.position.value, view.stored.value.cells),
      open: image.place.value && image.values.value,
    }
  })

  /** The step that the current entry of the history stands for; undefined: it was not written yet. */
  let step: Step | undefined
  /** The current entry was made by opening an image, so going back closes it. */
  let opened = isOpenedState(history.state)
  /** What the current entry is to be replaced by, soon. */
  let pending: Entry | undefined
  /** We are going back, to an entry that is to become this. */
  let closing: Entry | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  function drop(): void {
    clearTimeout(timer)
    if (pending) keepPending(undefined)
    pending = undefined
  }
  function flush(): void {
    if (pending) history.replaceState(pending.state, '', pending.url)
    drop()
  }
  function entryOf(current: Link, { arrangement }: Step): Entry {
    return { url: writeLink(current), state: { view: storeView(view.stored.value), opened, arrangement } }
  }

  watch(
    link,
    (next, before) => {
      if (!next) return
      const nextStep = stepOfLink(next)
      if (closing) {
        closing = entryOf(next, nextStep)
      } else if (step === undefined || isSameStep(step, nextStep)) {
        clearTimeout(timer)
        pending = entryOf(next, nextStep)
        keepPending(pending)
        timer = setTimeout(flush, step === undefined ? 0 : REPLACE_DELAY_MS)
      } else if (opened && before?.open && !next.open) {
        drop()
        opened = false
        closing = entryOf(next, nextStep)
        history.back()
      } else {
        flush()
        opened = next.open !== undefined
        if (before?.open && !next.open) reveal()
        const { state, url } = entryOf(next, nextStep)
        history.pushState(state, '', url)
      }
      step = nextStep
    },
    { flush: 'post', immediate: true },
  )
  watch(view.stored, (stored) => remember('view', storeView(stored)))

  /** The browser scrolls back to where the entry was left, before the next frame. */
  function reveal(): void {
    requestAnimationFrame(image.reveal)
  }

  function travel(event: PopStateEvent): void {
    drop()
    opened = isOpenedState(event.state)
    if (closing) {
      pending = { ...closing, state: { ...closing.state, opened } }
      closing = undefined
      flush()
      reveal()
      return
    }
    const target = readLink(location.search)
    if (!target) return
    const left = step
    step = currentStep(event.state)
    if (left?.isOpen && !step.isOpen && left.arrangement === step.arrangement) {
      // As any other way to close it: what was moved in front of the grid stays.
      image.values.value = undefined
      reveal()
      return
    }
    runs.follow(target.run)
    const kept = isRecord(event.state) ? event.state.view : undefined
    view.restore(kept === undefined ? viewOf(target) : parseView(kept))
    image.values.value = target.open
  }
  window.addEventListener('popstate', travel)
  onScopeDispose(() => {
    window.removeEventListener('popstate', travel)
    drop()
  })
}
