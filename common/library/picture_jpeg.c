/* JPEG, by libjpeg-turbo: the only file that includes jpeglib.h. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jerror.h>
#include <jpeglib.h>

#include "base/limits.h"
#include "library/picture_formats.h"

/* How many rows lie between two looks at whether anybody still waits. */
#define ROWS_BETWEEN_LOOKS 16

/*
 * No artefact that a person looking for the faults of a model could take for one of them; colour at
 * full resolution for the same reason. docs/adr has the sizes and times that this was weighed by.
 */
#define QUALITY 88

/* What must survive a longjmp. `errors` comes first: libjpeg hands out a pointer to it. */
struct jpeg_work {
	struct jpeg_error_mgr errors;
	jmp_buf escape;
	struct jpeg_decompress_struct decoder;
	struct jpeg_compress_struct encoder;
	struct jpeg_progress_mgr progress;
	const struct library_picture_source *source;
	struct error *error;
	unsigned char *row;
	unsigned long length;
	unsigned char *written;
};

static struct jpeg_work *work_of(j_common_ptr common)
{
	return common->client_data;
}

static void escape(j_common_ptr common)
{
	longjmp(work_of(common)->escape, 1);
}

static void on_error(j_common_ptr common)
{
	struct jpeg_work *work = work_of(common);
	char message[JMSG_LENGTH_MAX];

	common->err->format_message(common, message);
	if (common->err->msg_code == JERR_OUT_OF_MEMORY)
		(void)error_memory(work->error);
	else if (common->err->msg_code == JERR_NO_BACKING_STORE ||
		 common->err->msg_code == JERR_IMAGE_TOO_BIG)
		(void)error_set(work->error, ERROR_INVALID, "picture_too_large",
			"The image is too large for a preview.");
	else if (common->err->msg_code == JERR_INPUT_EMPTY)
		(void)library_picture_incomplete(work->error);
	else
		(void)library_picture_damaged(work->error, message);
	escape(common);
}

/* Data that libjpeg makes up for with grey is no picture; what it merely wonders at is fine. */
static void on_message(j_common_ptr common, int level)
{
	struct jpeg_work *work = work_of(common);
	char message[JMSG_LENGTH_MAX];

	if (level >= 0)
		return;
	switch (common->err->msg_code) {
	case JWRN_JPEG_EOF:
		(void)library_picture_incomplete(work->error);
		escape(common);
		break;
	case JWRN_HIT_MARKER:
	case JWRN_HUFF_BAD_CODE:
	case JWRN_MUST_RESYNC:
		common->err->format_message(common, message);
		(void)library_picture_damaged(work->error, message);
		escape(common);
		break;
	default:
		break;
	}
}

/* Called between rows. A file of a few bytes can ask for any number of scans over the picture. */
static void on_progress(j_common_ptr common)
{
	struct jpeg_work *work = work_of(common);
	const struct library_picture_source *source = work->source;

	if (work->decoder.input_scan_number > LIMIT_PICTURE_SCANS) {
		(void)library_picture_damaged(work->error, "more scans than any encoder writes");
		escape(common);
	}
	if (work->progress.pass_counter % ROWS_BETWEEN_LOOKS == 0 && source->is_abandoned &&
		source->is_abandoned(source->context)) {
		(void)library_picture_abandoned(work->error);
		escape(common);
	}
}

static void set_errors(struct jpeg_work *work, struct error *error)
{
	work->error = error;
	(void)jpeg_std_error(&work->errors);
	work->errors.error_exit = on_error;
	work->errors.emit_message = on_message;
	work->progress.progress_monitor = on_progress;
}

/* A reduction that costs nothing, but leaves the scaler enough to average. */
static void choose_size(struct jpeg_work *work)
{
	const struct library_picture_source *source = work->source;
	struct jpeg_decompress_struct *decoder = &work->decoder;
	unsigned part = 8;

	while (part > 1 && source->least_side &&
		decoder->image_width * (part / 2) / 8 >= source->least_side &&
		decoder->image_height * (part / 2) / 8 >= source->least_side)
		part /= 2;
	decoder->scale_num = part;
	decoder->scale_denom = 8;
}

static void choose_colours(struct jpeg_decompress_struct *decoder)
{
	if (decoder->num_components == 1)
		decoder->out_color_space = JCS_GRAYSCALE;
	else if (decoder->num_components == 4)
		decoder->out_color_space = JCS_CMYK;
	else
		decoder->out_color_space = JCS_RGB;
}

static void keep_look(struct jpeg_work *work, struct library_picture *picture)
{
	static const struct text mark = TEXT_INITIALIZER("Exif\0\0");
	struct jpeg_decompress_struct *decoder = &work->decoder;
	unsigned char *profile;
	unsigned length;

	for (jpeg_saved_marker_ptr marker = decoder->marker_list; marker; marker = marker->next) {
		struct text data = {(const char *)marker->data, marker->data_length};

		if (marker->marker == JPEG_APP0 + 1 && text_starts_with(data, mark)) {
			picture->orientation = library_picture_exif_orientation(
				text_from_offset(data, mark.length));
			break;
		}
	}
	if (decoder->out_color_space != JCS_CMYK &&
		jpeg_read_icc_profile(decoder, &profile, &length)) {
		library_picture_set_profile(picture, (struct text){(const char *)profile, length});
		free(profile);
	}
}

