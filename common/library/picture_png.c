/* PNG, by libpng: the only file that includes png.h. */
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "library/picture_formats.h"

/* How many rows lie between two looks at whether anybody still waits. */
#define ROWS_BETWEEN_LOOKS 16

/* What must survive a longjmp. */
struct png_work {
	const struct library_picture_source *source;
	struct library_picture *picture;
	struct error *error;
	size_t at; /* of the source, how far it was read */
	bool ended;
	bool failed; /* `error` says how */
	png_structp png;
	png_infop info;
	unsigned char *rows; /* one row, or all of them where the file is interlaced */
};

/* The chunks that neither the pixels nor their look depend on; passed over unread. */
static const png_byte IGNORED[] = "tEXt\0zTXt\0iTXt\0tIME\0pHYs\0sPLT\0hIST\0bKGD\0oFFs\0pCAL\0"
				  "sCAL\0sBIT\0";

static void on_error(png_structp png, png_const_charp message)
{
	struct png_work *work = png_get_error_ptr(png);

	if (work->ended)
		(void)library_picture_incomplete(work->error);
	else
		(void)library_picture_damaged(work->error, message);
	png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
	(void)png;
	(void)message;
}

static void give_bytes(png_structp png, png_bytep to, size_t length)
{
	struct png_work *work = png_get_io_ptr(png);
	struct text bytes = work->source->bytes;

	if (bytes.length - work->at < length) {
		work->ended = true;
		png_error(png, "the file ends too early");
	}
	memcpy(to, bytes.at + work->at, length);
	work->at += length;
}

/*
 * Whatever the file has becomes 8 bits of grey, RGB or RGBA. A gamma that is not sRGB's is undone
 * unless a profile or the word sRGB outranks it: so do browsers.
 */
static void set_transforms(struct png_work *work)
{
	png_structp png = work->png;
	png_infop info = work->info;
	png_byte type = png_get_color_type(png, info);
	bool has_opacity = (type & PNG_COLOR_MASK_ALPHA) || png_get_valid(png, info, PNG_INFO_tRNS);
	png_fixed_point gamma;

	png_set_expand(png);
	png_set_scale_16(png);
	if (!(type & PNG_COLOR_MASK_COLOR) && has_opacity)
		png_set_gray_to_rgb(png);
	if (!png_get_valid(png, info, PNG_INFO_sRGB | PNG_INFO_iCCP) &&
		png_get_valid(png, info, PNG_INFO_gAMA) && png_get_gAMA_fixed(png, info, &gamma) &&
		gamma > 0)
		png_set_gamma_fixed(png, PNG_DEFAULT_sRGB, gamma);
}

static void keep_look(struct png_work *work)
{
	png_uint_32 exif_length;
	png_uint_32 profile_length;
	png_bytep exif;
	png_bytep profile;
	png_charp name;
	int compression;

	if (png_get_eXIf_1(work->png, work->info, &exif_length, &exif))
		work->picture->orientation = library_picture_exif_orientation(
			(struct text){(const char *)exif, exif_length});
	if (png_get_iCCP(work->png, work->info, &name, &compression, &profile, &profile_length))
		library_picture_set_profile(
			work->picture, (struct text){(const char *)profile, profile_length});
}

static bool is_abandoned(struct png_work *work, unsigned y)
{
	const struct library_picture_source *source = work->source;

	if (y % ROWS_BETWEEN_LOOKS || !source->is_abandoned ||
		!source->is_abandoned(source->context))
		return false;
	work->failed = !library_picture_abandoned(work->error);
	return true;
}

/* Decodes up to the first row: picture and memory for rows are there afterwards. */
static void begin(struct png_work *work)
{
	png_structp png = work->png;
	unsigned width;
	unsigned height;
	size_t row;
	size_t rows;

	png_set_keep_unknown_chunks(
		png, PNG_HANDLE_CHUNK_NEVER, IGNORED, (int)(sizeof(IGNORED) / 5));
	png_set_chunk_malloc_max(png, LIMIT_PICTURE_CHUNK);
	png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
	png_set_read_fn(png, work, give_bytes);
	png_read_info(png, work->info);
	width = png_get_image_width(png, work->info);
	height = png_get_image_height(png, work->info);
	set_transforms(work);
	rows = png_set_interlace_handling(png) > 1 ? height : 1;
	/* libpng takes memory for rows below: no row may be out of all bounds then. */
	if (width > LIMIT_PICTURE_SIDE || height > LIMIT_PICTURE_SIDE) {
		work->failed = !library_picture_make(
			work->picture, width, height, LIBRARY_PICTURE_CHANNELS, 0, work->error);
		return;
	}
	png_read_update_info(png, work->info);
	row = png_get_rowbytes(png, work->info);
	work->failed = !library_picture_make(work->picture, width, height,
		png_get_channels(png, work->info), row * rows, work->error);
	if (work->failed)
		return;
	work->rows = malloc(row * rows);
	if (!work->rows)
		work->failed = !error_memory(work->error);
}

/* Every row of every pass; in an interlaced file each pass fills in what the one before left. */
static void read_rows(struct png_work *work)
{
	size_t row = png_get_rowbytes(work->png, work->info);
	unsigned height = work->picture->height;
	int passes = png_set_interlace_handling(work->png);

	for (int pass = 0; pass < passes - 1; pass++)
		for (unsigned y = 0; y < height; y++) {
			if (is_abandoned(work, y))
				return;
			png_read_row(work->png, work->rows + row * y, NULL);
		}
	for (unsigned y = 0; y < height; y++) {
		unsigned char *to = work->rows + (passes > 1 ? row * y : 0);

		if (is_abandoned(work, y))
			return;
		png_read_row(work->png, to, NULL);
		library_picture_put_row(work->picture, y, to);
	}
}

bool library_picture_read_png(const struct library_picture_source *source,
	struct library_picture *picture, struct error *error)
{
	struct png_work work = {.source = source, .picture = picture, .error = error};
	struct png_work *volatile held = &work;

	*picture = (struct library_picture){0};
	work.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &work, on_error, on_warning);
	work.info = work.png ? png_create_info_struct(work.png) : NULL;
	if (!work.info) {
		png_destroy_read_struct(&work.png, NULL, NULL);
		return error_memory(error);
	}
	if (setjmp(png_jmpbuf(work.png))) {
		held->failed = true;
	} else {
		begin(&work);
		if (!work.failed)
			keep_look(&work);
		if (!work.failed)
			read_rows(&work);
	}
	png_destroy_read_struct(&held->png, &held->info, NULL);
	free(held->rows);
	if (held->failed)
		library_picture_free(picture);
	return !held->failed;
}
