/* Scaling, by zimg: the only file that includes zimg.h. */
#include <stdlib.h>

#include <zimg.h>

#include "library/picture_formats.h"

/*
 * Mitchell and Netravali's cubic, widened by the factor that the picture shrinks by. Of the filters
 * compared in docs/adr it has the least aliasing among those whose halo at an edge (2 % of the
 * edge's height) nobody sees.
 */
#define CUBIC_B (1.0 / 3.0)
#define CUBIC_C (1.0 / 3.0)

static zimg_image_format format_of(const struct library_picture *picture)
{
	zimg_image_format format;

	zimg_image_format_default(&format, ZIMG_API_VERSION);
	format.width = picture->width;
	format.height = picture->height;
	format.pixel_type = ZIMG_PIXEL_BYTE;
	format.pixel_range = ZIMG_RANGE_FULL;
	if (picture->channels > 1) {
		format.color_family = ZIMG_COLOR_RGB;
		format.matrix_coefficients = ZIMG_MATRIX_RGB;
	}
	if (picture->channels == LIBRARY_PICTURE_CHANNELS)
		format.alpha = ZIMG_ALPHA_STRAIGHT;
	return format;
}

static bool run(zimg_filter_graph *graph, const struct library_picture *picture,
	struct library_picture *scaled)
{
	zimg_image_buffer_const from = {.version = ZIMG_API_VERSION};
	zimg_image_buffer to = {.version = ZIMG_API_VERSION};
	size_t size;
	void *memory;
	bool done;

	for (unsigned i = 0; i < picture->channels; i++) {
		from.plane[i].data = picture->planes[i];
		from.plane[i].stride = (ptrdiff_t)picture->stride;
		from.plane[i].mask = ZIMG_BUFFER_MAX;
		to.plane[i].data = scaled->planes[i];
		to.plane[i].stride = (ptrdiff_t)scaled->stride;
		to.plane[i].mask = ZIMG_BUFFER_MAX;
	}
	if (zimg_filter_graph_get_tmp_size(graph, &size) != ZIMG_ERROR_SUCCESS)
		return false;
	size = (size / LIBRARY_PICTURE_ALIGNMENT + 1) * LIBRARY_PICTURE_ALIGNMENT;
	memory = aligned_alloc(LIBRARY_PICTURE_ALIGNMENT, size);
	done = memory && zimg_filter_graph_process(graph, &from, &to, memory, NULL, NULL, NULL,
				 NULL) == ZIMG_ERROR_SUCCESS;
	free(memory);
	return done;
}

bool library_picture_scale(const struct library_picture *picture, unsigned width, unsigned height,
	struct library_picture *scaled, struct error *error)
{
	zimg_graph_builder_params parameters;
	zimg_image_format from;
	zimg_image_format to;
	zimg_filter_graph *graph;
	char cause[256] = "";
	bool done;

	if (!library_picture_make(scaled, width, height, picture->channels, 0, error))
		return false;
	from = format_of(picture);
	to = format_of(scaled);
	zimg_graph_builder_params_default(&parameters, ZIMG_API_VERSION);
	parameters.resample_filter = ZIMG_RESIZE_BICUBIC;
	parameters.filter_param_a = CUBIC_B;
	parameters.filter_param_b = CUBIC_C;
	graph = zimg_filter_graph_build(&from, &to, &parameters);
	done = graph && run(graph, picture, scaled);
	zimg_filter_graph_free(graph);
	if (done)
		return true;
	(void)zimg_get_last_error(cause, sizeof(cause));
	library_picture_free(scaled);
	(void)error_set(error, ERROR_SYSTEM, "internal_error", "The image cannot be scaled.");
	return error_cause(error, "zimg: %s", cause);
}
