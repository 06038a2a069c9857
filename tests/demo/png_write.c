#include "png_write.h"

#include <errno.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct writing {
	png_structp png;
	png_infop info;
	FILE *file;
	char *message;
};

static void on_error(png_structp png, png_const_charp message)
{
	(void)message;
	png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
	(void)png;
	(void)message;
}

static void write_bytes(png_structp png, png_bytep bytes, size_t length)
{
	FILE *file = png_get_io_ptr(png);

	if (fwrite(bytes, 1, length, file) != length)
		png_error(png, "write");
}

static void flush_bytes(png_structp png)
{
	(void)png;
}

/* Everything that may jump out; false when it did. */
static bool encode(struct writing *w, int size, const unsigned char *rgb,
	const struct demo_png_text *texts, int text_count)
{
	if (setjmp(png_jmpbuf(w->png)))
		return false;
	png_set_write_fn(w->png, w->file, write_bytes, flush_bytes);
	/* Painted noise hardly repeats: searching longer for repetitions would only cost time. */
	png_set_filter(w->png, PNG_FILTER_TYPE_BASE, PNG_FILTER_AVG);
	png_set_compression_level(w->png, 1);
	png_set_compression_strategy(w->png, Z_FILTERED);
	png_set_compression_buffer_size(w->png, 1 << 16);
	png_set_IHDR(w->png, w->info, (png_uint_32)size, (png_uint_32)size, 8, PNG_COLOR_TYPE_RGB,
		PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	for (int i = 0; i < text_count; i++) {
		png_text text = {.compression = PNG_TEXT_COMPRESSION_NONE};

		/* libpng reads, but does not change, what these pointers name. */
		memcpy(&text.key, &texts[i].key, sizeof(text.key));
		memcpy(&text.text, &texts[i].value, sizeof(text.text));
		png_set_text(w->png, w->info, &text, 1);
	}
	png_write_info(w->png, w->info);
	for (int y = 0; y < size; y++)
		png_write_row(w->png, rgb + (size_t)y * (size_t)size * 3);
	png_write_end(w->png, w->info);
	return true;
}

bool demo_png_write(const char *path, int size, const unsigned char *rgb,
	const struct demo_png_text *texts, int text_count, struct demo_failure *failure)
{
	struct writing w = {.file = fopen(path, "wbe")};
	bool encoded = false;
	int cause;

	if (!w.file)
		return demo_fail(failure, "cannot create %s: %s", path, strerror(errno));
	w.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
	w.info = w.png ? png_create_info_struct(w.png) : NULL;
	errno = 0;
	if (w.info)
		encoded = encode(&w, size, rgb, texts, text_count);
	cause = errno;
	png_destroy_write_struct(&w.png, &w.info);
	errno = cause;
	if (!demo_file_close(w.file, path, failure))
		return false;
	return encoded || demo_fail(failure, "libpng could not write %s", path);
}
