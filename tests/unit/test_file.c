/* Files: nothing leads out of a directory, writes are whole or not there, reads are bounded. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "support.h"

/* A directory with `in/` to open beneath, and `out/secret` beside it that must stay unread. */
struct tree {
	char path[SUPPORT_PATH];
	int root;
	int inside;
};

static void write_file(int at, const char *name, const char *content)
{
	assert_true(file_write_atomic(at, name, text_from(content), false));
}

static int make_tree(void **state)
{
	struct tree *tree = calloc(1, sizeof(*tree));

	if (!tree)
		return 1;
	support_directory_make(tree->path);
	tree->root = open(tree->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (mkdirat(tree->root, "in", 0755) != 0 || mkdirat(tree->root, "out", 0755) != 0 ||
		mkdirat(tree->root, "in/sub", 0755) != 0)
		return 1;
	tree->inside = openat(tree->root, "in", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	write_file(tree->root, "in/plain", "plain");
	write_file(tree->root, "out/secret", "secret");
	*state = tree;
	return tree->inside < 0;
}

static int remove_tree(void **state)
{
	struct tree *tree = *state;

	(void)close(tree->inside);
	(void)close(tree->root);
	support_directory_remove(tree->path);
	free(tree);
	return 0;
}

static void assert_opens(int at, const char *path, enum file_links links)
{
	int descriptor = file_open_beneath(at, path, O_RDONLY, links);

	if (descriptor < 0)
		fail_msg("%s: errno %d", path, errno);
	assert_int_equal(fcntl(descriptor, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	assert_int_equal(close(descriptor), 0);
}

static void assert_refused(int at, const char *path, enum file_links links, int reason)
{
	assert_int_equal(file_open_beneath(at, path, O_RDONLY, links), -1);
	if (errno != reason)
		fail_msg("%s: errno %d, expected %d", path, errno, reason);
}

static void test_open_beneath(void **state)
{
	struct tree *tree = *state;
	char absolute[SUPPORT_PATH + 16];

	(void)snprintf(absolute, sizeof(absolute), "%s/in/plain", tree->path);
	assert_int_equal(symlinkat("plain", tree->inside, "link"), 0);
	assert_int_equal(symlinkat("../plain", tree->inside, "sub/up"), 0);
	assert_int_equal(symlinkat("../out/secret", tree->inside, "escape"), 0);
	assert_int_equal(symlinkat("../out", tree->inside, "escape-directory"), 0);
	assert_int_equal(symlinkat(absolute, tree->inside, "absolute"), 0);
	assert_int_equal(symlinkat("nowhere", tree->inside, "dangling"), 0);
	assert_int_equal(symlinkat("circle", tree->inside, "circle"), 0);

	assert_opens(tree->inside, "plain", FILE_LINKS_REFUSED);
	assert_opens(tree->inside, "sub/../plain", FILE_LINKS_REFUSED);
	assert_refused(tree->inside, "link", FILE_LINKS_REFUSED, ELOOP);
	assert_opens(tree->inside, "link", FILE_LINKS_BENEATH);
	assert_opens(tree->inside, "sub/up", FILE_LINKS_BENEATH);
	for (int links = FILE_LINKS_REFUSED; links <= FILE_LINKS_BENEATH; links++) {
		bool refused = links == FILE_LINKS_REFUSED;

		assert_refused(tree->inside, "../out/secret", (enum file_links)links, EXDEV);
		assert_refused(tree->inside, "sub/../../out/secret", (enum file_links)links, EXDEV);
		assert_refused(tree->inside, absolute, (enum file_links)links, EXDEV);
		assert_refused(
			tree->inside, "escape", (enum file_links)links, refused ? ELOOP : EXDEV);
		assert_refused(tree->inside, "escape-directory/secret", (enum file_links)links,
			refused ? ELOOP : EXDEV);
		assert_refused(
			tree->inside, "absolute", (enum file_links)links, refused ? ELOOP : EXDEV);
		assert_refused(
			tree->inside, "dangling", (enum file_links)links, refused ? ELOOP : ENOENT);
		assert_refused(tree->inside, "circle", (enum file_links)links, ELOOP);
		assert_refused(tree->inside, "none", (enum file_links)links, ENOENT);
	}
}

/* Would hang the test if the open waited for a writer. */
static void test_fifo_does_not_block(void **state)
{
	struct tree *tree = *state;
	struct buffer buffer;

	assert_int_equal(mkfifoat(tree->inside, "x.png", 0644), 0);
	assert_opens(tree->inside, "x.png", FILE_LINKS_REFUSED);
	buffer_init(&buffer, 100);
	assert_true(file_read_path(tree->inside, "x.png", &buffer));
	assert_int_equal(buffer.length, 0);
	buffer_free(&buffer);
}

static void test_read_is_bounded(void **state)
{
	struct tree *tree = *state;

	for (size_t maximum = 3; maximum <= 7; maximum++) {
		struct buffer buffer;

		buffer_init(&buffer, maximum);
		errno = 0;
		assert_int_equal(file_read_path(tree->inside, "plain", &buffer), maximum >= 5);
		if (maximum >= 5)
			assert_true(text_equal(buffer_text(&buffer), TEXT("plain")));
		else
			assert_int_equal(errno, EFBIG);
		buffer_free(&buffer);
	}
}

static void test_read_of_a_large_file(void **state)
{
	struct tree *tree = *state;
	size_t size = 300001;
	char *content = malloc(size);
	struct buffer buffer;

	assert_non_null(content);
	for (size_t i = 0; i < size; i++)
		content[i] = (char)(i % 251);
	assert_true(file_write_atomic(tree->inside, "large", (struct text){content, size}, true));
	buffer_init(&buffer, size);
	assert_true(file_read_path(tree->inside, "large", &buffer));
	assert_true(text_equal(buffer_text(&buffer), (struct text){content, size}));
	buffer_free(&buffer);
	assert_false(file_read_path(tree->inside, "none", &buffer));
	assert_int_equal(errno, ENOENT);
	assert_false(file_read_path(tree->inside, "sub", &buffer));
	assert_int_equal(errno, EISDIR);
	buffer_free(&buffer);
	free(content);
}

static size_t entries(int at, const char *path)
{
	int descriptor = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = fdopendir(descriptor);
	size_t count = 0;

	assert_non_null(directory);
	while (readdir(directory))
		count++;
	(void)closedir(directory);
	return count - 2;
}

static void test_atomic_write(void **state)
{
	struct tree *tree = *state;
	struct buffer buffer;
	struct stat before;
	struct stat after;

	assert_int_equal(fstatat(tree->inside, "plain", &before, 0), 0);
	assert_true(file_write_atomic(tree->inside, "plain", TEXT("another"), true));
	assert_int_equal(fstatat(tree->inside, "plain", &after, 0), 0);
	assert_true(before.st_ino != after.st_ino);
	buffer_init(&buffer, 100);
	assert_true(file_read_path(tree->inside, "plain", &buffer));
	assert_true(text_equal(buffer_text(&buffer), TEXT("another")));
	buffer_free(&buffer);
	assert_true(file_write_atomic(tree->inside, "sub/new", TEXT(""), true));
	assert_int_equal(entries(tree->inside, "sub"), 1);
	assert_false(file_write_atomic(tree->inside, "none/new", TEXT("x"), false));
	assert_int_equal(errno, ENOENT);
}

/* A write that fails half way (here: at the limit of a file's size) leaves old file and no debris.
 */
static void test_failed_write_leaves_no_debris(void **state)
{
	struct tree *tree = *state;
	struct rlimit limit;
	struct rlimit small;
	char *content = calloc(1, 100000);
	struct buffer buffer;

	assert_non_null(content);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	small = (struct rlimit){4096, limit.rlim_max};
	assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_false(
		file_write_atomic(tree->inside, "plain", (struct text){content, 100000}, true));
	assert_int_equal(errno, EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(entries(tree->inside, "."), 2);
	buffer_init(&buffer, 100);
	assert_true(file_read_path(tree->inside, "plain", &buffer));
	assert_true(text_equal(buffer_text(&buffer), TEXT("plain")));
	buffer_free(&buffer);
	/* A directory stands where the file should go: the rename fails. */
	assert_false(file_write_atomic(tree->inside, "sub", TEXT("x"), false));
	assert_int_equal(errno, EISDIR);
	assert_int_equal(entries(tree->inside, "."), 2);
	free(content);
}

static void test_make_directories(void **state)
{
	struct tree *tree = *state;
	char path[SUPPORT_PATH + 64];
	struct stat status;

	(void)snprintf(path, sizeof(path), "%s/a//b/c/", tree->path);
	assert_true(file_make_directories(path));
	assert_true(file_make_directories(path));
	assert_int_equal(stat(path, &status), 0);
	assert_true(S_ISDIR(status.st_mode));
	(void)snprintf(path, sizeof(path), "%s/in/plain/deeper", tree->path);
	assert_false(file_make_directories(path));
	assert_int_equal(errno, ENOTDIR);
	assert_false(file_make_directories(""));
	assert_true(file_make_directories("/"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_open_beneath, make_tree, remove_tree),
		cmocka_unit_test_setup_teardown(test_fifo_does_not_block, make_tree, remove_tree),
		cmocka_unit_test_setup_teardown(test_read_is_bounded, make_tree, remove_tree),
		cmocka_unit_test_setup_teardown(test_read_of_a_large_file, make_tree, remove_tree),
		cmocka_unit_test_setup_teardown(test_atomic_write, make_tree, remove_tree),
		cmocka_unit_test_setup_teardown(
			test_failed_write_leaves_no_debris, make_tree, remove_tree),
		cmocka_unit_test_setup_teardown(test_make_directories, make_tree, remove_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
