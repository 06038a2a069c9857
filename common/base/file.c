#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/limits.h"

int file_open_beneath(int at, const char *path, int flags, enum file_links links)
{
	struct open_how how = {
		.flags = (unsigned)(flags | O_CLOEXEC),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};

	if ((flags & O_ACCMODE) == O_RDONLY && !(flags & O_PATH))
		how.flags |= O_NONBLOCK;
	if (links == FILE_LINKS_REFUSED)
		how.resolve |= RESOLVE_NO_SYMLINKS;
	return (int)syscall(SYS_openat2, at, path, &how, sizeof(how));
}

bool file_read_all(int descriptor, struct buffer *buffer)
{
	for (;;) {
		size_t room = buffer->maximum - buffer->length;
		/* One byte past the maximum tells a file that fits from one that does not. */
		char probe = 0;
		size_t wanted = room > 65536 ? 65536 : room;
		char *to = wanted ? buffer_reserve(buffer, wanted) : &probe;
		ssize_t got;

		if (!to) {
			errno = ENOMEM;
			return false;
		}
		got = read(descriptor, to, wanted ? wanted : 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		if (got == 0)
			return true;
		if (wanted == 0) {
			errno = EFBIG;
			return false;
		}
		buffer->length += (size_t)got;
	}
}

bool file_read_path(int at, const char *path, struct buffer *buffer)
{
	int descriptor = openat(at, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool done;
	int reason;

	if (descriptor < 0)
		return false;
	done = file_read_all(descriptor, buffer);
	reason = errno;
	(void)close(descriptor);
	errno = reason;
	return done;
}

static bool write_all(int descriptor, struct text content)
{
	while (content.length) {
		ssize_t put = write(descriptor, content.at, content.length);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		content = text_from_offset(content, (size_t)put);
	}
	return true;
}

static bool fill_and_rename(int at, int descriptor, const char *temporary, const char *name,
	struct text content, bool durable)
{
	bool written = write_all(descriptor, content) && (!durable || fsync(descriptor) == 0);
	int reason = errno;

	if (close(descriptor) != 0 && written) {
		written = false;
		reason = errno;
	}
	if (written && renameat(at, temporary, at, name) == 0)
		return true;
	if (written)
		reason = errno;
	(void)unlinkat(at, temporary, 0);
	errno = reason;
	return false;
}

bool file_write_atomic(int at, const char *name, struct text content, bool durable)
{
	const char *slash = strrchr(name, '/');
	char temporary[LIMIT_PATH];
	unsigned long long unique;
	bool synced = true;
	int length;
	int descriptor;

	if (getrandom(&unique, sizeof(unique), 0) != (ssize_t)sizeof(unique))
		return false;
	length = snprintf(temporary, sizeof(temporary), "%.*s.%016llx.part",
		slash ? (int)(slash - name + 1) : 0, name, unique);
	if (length < 0 || (size_t)length >= sizeof(temporary)) {
		errno = ENAMETOOLONG;
		return false;
	}
	descriptor = openat(at, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (descriptor < 0)
		return false;
	if (!fill_and_rename(at, descriptor, temporary, name, content, durable))
		return false;
	if (durable) {
		char parent[LIMIT_PATH];
		int directory;
		int reason;

		(void)snprintf(parent, sizeof(parent), "%.*s", slash ? (int)(slash - name + 1) : 1,
			slash ? name : ".");
		directory = openat(at, parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (directory < 0)
			return false;
		/* EINVAL: a file system that syncs no directories. */
		synced = fsync(directory) == 0 || errno == EINVAL;
		reason = errno;
		(void)close(directory);
		errno = reason;
	}
	return synced;
}

unsigned char file_entry_type(int at, const struct dirent *entry)
{
	struct stat status;

	if (entry->d_type != DT_UNKNOWN ||
		fstatat(at, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
		return entry->d_type;
	return (unsigned char)IFTODT(status.st_mode);
}

bool file_make_directories(const char *path)
{
	char partial[LIMIT_PATH];
	size_t length = strlen(path);

	if (length == 0 || length >= sizeof(partial)) {
		errno = length ? ENAMETOOLONG : ENOENT;
		return false;
	}
	memcpy(partial, path, length + 1);
	for (size_t i = 1; i <= length; i++) {
		struct stat status;

		if (partial[i] != '/' && partial[i] != '\0')
			continue;
		partial[i] = '\0';
		if (mkdir(partial, 0777) != 0 && (errno != EEXIST || stat(partial, &status) != 0 ||
							 !S_ISDIR(status.st_mode))) {
			if (errno == EEXIST)
				errno = ENOTDIR;
			return false;
		}
		partial[i] = path[i];
	}
	return true;
}
