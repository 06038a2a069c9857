#include "library/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "library/places.h"
#include "naming/checkpoint.h"
#include "naming/exclude.h"

struct identity {
	dev_t device;
	ino_t inode;
};

struct walk {
	struct arena *arena;
	const struct config *config;
	struct library_files *files;
	size_t directory;      /* which of the checkpoint directories */
	char path[LIMIT_PATH]; /* of the directory in work, relative, with a final `/`; "" at the
				  top */
	size_t length;	       /* of `path` */
	bool in_link;	       /* somewhere below a link to a directory */
	struct identity above[LIMIT_DIRECTORY_DEPTH]; /* the directories on the way down */
	size_t depth;
};

static bool read_directory(struct walk *walk, int descriptor, size_t place);

/* Notes what is named by the walk's path as skipped. */
static bool skip(struct walk *walk, const char *reason)
{
	const char *parent = walk->config->checkpoint_dirs[walk->directory];
	const char *path =
		arena_printf(walk->arena, "%s%s%s", parent, walk->path[0] ? "/" : "", walk->path);

	return path && library_skip(walk->arena, &walk->files->skipped, text_from(path), reason);
}

static bool skip_errno(struct walk *walk)
{
	return skip(walk, arena_copy(walk->arena, text_from(strerror(errno))));
}

static bool add_file(struct walk *walk)
{
	struct library_files *files = walk->files;
	struct library_file file = {.directory = walk->directory};
	const char *slash;

	if (!arena_grow(walk->arena, &files->items, &files->capacity, files->count,
		    sizeof(*files->items)))
		return false;
	file.path = arena_copy(walk->arena, text_from(walk->path));
	if (!file.path)
		return false;
	slash = strrchr(file.path, '/');
	file.parent = text_head(text_from(file.path), slash ? (size_t)(slash - file.path) : 0);
	file.file_name = text_from(slash ? slash + 1 : file.path);
	files->items[files->count++] = file;
	return true;
}

static bool is_above(const struct walk *walk, struct identity identity)
{
	for (size_t i = 0; i < walk->depth; i++)
		if (walk->above[i].inode == identity.inode &&
			walk->above[i].device == identity.device)
			return true;
	return false;
}

/* Notes the directory that the walk's path names. */
static bool add_place(struct walk *walk, const struct stat *status)
{
	struct library_files *files = walk->files;
	const char *parent = walk->config->checkpoint_dirs[walk->directory];
	struct library_place place = {
		.device = status->st_dev, .inode = status->st_ino, .modified = status->st_mtim};

	place.path =
		arena_printf(walk->arena, "%s%s%s", parent, walk->path[0] ? "/" : "", walk->path);
	if (!place.path || !arena_grow(walk->arena, &files->places, &files->place_capacity,
				   files->place_count, sizeof(*files->places)))
		return false;
	files->places[files->place_count++] = place;
	return true;
}

/* Notes what cannot be read as skipped, and as a place: it may be readable another time. */
static bool skip_unreadable(struct walk *walk)
{
	const struct stat unknown = {0};

	return skip_errno(walk) && add_place(walk, &unknown);
}

/* Goes down into the open directory that the walk's path names; closes it. */
static bool descend(struct walk *walk, int descriptor)
{
	struct stat status;
	struct identity identity;
	bool done;

	if (fstat(descriptor, &status) != 0) {
		done = skip_errno(walk);
		(void)close(descriptor);
		return done;
	}
	identity = (struct identity){status.st_dev, status.st_ino};
	if (walk->depth == LIMIT_DIRECTORY_DEPTH || is_above(walk, identity)) {
		(void)close(descriptor);
		return skip(walk, walk->depth == LIMIT_DIRECTORY_DEPTH
					  ? "directories are nested too deeply here"
					  : "the link leads to a directory that contains it");
	}
	if (!add_place(walk, &status)) {
		(void)close(descriptor);
		return false;
	}
	walk->above[walk->depth++] = identity;
	done = read_directory(walk, descriptor, walk->files->place_count - 1);
	walk->depth--;
	return done;
}

static bool is_checkpoint_name(struct walk *walk, const char *name)
{
	struct naming_checkpoint parsed;

	return naming_parse_checkpoint(walk->arena, TEXT(""), text_from(name), &parsed) !=
	       NAMING_OTHER_FILE;
}

/* True if the globs keep it out; that is counted. */
static bool is_excluded(struct walk *walk, bool is_directory)
{
	const struct config *config = walk->config;

	if (!naming_excluded(config->exclude, config->exclude_count, walk->path, is_directory))
		return false;
	walk->files->excluded++;
	return true;
}

static bool take_directory(struct walk *walk, int parent, const char *name)
{
	int descriptor;

	if (is_excluded(walk, true))
		return true;
	descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (descriptor < 0)
		return errno == ENOENT || skip_unreadable(walk);
	return descend(walk, descriptor);
}

