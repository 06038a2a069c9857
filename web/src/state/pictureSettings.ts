import { ref, watch, type Ref } from 'vue'
import { recallBoolean, recallNumber, remember } from './storage'

export interface PictureSettings {
  /** Cells show originals only, also while things move. */
  readonly alwaysOriginals: Ref<boolean>
  /** Decoded pictures to keep, in MiB. */
  readonly budget: Ref<number>
}

export const BUDGETS = [100, 200, 400, 800, 1600] as const
const DESKTOP_BUDGET = 400
/** Phones end a page that takes more than they like. */
const PHONE_BUDGET = 200

export function usePictureSettings(): PictureSettings {
  const isPhone = matchMedia('(pointer: coarse) and (max-width: 1023px)').matches
  const alwaysOriginals = ref(recallBoolean('always-originals') ?? false)
  const stored = recallNumber('picture-budget')
  const budget = ref(
    BUDGETS.find((each) => each === stored) ?? (isPhone ? PHONE_BUDGET : DESKTOP_BUDGET),
  )
  watch(alwaysOriginals, (value) => remember('always-originals', value))
  watch(budget, (value) => remember('picture-budget', value))
  return { alwaysOriginals, budget }
}
