/*
 * stopwatch [--cpu] COMMAND...: runs a command with its output thrown away and prints the seconds
 * that it took; with --cpu, those that it spent on a processor.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static double seconds_of(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
	int cpu = argc > 1 && strcmp(argv[1], "--cpu") == 0;
	struct rusage usage;
	posix_spawn_file_actions_t actions;
	struct timespec start, end;
	int status;
	pid_t child;

	argc -= cpu;
	argv += cpu;
	if (argc < 2) {
		fputs("Usage: stopwatch [--cpu] COMMAND...\n", stderr);
		return 2;
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	clock_gettime(CLOCK_MONOTONIC, &start);
	if (posix_spawnp(&child, argv[1], &actions, NULL, argv + 1, environ) ||
		waitpid(child, &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status)) {
		fprintf(stderr, "stopwatch: %s failed\n", argv[1]);
		return 1;
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	if (cpu && getrusage(RUSAGE_CHILDREN, &usage) == 0) {
		printf("%.6f\n", seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime));
		return 0;
	}
	printf("%.6f\n",
		(double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9);
	return 0;
}