/* Inks to light, without a profile: Adobe's programs, and all others since, store them inverted. */
static void mix_inks(unsigned char *row, size_t width, bool inverted)
{
	for (size_t x = 0; x < width; x++) {
		const unsigned char *from = row + 4 * x;
		unsigned black = inverted ? from[3] : 255U - from[3];

		for (size_t i = 0; i < 3; i++) {
			unsigned ink = inverted ? from[i] : 255U - from[i];

			row[3 * x + i] = (unsigned char)((ink * black + 127) / 255);
		}
	}
}

static bool decode(struct jpeg_work *work, struct library_picture *picture)
{
	struct jpeg_decompress_struct *decoder = &work->decoder;
	struct text bytes = work->source->bytes;
	bool inks;

	jpeg_mem_src(decoder, (const unsigned char *)bytes.at, bytes.length);
	jpeg_save_markers(decoder, JPEG_APP0 + 1, 0xffff);
	jpeg_save_markers(decoder, JPEG_APP0 + 2, 0xffff);
	(void)jpeg_read_header(decoder, TRUE);
	choose_size(work);
	choose_colours(decoder);
	jpeg_calc_output_dimensions(decoder);
	inks = decoder->out_color_space == JCS_CMYK;
	/* A progressive file's coefficients are held in memory, two bytes each. */
	if (!library_picture_make(picture, decoder->output_width, decoder->output_height,
		    decoder->num_components == 1 ? 1 : 3, 0, work->error))
		return false;
	decoder->mem->max_memory_to_use = (long)LIMIT_PICTURE_MEMORY;
	keep_look(work, picture);
	work->row = malloc((size_t)decoder->output_width * LIBRARY_PICTURE_CHANNELS);
	if (!work->row)
		return error_memory(work->error);
	(void)jpeg_start_decompress(decoder);
	while (decoder->output_scanline < decoder->output_height) {
		unsigned y = decoder->output_scanline;

		(void)jpeg_read_scanlines(decoder, &work->row, 1);
		if (inks)
			mix_inks(work->row, picture->width, decoder->saw_Adobe_marker);
		library_picture_put_row(picture, y, work->row);
	}
	return true;
}

bool library_picture_read_jpeg(const struct library_picture_source *source,
	struct library_picture *picture, struct error *error)
{
	struct jpeg_work work = {.source = source};
	struct jpeg_work *volatile held = &work;
	volatile bool done = false;

	*picture = (struct library_picture){0};
	set_errors(&work, error);
	work.decoder.err = &work.errors;
	work.decoder.client_data = &work;
	if (setjmp(work.escape) == 0) {
		jpeg_create_decompress(&work.decoder);
		work.decoder.progress = &work.progress;
		done = decode(&work, picture);
	}
	jpeg_destroy_decompress(&held->decoder);
	free(held->row);
	if (!done)
		library_picture_free(picture);
	return done;
}

static void encode(struct jpeg_work *work, const struct library_picture *picture)
{
	struct jpeg_compress_struct *encoder = &work->encoder;

	jpeg_mem_dest(encoder, &work->written, &work->length);
	encoder->image_width = picture->width;
	encoder->image_height = picture->height;
	encoder->input_components = (int)picture->channels;
	encoder->in_color_space = picture->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
	jpeg_set_defaults(encoder);
	jpeg_set_quality(encoder, QUALITY, TRUE);
	encoder->comp_info[0].h_samp_factor = 1;
	encoder->comp_info[0].v_samp_factor = 1;
	jpeg_start_compress(encoder, TRUE);
	if (picture->profile.length)
		jpeg_write_icc_profile(encoder, (const unsigned char *)picture->profile.bytes,
			(unsigned)picture->profile.length);
	for (unsigned y = 0; y < picture->height; y++) {
		library_picture_get_row(picture, y, work->row);
		(void)jpeg_write_scanlines(encoder, &work->row, 1);
	}
	jpeg_finish_compress(encoder);
}

bool library_picture_write_jpeg(
	const struct library_picture *picture, struct buffer *out, struct error *error)
{
	struct jpeg_work work = {0};
	struct jpeg_work *volatile held = &work;
	volatile bool done = false;

	work.row = malloc((size_t)picture->width * picture->channels);
	if (!work.row)
		return error_memory(error);
	set_errors(&work, error);
	work.encoder.err = &work.errors;
	work.encoder.client_data = &work;
	if (setjmp(work.escape) == 0) {
		jpeg_create_compress(&work.encoder);
		encode(&work, picture);
		done = true;
	}
	jpeg_destroy_compress(&held->encoder);
	free(held->row);
	if (done)
		buffer_append(out, (struct text){(const char *)held->written, held->length});
	free(held->written);
	return done && !out->failed ? true : done ? error_memory(error) : false;
}