static bool skip_link(struct walk *walk, const char *real)
{
	if (!real)
		return skip(walk, errno == ENOENT  ? "the link leads nowhere"
				  : errno == ELOOP ? "the link leads in a circle"
						   : "the link cannot be followed");
	if (errno != EXDEV)
		return skip_errno(walk);
	return skip(walk,
		arena_printf(walk->arena,
			"the link leads to %s, outside the configured directories; to follow it, "
			"add that directory to checkpoint_dirs",
			real));
}

/*
 * A link to a checkpoint or to a directory. Links to directories inside a directory reached by a
 * link are not followed: their targets lie in a configured directory and are found there, and trees
 * of links upon links would take exponential time.
 */
static bool take_link(struct walk *walk, const char *name)
{
	const char *parent = walk->config->checkpoint_dirs[walk->directory];
	const char *path = arena_printf(walk->arena, "%s/%s", parent, walk->path);
	const char *real;
	struct stat status;
	int descriptor;
	bool done;

	if (!path)
		return false;
	descriptor = library_open_real(walk->arena, walk->config, path, O_PATH, &real);
	if (descriptor < 0)
		return skip_link(walk, real);
	if (fstat(descriptor, &status) != 0) {
		done = skip_errno(walk);
	} else if (S_ISREG(status.st_mode)) {
		done = !is_checkpoint_name(walk, name) || is_excluded(walk, false) ||
		       add_file(walk);
	} else if (S_ISDIR(status.st_mode) && walk->in_link) {
		done = skip(walk, "a link inside a linked directory is not followed");
	} else if (S_ISDIR(status.st_mode) && !is_excluded(walk, true)) {
		int directory = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		walk->in_link = true;
		done = directory < 0 ? skip_unreadable(walk) : descend(walk, directory);
		walk->in_link = false;
	} else {
		done = true;
	}
	(void)close(descriptor);
	return done;
}

/* Deals with one entry, which the walk's path names already. */
static bool take_entry(struct walk *walk, int parent, const struct dirent *entry)
{
	unsigned char type = file_entry_type(parent, entry);
	bool is_checkpoint = is_checkpoint_name(walk, entry->d_name);

	if (type != DT_DIR && type != DT_LNK && !is_checkpoint)
		return true;
	if (!utf8_valid(text_from(entry->d_name)))
		return skip(walk, "the name is not valid UTF-8");
	if (type == DT_DIR)
		return take_directory(walk, parent, entry->d_name);
	if (type == DT_LNK)
		return take_link(walk, entry->d_name);
	if (is_excluded(walk, false))
		return true;
	return type == DT_REG ? add_file(walk) : skip(walk, "not a regular file");
}

static bool read_entries(struct walk *walk, DIR *stream, size_t place)
{
	size_t length = walk->length;
	bool done = true;

	while (done) {
		const struct dirent *entry;
		size_t name_length;

		errno = 0;
		entry = readdir(stream);
		if (!entry && errno == 0)
			return true;
		if (!entry) {
			/* What was read so far is no ground to pass it over another time. */
			walk->files->places[place].modified = (struct timespec){0};
			return skip_errno(walk);
		}
		name_length = strlen(entry->d_name);
		if (entry->d_name[0] == '.')
			continue;
		if (length + name_length + 2 > sizeof(walk->path)) {
			done = skip(walk, "a path below here is too long");
			continue;
		}
		memcpy(walk->path + length, entry->d_name, name_length + 1);
		walk->length = length + name_length;
		done = take_entry(walk, dirfd(stream), entry);
		walk->path[length] = '\0';
		walk->length = length;
	}
	return false;
}

/* Reads the directory that the walk's path names, its place being that one; closes it. */
static bool read_directory(struct walk *walk, int descriptor, size_t place)
{
	DIR *stream = fdopendir(descriptor);
	size_t length = walk->length;
	bool done;

	if (!stream) {
		done = skip_errno(walk);
		(void)close(descriptor);
		return done;
	}
	if (length) {
		walk->path[length] = '/';
		walk->path[length + 1] = '\0';
		walk->length++;
	}
	done = read_entries(walk, stream, place);
	walk->path[length] = '\0';
	walk->length = length;
	(void)closedir(stream);
	return done;
}

bool library_walk(struct arena *arena, const struct config *config, struct library_files *files)
{
	struct walk *walk = arena_alloc(arena, sizeof(*walk));

	*files = (struct library_files){0};
	if (!walk)
		return false;
	walk->arena = arena;
	walk->config = config;
	walk->files = files;
	for (size_t i = 0; i < config->checkpoint_dir_count; i++) {
		int descriptor =
			open(config->checkpoint_dirs[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		walk->directory = i;
		if (!(descriptor < 0 ? skip_errno(walk) : descend(walk, descriptor)))
			return false;
	}
	return true;
}
