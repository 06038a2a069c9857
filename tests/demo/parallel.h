/* Work spread over the machine's cores. */
#ifndef DEMO_PARALLEL_H
#define DEMO_PARALLEL_H

/* Calls work(context, i) once for every i from 0 to count - 1, on all cores, and returns after the
 * last. */
void demo_parallel(int count, void (*work)(void *context, int index), void *context);

#endif
