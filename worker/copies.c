/* ComfyUI's own copies of what was made for us, where the configuration says where they are. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "naming/output.h"
#include "worker.h"

/* True if it lies below ComfyUI's output directory under the prefix of the slot's attempt. */
static bool is_ours(const struct executor_slot *slot, const struct comfyui_image *image)
{
	return text_equal(image->type, TEXT("output")) &&
	       naming_is_copy(text_from(slot->file_prefix), image->subfolder, image->filename);
}

static bool is_noted(const struct worker_item *item, const struct comfyui_image *image)
{
	for (size_t i = 0; i < item->copy_count; i++)
		if (text_equal(item->copies[i].subfolder, image->subfolder) &&
			text_equal(item->copies[i].filename, image->filename))
			return true;
	return false;
}

/* What has no memory stays where it is. */
static void note(struct worker_item *item, const struct executor_slot *slot,
	const struct comfyui_image *image)
{
	struct comfyui_image copy = {.type = TEXT("output")};

	if (!is_ours(slot, image) || is_noted(item, image))
		return;
	copy.subfolder = arena_text(&item->arena, image->subfolder);
	copy.filename = arena_text(&item->arena, image->filename);
	if (copy.subfolder.at && copy.filename.at &&
		arena_grow(&item->arena, &item->copies, &item->copy_capacity, item->copy_count,
			sizeof(*item->copies)))
		item->copies[item->copy_count++] = copy;
}

void worker_note_copies(struct worker *worker, const struct executor_slot *slot,
	struct arena *arena, struct comfyui_response *response)
{
	struct comfyui_image *images;
	struct error error;
	size_t count;

	if (!worker->config->comfyui.output_dir ||
		!comfyui_read_files(
			arena, response, text_from(slot->prompt_id), &images, &count, &error))
		return;
	for (size_t i = 0; i < count; i++)
		note(worker_item_of(worker, slot), slot, &images[i]);
}

/* 0, or the errno of what was in the way. */
static int remove_copy(struct worker *worker, int top, const struct comfyui_image *copy)
{
	const char *subfolder = arena_copy(&worker->scratch, copy->subfolder);
	const char *filename = arena_copy(&worker->scratch, copy->filename);
	int place;
	int cause;

	if (!subfolder || !filename)
		return ENOMEM;
	place = file_open_beneath(top, subfolder, O_RDONLY | O_DIRECTORY, FILE_LINKS_REFUSED);
	if (place < 0)
		return errno;
	cause = unlinkat(place, filename, 0) == 0 ? 0 : errno;
	(void)close(place);
	return cause;
}

void worker_remove_copies(struct worker *worker, const struct executor_slot *slot)
{
	const char *output_dir = worker->config->comfyui.output_dir;
	struct worker_item *item = worker_item_of(worker, slot);
	const struct comfyui_image picture = {
		.filename = text_from(slot->picture.filename),
		.subfolder = text_from(slot->picture.subfolder),
		.type = text_from(slot->picture.type),
	};
	int unopened;
	int top;

	if (!output_dir)
		return;
	/* Where there was no history, it is the one that is known of. */
	note(item, slot, &picture);
	top = open(output_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	unopened = errno;
	for (size_t i = 0; i < item->copy_count; i++) {
		int cause = top >= 0 ? remove_copy(worker, top, &item->copies[i]) : unopened;
		struct log_line line;

		if (cause == 0)
			continue;
		log_begin(&line, LOG_DEBUG, "copy.kept");
		log_text(&line, "file", item->copies[i].filename);
		log_string(&line, "cause", strerror(cause));
		log_end(&line);
	}
	if (top >= 0)
		(void)close(top);
}
