/* Paints single pictures on demand, for the simulated ComfyUI. */
#ifndef DEMO_PAINTER_H
#define DEMO_PAINTER_H

/*
 * Answers each line of standard input with one picture on standard output: SIZE * SIZE * 3 bytes,
 * row by row. A line is
 *
 *     SCENE COMPOSITION SIZE PROGRESS GUIDANCE SEED
 *
 * SCENE as in scene.h without its prefix; SIZE a multiple of 64, 64 to 2048; the others as in
 * training.h. The scenes painted last are kept, so that a checkpoint after the other is quick.
 * Returns the program's exit status: 0 at the end of the input, 1 after a line it does not
 * understand.
 */
int demo_painter_serve(void);

#endif
