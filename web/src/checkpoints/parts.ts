import { lazyPart } from '@/ui/lazy'

export const CheckpointMetadata = lazyPart(() => import('./CheckpointMetadata.vue'))
