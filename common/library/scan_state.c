#include "library/scan_state.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/file_system.h"
#include "base/hash.h"
#include "library/scan.h"

/* Part of every fingerprint: raise it when the answer's form changes. */
#define FORMAT 1

static uint64_t mix_number(uint64_t hash, uint64_t value)
{
	return hash_text(hash, (struct text){(const char *)&value, sizeof(value)});
}

static uint64_t mix_text(uint64_t hash, struct text value)
{
	return hash_text(mix_number(hash, value.length), value);
}

/*
 * Files are written to the cache without waiting for the disk: after a power cut one may be torn.
 * So none is trusted that was written before the machine last started.
 */
static bool mix_boot(uint64_t *hash)
{
	struct buffer boot;
	bool done;

	buffer_init(&boot, 64);
	done = file_read_path(AT_FDCWD, "/proc/sys/kernel/random/boot_id", &boot);
	*hash = mix_text(*hash, buffer_text(&boot));
	buffer_free(&boot);
	return done;
}

static void mix_directory(struct library_scan_state *state, int sample_dir, dev_t device,
	const char *name, int64_t now)
{
	struct stat status;

	if (fstatat(sample_dir, name, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
		status.st_dev != device) {
		state->cacheable = false;
		return;
	}
	if (clock_nanoseconds(status.st_mtim) > now - LIBRARY_SETTLED_NS)
		state->settled = false;
	state->fingerprint = mix_number(state->fingerprint, status.st_ino);
	state->fingerprint =
		mix_number(state->fingerprint, (uint64_t)clock_nanoseconds(status.st_mtim));
	/* Unlike the modification time, nobody can set this one back. */
	state->fingerprint =
		mix_number(state->fingerprint, (uint64_t)clock_nanoseconds(status.st_ctim));
}

void library_read_scan_state(const struct config *config, const struct library_run *run,
	int64_t now, struct library_scan_state *state)
{
	int sample_dir = open(config->sample_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat status;

	*state = (struct library_scan_state){.fingerprint = HASH_START, .settled = true};
	if (sample_dir < 0)
		return;
	state->cacheable = fstat(sample_dir, &status) == 0 && !file_system_network(sample_dir) &&
			   mix_boot(&state->fingerprint);
	state->fingerprint = mix_text(state->fingerprint, text_from(VERSION));
	state->fingerprint = mix_number(state->fingerprint, FORMAT);
	state->fingerprint = mix_number(state->fingerprint, state->cacheable ? status.st_dev : 0);
	state->fingerprint = mix_text(state->fingerprint, run->name);
	for (size_t i = 0; i < run->checkpoint_count && state->cacheable; i++) {
		const struct library_checkpoint *checkpoint = run->checkpoints[i];

		state->fingerprint = mix_text(state->fingerprint, checkpoint->naming.file_name);
		state->fingerprint = mix_text(state->fingerprint, checkpoint->naming.value);
		state->fingerprint = mix_number(state->fingerprint, checkpoint->has_samples);
		if (checkpoint->has_samples)
			mix_directory(state, sample_dir, status.st_dev,
				checkpoint->naming.file_name.at, now);
	}
	(void)close(sample_dir);
}
