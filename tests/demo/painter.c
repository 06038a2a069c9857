#include "painter.h"

#include "scene.h"
#include "training.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCENES_KEPT = 6, NAME_MAX_LENGTH = 15 };

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

static bool read_order(const char *line, struct order *order)
{
	return sscanf(line, "%15s %" SCNu32 " %d %f %f %" SCNu32, order->scene, &order->composition,
		       &order->size, &order->sitting.progress, &order->sitting.guidance,
		       &order->sitting.seed) == 6 &&
	       order->size >= 64 && order->size <= 2048 && order->size % 64 == 0;
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
