#include "naming/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "naming/ascii.h"

/* The folder of ComfyUI's output directory that is ours. */
#define COPIES "cs/"

static bool stays(char byte)
{
	return ascii_is_digit(byte) || ascii_is_letter(byte) || byte == '-' || byte == '_' ||
	       byte == '.' || byte == '~';
}

static void append_encoded(struct buffer *buffer, struct text value)
{
	for (size_t i = 0; i < value.length; i++) {
		if (stays(value.at[i]))
			buffer_append_byte(buffer, value.at[i]);
		else
			buffer_printf(buffer, "%%%02X", (unsigned)(unsigned char)value.at[i]);
	}
}

size_t naming_encoded_length(struct text value)
{
	size_t length = 0;

	for (size_t i = 0; i < value.length; i++)
		length += stays(value.at[i]) ? 1 : 3;
	return length;
}

void naming_append_output(struct buffer *buffer, const struct naming_output *output)
{
	buffer_append_string(buffer, "prompt_name=");
	append_encoded(buffer, output->prompt_name);
	buffer_printf(buffer, "&steps=%lld&cfg=", (long long)output->steps);
	append_encoded(buffer, output->cfg);
	buffer_append_string(buffer, "&sampler_name=");
	append_encoded(buffer, output->sampler_name);
	buffer_append_string(buffer, "&scheduler=");
	append_encoded(buffer, output->scheduler);
	buffer_append_string(buffer, "&seed=");
	append_encoded(buffer, output->seed);
	buffer_append_string(buffer, ".png");
}

void naming_append_output_path(
	struct buffer *buffer, struct text checkpoint_filename, const struct naming_output *output)
{
	buffer_append(buffer, checkpoint_filename);
	buffer_append_byte(buffer, '/');
	naming_append_output(buffer, output);
}

bool naming_decimal(double value, char text[static NAMING_DECIMAL_SIZE])
{
	size_t length;

	if (!(value >= 0 && value <= 1000000))
		return false;
	length = (size_t)snprintf(text, NAMING_DECIMAL_SIZE, "%.6f", value);
	if (strtod(text, NULL) != value)
		return false;
	while (text[length - 1] == '0')
		length--;
	if (text[length - 1] == '.')
		length--;
	text[length] = '\0';
	/* -0 is 0. */
	if (text[0] == '-')
		memmove(text, text + 1, length);
	return true;
}

struct text naming_item_prefix(struct text prefix)
{
	while (prefix.length && prefix.at[prefix.length - 1] != '-')
		prefix.length--;
	return prefix;
}

bool naming_is_copy(struct text prefix, struct text subfolder, struct text filename)
{
	size_t slash = prefix.length;
	struct text name;

	while (slash > 0 && prefix.at[slash - 1] != '/')
		slash--;
	name = text_from_offset(prefix, slash);
	return text_starts_with(prefix, TEXT(COPIES)) && name.length &&
	       text_equal(subfolder, text_head(prefix, slash - 1)) &&
	       text_starts_with(filename, name) && filename.length > name.length &&
	       filename.at[name.length] == '_' && !memchr(filename.at, '/', filename.length);
}

void naming_append_prefix(
	struct buffer *buffer, struct text job_id, struct text item_id, int64_t attempt)
{
	buffer_printf(buffer, COPIES "%.8s/%.*s-%lld", job_id.at, TEXT_ARGUMENTS(item_id),
		(long long)attempt);
}
