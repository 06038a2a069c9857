#include "painter.h"

#include "scene.h"
#include "training.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCENES_KEPT = 6, NAME_MAX_LENGTH = 15, SIDE_MIN = 64, SIDE_MAX = 2048 };

struct order {
	char scene[NAME_MAX_LENGTH + 1];
	uint32_t composition;
	int size;
	struct demo_sitting sitting;
};

static const struct {
	const char *name;
	struct demo_picture (*paint)(int size, uint32_t seed);
} scenes[] = {
	{"aurora", demo_scene_aurora},
	{"harbour", demo_scene_harbour},
	{"forest", demo_scene_forest},
	{"canyon", demo_scene_canyon},
	{"whale", demo_scene_whale},
};

static struct kept {
	char scene[NAME_MAX_LENGTH + 1];
	uint32_t composition;
	int size; /* 0: free */
	struct demo_pyramid pyramid;
	unsigned long used; /* the order in which it was last asked for */
} kept[SCENES_KEPT];

/* The next number of the line, from `*at` on; false when there is none there. */
static bool read_number(const char **at, double *number)
{
	char *end;

	*number = strtod(*at, &end);
	if (end == *at)
		return false;
	*at = end;
	return true;
}

static bool read_order(const char *line, struct order *order)
{
	size_t length = strcspn(line, " ");
	const char *at = line + length;
	double composition, size, progress, guidance, seed;

	if (length > NAME_MAX_LENGTH || !read_number(&at, &composition) ||
		!read_number(&at, &size) || !read_number(&at, &progress) ||
		!read_number(&at, &guidance) || !read_number(&at, &seed))
		return false;
	/* A double holds each of these integers exactly. */
	if (!(composition >= 0 && composition <= UINT32_MAX && seed >= 0 && seed <= UINT32_MAX &&
		    size >= SIDE_MIN && size <= SIDE_MAX))
		return false;
	memcpy(order->scene, line, length);
	order->scene[length] = '\0';
	order->composition = (uint32_t)composition;
	order->size = (int)size;
	order->sitting = (struct demo_sitting){
		.progress = (float)progress, .guidance = (float)guidance, .seed = (uint32_t)seed};
	return order->size % SIDE_MIN == 0;
}

/* The scene as it was finished once, painted if it is not kept; NULL when none has this name. */
static const struct demo_pyramid *find_scene(const struct order *order)
{
	static unsigned long now;
	struct kept *oldest = &kept[0];

	now++;
	for (int i = 0; i < SCENES_KEPT; i++) {
		if (kept[i].size == order->size && kept[i].composition == order->composition &&
			strcmp(kept[i].scene, order->scene) == 0) {
			kept[i].used = now;
			return &kept[i].pyramid;
		}
		if (kept[i].used < oldest->used)
			oldest = &kept[i];
	}
	for (size_t i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++) {
		if (strcmp(scenes[i].name, order->scene) != 0)
			continue;
		if (oldest->size)
			demo_pyramid_free(&oldest->pyramid);
		memcpy(oldest->scene, order->scene, sizeof(oldest->scene));
		oldest->composition = order->composition;
		oldest->size = order->size;
		oldest->used = now;
		oldest->pyramid =
			demo_pyramid_new(scenes[i].paint(order->size, order->composition));
		return &oldest->pyramid;
	}
	return NULL;
}

static bool serve(const char *line)
{
	struct order order = {.scene = ""};
	const struct demo_pyramid *scene = read_order(line, &order) ? find_scene(&order) : NULL;

	if (!scene)
		return false;

	size_t pixels = (size_t)order.size * (size_t)order.size;
	unsigned char *rgb = demo_allocate(pixels, 3);

	demo_training_paint(scene, &order.sitting, rgb);

	bool written = fwrite(rgb, 3, pixels, stdout) == pixels && fflush(stdout) == 0;

	free(rgb);
	return written;
}

int demo_painter_serve(void)
{
	char line[256];
	int status = 0;

	while (status == 0 && fgets(line, sizeof(line), stdin))
		if (!serve(line))
			status = 1;
	for (int i = 0; i < SCENES_KEPT; i++)
		if (kept[i].size)
			demo_pyramid_free(&kept[i].pyramid);
	return status;
}
