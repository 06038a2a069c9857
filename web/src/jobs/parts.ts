import { lazyPart } from '@/ui/lazy'

export const JobList = lazyPart(() => import('./JobList.vue'))
