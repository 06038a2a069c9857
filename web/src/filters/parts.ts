import { lazyPart } from '@/ui/lazy'

export const DimensionFilter = lazyPart(() => import('./DimensionFilter.vue'))
