#include "base/stop.h"

#include <stddef.h>

static volatile sig_atomic_t requested;

static void request(int signal)
{
	(void)signal;
	requested = 1;
}

/* None of the calls can fail for signals that exist and are not SIGKILL or SIGSTOP. */
void stop_listen(sigset_t *while_waiting)
{
	static const int numbers[] = {SIGTERM, SIGINT, SIGUSR1};
	struct sigaction action = {.sa_handler = request};
	sigset_t blocked;

	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigemptyset(&action.sa_mask);
	(void)sigemptyset(&blocked);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		(void)sigaction(numbers[i], &action, NULL);
		(void)sigaddset(&blocked, numbers[i]);
	}
	(void)sigprocmask(SIG_BLOCK, &blocked, while_waiting);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		(void)sigdelset(while_waiting, numbers[i]);
}

bool stop_requested(void)
{
	return requested != 0;
}
