// Parts of the page whose code the first look does without.

import { type Component, defineAsyncComponent } from 'vue'
import DialogStatus from './DialogStatus.vue'
import PartStatus from './PartStatus.vue'

type Load<Part extends Component> = () => Promise<{ default: Part }>

const loads: Load<Component>[] = []

function lazy<Part extends Component>(load: Load<Part>, status: Component): Part {
  loads.push(load)
  return defineAsyncComponent({ loader: async () => (await load()).default, loadingComponent: status, errorComponent: status })
}

/** A part whose code is fetched when it is first shown; in its place is said that it is on its way or cannot be had. */
export function lazyPart<Part extends Component>(load: Load<Part>): Part {
  return lazy(load, PartStatus)
}

/** The same of a dialog, which emits `close`. */
export function lazyDialog<Part extends Component>(load: Load<Part>): Part {
  return lazy(load, DialogStatus)
}

/**
 * Fetches the code of all parts, one after the other. A page that has it does not miss it when the server is upgraded
 * or out of reach; what cannot be had now is asked for again when it is shown.
 */
export async function fetchParts(): Promise<void> {
  for (const load of loads.splice(0)) await load().catch(() => undefined)
}
