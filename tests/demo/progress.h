/* How far the work has come, on stderr: one line that updates itself on a terminal, else one line
 * for every tenth. Any thread may report. */
#ifndef DEMO_PROGRESS_H
#define DEMO_PROGRESS_H

void demo_progress_begin(const char *what, int total);
void demo_progress_add(int done);

/* Ends the line. */
void demo_progress_end(void);

#endif
