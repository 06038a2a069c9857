/* Which decoder a file is for. */
#include "library/picture_formats.h"

bool library_picture_read(const struct library_picture_source *source,
	struct library_picture *picture, struct error *error)
{
	struct text bytes = source->bytes;

	/* The shortest beginning by which all three formats can be told. */
	if (bytes.length < 12)
		return library_picture_incomplete(error);
	if (text_starts_with(bytes, TEXT("\x89PNG\r\n\x1a\n")))
		return library_picture_read_png(source, picture, error);
	if (text_starts_with(bytes, TEXT("\xff\xd8\xff")))
		return library_picture_read_jpeg(source, picture, error);
	if (text_starts_with(bytes, TEXT("RIFF")) &&
		text_starts_with(text_from_offset(bytes, 8), TEXT("WEBP")))
		return library_picture_read_webp(source, picture, error);
	return error_set(error, ERROR_UNSUPPORTED, "not_an_image",
		"The content of the file is no PNG, JPEG or WebP image.");
}
