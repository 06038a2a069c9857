/*
 * make-tree DIRECTORY CHECKPOINTS IMAGES: one training run as large as the performance target asks
 * for, in DIRECTORY/checkpoints and DIRECTORY/samples. Every image is a small valid PNG with an
 * inode of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One grey pixel. */
static const unsigned char image[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I',
	'H', 'D', 'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 10,
	'I', 'D', 'A', 'T', 0x78, 0x9c, 0x63, 0x68, 0, 0, 0, 0x82, 0, 0x81, 0x77, 0xcd, 0x72, 0xb6,
	0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82};

/* The shortest valid safetensors file: a header that names no tensor. */
static const unsigned char checkpoint[] = {
	8, 0, 0, 0, 0, 0, 0, 0, '{', '}', ' ', ' ', ' ', ' ', ' ', ' '};

static void die(const char *what)
{
	fprintf(stderr, "make-tree: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void make_directory(int parent, const char *name)
{
	if (mkdirat(parent, name, 0777) && errno != EEXIST)
		die(name);
}

static int open_directory(int parent, const char *name)
{
	int directory = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (directory < 0)
		die(name);
	return directory;
}

static void write_file(int directory, const char *name, const unsigned char *bytes, size_t length)
{
	int file = openat(directory, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	if (file < 0 || write(file, bytes, length) != (ssize_t)length || close(file))
		die(name);
}

/* The nth image of every checkpoint: five prompts, two of each setting, as many seeds as it takes.
 */
static void image_name(char *name, size_t size, int n)
{
	static const char *const prompts[] = {"forest_portals", "harbour_at_dusk", "fjord_aurora",
		"glass_botanist", "night_market"};

	snprintf(name, size,
		"prompt_name=%s&steps=%d&cfg=%s&sampler_name=%s&scheduler=simple&seed=%d.png",
		prompts[n % 5], n / 5 % 2 ? 20 : 8, n / 10 % 2 ? "2.5" : "4",
		n / 20 % 2 ? "euler" : "res_multistep", 420 + n / 40);
}

static void make_checkpoint(int checkpoints, int samples, const char *name, int images)
{
	char image_file[NAME_MAX + 1];
	int directory;

	write_file(checkpoints, name, checkpoint, sizeof(checkpoint));
	make_directory(samples, name);
	directory = open_directory(samples, name);
	for (int i = 0; i < images; i++) {
		image_name(image_file, sizeof(image_file), i);
		write_file(directory, image_file, image, sizeof(image));
	}
	close(directory);
}

static int count_from(const char *text)
{
	char *end;
	long count = strtol(text, &end, 10);

	if (*end || end == text || count < 1 || count > 1000000) {
		fprintf(stderr, "make-tree: '%s' is no count\n", text);
		exit(2);
	}
	return (int)count;
}

int main(int argc, char **argv)
{
	char name[NAME_MAX + 1];

	if (argc != 4) {
		fputs("Usage: make-tree DIRECTORY CHECKPOINTS IMAGES\n", stderr);
		return 2;
	}

	int count = count_from(argv[2]);
	int images = count_from(argv[3]);

	make_directory(AT_FDCWD, argv[1]);

	int root = open_directory(AT_FDCWD, argv[1]);

	make_directory(root, "checkpoints");
	make_directory(root, "samples");

	int checkpoints = open_directory(root, "checkpoints");
	int samples = open_directory(root, "samples");

	for (int i = 1; i <= count; i++) {
		snprintf(name, sizeof(name), "bench-v1-step%08d.safetensors", i * 50);
		make_checkpoint(checkpoints, samples, name, images);
	}
	return 0;
}
