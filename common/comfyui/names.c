#include "comfyui/names.h"

#include "base/utf8.h"

/* How much of a path or name a message repeats. */
#define SHOWN_BYTES 150

static bool is_separator(char byte)
{
	return byte == '/' || byte == '\\';
}

/* Takes the last segment off `*path`; empty when there is none left. */
static struct text take_segment(struct text *path, bool (*separates)(char))
{
	size_t end = path->length;
	size_t start;

	while (end && separates(path->at[end - 1]))
		end--;
	start = end;
	while (start && !separates(path->at[start - 1]))
		start--;
	path->length = start;
	return (struct text){path->at + start, end - start};
}

static bool is_slash(char byte)
{
	return byte == '/';
}

/*
 * How well a choice fits: 0 if its file name is another, else larger for every segment that is the
 * same from the end on, and half a segment more if it is the same as a whole.
 */
static size_t rank(struct text choice, struct text path)
{
	size_t same = 0;

	for (;;) {
		struct text theirs = take_segment(&choice, is_separator);
		struct text ours = take_segment(&path, is_slash);

		if (theirs.length == 0)
			return same ? 2 * same + 1 : 0;
		if (!text_equal(theirs, ours))
			return 2 * same;
		same++;
	}
}

/* Where a class's files are in a ComfyUI of the usual layout. */
static const char *folder_of(const char *class)
{
	static const char *const folders[][2] = {
		{"UNETLoader", "models/diffusion_models"},
		{"UnetLoaderGGUF", "models/diffusion_models"},
		{"CheckpointLoaderSimple", "models/checkpoints"},
		{"LoraLoader", "models/loras"},
		{"LoraLoaderModelOnly", "models/loras"},
	};

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		if (strcmp(class, folders[i][0]) == 0)
			return folders[i][1];
	return "models directory";
}

static struct text shown(struct text value)
{
	return utf8_head(value, SHOWN_BYTES);
}

bool comfyui_name_match(const struct comfyui_choices *choices, const char *class, struct text path,
	struct text *name, struct error *error)
{
	struct text rest = path;
	struct text file = take_segment(&rest, is_slash);
	struct text other = {NULL, 0};
	size_t best = 0;

	*name = (struct text){NULL, 0};
	for (size_t i = 0; i < choices->count; i++) {
		/* Most are told apart by their ends at once: lists and runs are long. */
		size_t fits = text_ends_with(choices->values[i], file)
				      ? rank(choices->values[i], path)
				      : 0;

		if (fits > best) {
			best = fits;
			*name = choices->values[i];
			other.at = NULL;
		} else if (fits && fits == best && !text_equal(*name, choices->values[i])) {
			other = choices->values[i];
		}
	}
	if (!best)
		return error_set(error, ERROR_NOT_FOUND, "not_in_comfyui",
			"ComfyUI does not list %.*s for %.60s; make its directory known to ComfyUI "
			"below its %s, or in its extra_model_paths.yaml.",
			TEXT_ARGUMENTS(shown(file)), class, folder_of(class));
	if (other.at)
		return error_set(error, ERROR_CONFLICT, "ambiguous_in_comfyui",
			"ComfyUI lists both %.*s and %.*s, and either could be this file; rename "
			"one of them or its directory.",
			TEXT_ARGUMENTS(shown(*name)), TEXT_ARGUMENTS(shown(other)));
	return true;
}
