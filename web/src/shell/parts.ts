import { lazyDialog } from '@/ui/lazy'

export const KeyboardHelp = lazyDialog(() => import('./KeyboardHelp.vue'))
export const SettingsDialog = lazyDialog(() => import('./SettingsDialog.vue'))
export const LibraryDialog = lazyDialog(() => import('./LibraryDialog.vue'))
export const JobLaunchDialog = lazyDialog(() => import('@/jobs/JobLaunchDialog.vue'))
