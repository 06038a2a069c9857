import { lazyDialog } from '@/ui/lazy'

export const PresetNameDialog = lazyDialog(() => import('./PresetNameDialog.vue'))
