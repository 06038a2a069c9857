import { lazyPart } from '@/ui/lazy'

export const GenerationMetadata = lazyPart(() => import('./GenerationMetadata.vue'))
