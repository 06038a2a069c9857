import { computed, onScopeDispose, ref, watchEffect, type ComputedRef } from 'vue'
import { recall, remember } from './storage'

export type Theme = 'light' | 'dark'

// public/theme.js sets the same attribute from the same sources before the first paint.
const STORAGE_KEY = 'theme'

function chosenTheme(): Theme | undefined {
  const stored = recall(STORAGE_KEY)
  return stored === 'light' || stored === 'dark' ? stored : undefined
}

/** The theme: as chosen, else as the system has it. */
export function useTheme(): { theme: ComputedRef<Theme>; toggle: () => void } {
  const query = matchMedia('(prefers-color-scheme: dark)')
  const system = ref<Theme>(query.matches ? 'dark' : 'light')
  const chosen = ref(chosenTheme())
  const follow = (): void => {
    system.value = query.matches ? 'dark' : 'light'
  }
  query.addEventListener('change', follow)
  onScopeDispose(() => query.removeEventListener('change', follow))

  const theme = computed(() => chosen.value ?? system.value)
  watchEffect(() => {
    document.documentElement.dataset.theme = theme.value
  })
  return {
    theme,
    toggle() {
      chosen.value = theme.value === 'dark' ? 'light' : 'dark'
      remember(STORAGE_KEY, chosen.value)
    },
  }
}
