#include "naming/image.h"

#include "base/utf8.h"
#include "naming/ascii.h"

#define COUNTER_DIGITS 5 /* at least; ComfyUI pads to five and goes on to six */

size_t naming_image_stem(struct text name)
{
	static const struct text extensions[] = {
		{".png", 4},
		{".jpg", 4},
		{".jpeg", 5},
		{".webp", 5},
	};

	if (name.length == 0 || name.at[0] == '.')
		return 0;
	for (size_t i = 0; i < sizeof(extensions) / sizeof(*extensions); i++)
		if (ascii_ends_with(name, extensions[i]))
			return name.length - extensions[i].length;
	return 0;
}

bool naming_is_png(struct text name)
{
	return ascii_ends_with(name, TEXT(".png"));
}

/* Takes `_NNNNN_` off the end of the stem. */
static struct text take_counter(struct text stem, struct naming_image *image)
{
	struct text head = stem;
	struct text counter;
	size_t digits;

	if (!ascii_ends_with(head, TEXT("_")))
		return stem;
	head.length--;
	digits = ascii_trailing_digits(head);
	counter = text_from_offset(head, head.length - digits);
	head.length -= digits;
	if (digits < COUNTER_DIGITS || !ascii_ends_with(head, TEXT("_")))
		return stem;
	image->counter = ascii_without_zeros(counter);
	image->has_counter = true;
	head.length--;
	return head;
}

/* The value of a hexadecimal digit, or -1. */
static int hexadecimal(char byte)
{
	if (ascii_is_digit(byte))
		return byte - '0';
	byte = ascii_lower(byte);
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/*
 * Decodes as forms are decoded: `+` is a space, `%XX` a byte; a `%` before anything else stands for
 * itself. A part whose bytes would not be UTF-8 stays as it is written, so that nothing is lost
 * and different names stay different. `at` is NULL without memory.
 */
static struct text decode(struct arena *arena, struct text part)
{
	char *bytes;
	size_t length = 0;

	if (!memchr(part.at, '%', part.length) && !memchr(part.at, '+', part.length))
		return part;
	bytes = arena_alloc(arena, part.length);
	if (!bytes)
		return (struct text){NULL, 0};
	for (size_t i = 0; i < part.length; i++) {
		char byte = part.at[i];
		int high = i + 2 < part.length ? hexadecimal(part.at[i + 1]) : -1;
		int low = i + 2 < part.length ? hexadecimal(part.at[i + 2]) : -1;

		if (byte == '%' && high >= 0 && low >= 0) {
			bytes[length++] = (char)(high << 4 | low);
			i += 2;
		} else {
			if (byte == '+')
				byte = ' ';
			bytes[length++] = byte;
		}
	}
	return utf8_valid((struct text){bytes, length}) ? (struct text){bytes, length} : part;
}

static bool has_key(const struct naming_image *image, struct text key)
{
	for (size_t i = 0; i < image->pair_count; i++)
		if (text_equal(image->pairs[i].key, key))
			return true;
	return false;
}

/* Reads one piece between two `&`; pieces without `=` or with an empty key mean nothing. */
static enum naming_image_result take_pair(
	struct arena *arena, struct text piece, struct naming_image *image, const char **reason)
{
	const char *equals = memchr(piece.at, '=', piece.length);
	struct naming_pair pair;
	size_t key_length;

	if (!equals || equals == piece.at)
		return NAMING_IMAGE;
	key_length = (size_t)(equals - piece.at);
	pair.key = decode(arena, text_head(piece, key_length));
	pair.value = decode(arena, text_from_offset(piece, key_length + 1));
	if (!pair.key.at || !pair.value.at)
		return NAMING_IMAGE_MEMORY;
	if (text_equal(pair.key, TEXT("checkpoint")))
		pair.key = TEXT("checkpoint (file)");
	if (has_key(image, pair.key))
		return NAMING_IMAGE;
	if (image->pair_count == LIMIT_DIMENSIONS) {
		*reason = "the name has more than 64 dimensions";
		return NAMING_IMAGE_SKIPPED;
	}
	image->pairs[image->pair_count++] = pair;
	return NAMING_IMAGE;
}

enum naming_image_result naming_parse_image(
	struct arena *arena, struct text name, struct naming_image *image, const char **reason)
{
	struct text rest = text_head(name, naming_image_stem(name));

	if (rest.length == 0)
		return NAMING_NO_IMAGE;
	if (!utf8_valid(name)) {
		*reason = "the name is not valid UTF-8";
		return NAMING_IMAGE_SKIPPED;
	}
	image->pair_count = 0;
	image->has_counter = false;
	image->counter = TEXT("");
	rest = take_counter(rest, image);
	while (rest.length) {
		const char *ampersand = memchr(rest.at, '&', rest.length);
		size_t length = ampersand ? (size_t)(ampersand - rest.at) : rest.length;
		enum naming_image_result result =
			take_pair(arena, text_head(rest, length), image, reason);

		if (result != NAMING_IMAGE)
			return result;
		rest = text_from_offset(rest, ampersand ? length + 1 : length);
	}
	if (image->pair_count == 0) {
		*reason = "the name has no key=value";
		return NAMING_IMAGE_SKIPPED;
	}
	return NAMING_IMAGE;
}

int naming_compare_counters(struct text a, struct text b)
{
	return a.length == b.length ? text_compare(a, b) : a.length < b.length ? -1 : 1;
}
