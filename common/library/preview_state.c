#include "library/preview_state.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define BLOCK 4096

#define FORMAT 1

uint64_t library_preview_charge(uint64_t size)
{
	return (size + BLOCK - 1) / BLOCK * BLOCK + BLOCK;
}

bool library_preview_lock(int state, off_t byte, bool wait)
{
	struct flock range = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
	int done;

	do {
		done = fcntl(state, wait ? F_OFD_SETLKW : F_OFD_SETLK, &range);
	} while (done != 0 && errno == EINTR);
	return done == 0;
}

void library_preview_unlock(int state, off_t byte)
{
	struct flock range = {.l_type = F_UNLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};

	(void)fcntl(state, F_OFD_SETLK, &range);
}

struct library_preview_state library_preview_state_read(int state)
{
	struct library_preview_state content;

	if (pread(state, &content, sizeof(content), 0) != (ssize_t)sizeof(content) ||
		content.format != FORMAT)
		return (struct library_preview_state){0};
	content.boot[sizeof(content.boot) - 1] = '\0';
	return content;
}

void library_preview_state_write(int state, struct library_preview_state *content)
{
	content->format = FORMAT;
	(void)!pwrite(state, content, sizeof(*content), 0);
}

void library_preview_count(int state, int64_t change)
{
	struct library_preview_state content;

	(void)library_preview_lock(state, LIBRARY_PREVIEW_LOCK_STATE, true);
	content = library_preview_state_read(state);
	if (change < 0 && content.used < (uint64_t)-change)
		content.used = 0;
	else
		content.used += (uint64_t)change;
	library_preview_state_write(state, &content);
	library_preview_unlock(state, LIBRARY_PREVIEW_LOCK_STATE);
}
