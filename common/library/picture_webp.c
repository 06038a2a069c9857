/* WebP, by libwebp: the only file that includes its headers. */
#include <stdlib.h>

#include <webp/decode.h>
#include <webp/demux.h>
#include <webp/encode.h>

#include "base/limits.h"
#include "library/picture_formats.h"

/* Bytes decoded between two looks at whether anybody still waits. */
#define BYTES_BETWEEN_LOOKS ((size_t)64 << 10)

/* As the JPEG writer's, for pictures that need opacity; method 0 is the fastest. */
#define QUALITY 90
#define METHOD	0

static bool is_abandoned(const struct library_picture_source *source)
{
	return source->is_abandoned && source->is_abandoned(source->context);
}

/* The length that the file says it has. */
static size_t declared_length(struct text bytes)
{
	size_t length = 0;

	for (size_t i = 4; i-- > 0;)
		length = length << 8 | (unsigned char)bytes.at[4 + i];
	return length + 8;
}

static bool refuse(VP8StatusCode status, struct error *error)
{
	if (status == VP8_STATUS_NOT_ENOUGH_DATA || status == VP8_STATUS_SUSPENDED)
		return library_picture_incomplete(error);
	if (status == VP8_STATUS_OUT_OF_MEMORY)
		return error_memory(error);
	return library_picture_damaged(error, "libwebp cannot decode it");
}

/* Decodes a still picture into interleaved channels, a part of the file at a time. */
static bool decode_still(const struct library_picture_source *source, unsigned char *pixels,
	size_t row, size_t size, bool has_opacity, struct error *error)
{
	struct text bytes = source->bytes;
	VP8StatusCode status = VP8_STATUS_SUSPENDED;
	WebPIDecoder *decoder =
		WebPINewRGB(has_opacity ? MODE_RGBA : MODE_RGB, pixels, size, (int)row);

	if (!decoder)
		return error_memory(error);
	for (size_t given = 0; given < bytes.length && status == VP8_STATUS_SUSPENDED;) {
		size_t rest = bytes.length - given;

		if (is_abandoned(source)) {
			WebPIDelete(decoder);
			return library_picture_abandoned(error);
		}
		given += rest < BYTES_BETWEEN_LOOKS ? rest : BYTES_BETWEEN_LOOKS;
		status = WebPIUpdate(decoder, (const unsigned char *)bytes.at, given);
	}
	WebPIDelete(decoder);
	return status == VP8_STATUS_OK || refuse(status, error);
}

/* Decodes the first picture of an animation, which has opacity wherever a frame leaves a gap. */
static bool decode_animation(const struct library_picture_source *source, unsigned char *pixels,
	size_t size, struct error *error)
{
	WebPData data = {(const unsigned char *)source->bytes.at, source->bytes.length};
	WebPAnimDecoder *decoder = WebPAnimDecoderNew(&data, NULL);
	unsigned char *frame;
	int time;
	bool done;

	if (!decoder)
		return refuse(VP8_STATUS_BITSTREAM_ERROR, error);
	done = WebPAnimDecoderGetNext(decoder, &frame, &time);
	if (done)
		memcpy(pixels, frame, size);
	WebPAnimDecoderDelete(decoder);
	return done || refuse(VP8_STATUS_BITSTREAM_ERROR, error);
}

static void keep_profile(struct text bytes, struct library_picture *picture)
{
	WebPData data = {(const unsigned char *)bytes.at, bytes.length};
	WebPDemuxer *demuxer = WebPDemux(&data);
	WebPChunkIterator chunk;

	if (!demuxer)
		return;
	if (WebPDemuxGetChunk(demuxer, "ICCP", 1, &chunk)) {
		library_picture_set_profile(
			picture, (struct text){(const char *)chunk.chunk.bytes, chunk.chunk.size});
		WebPDemuxReleaseChunkIterator(&chunk);
	}
	WebPDemuxDelete(demuxer);
}

/* WebP's EXIF orientation is not looked at: browsers do not either. */
bool library_picture_read_webp(const struct library_picture_source *source,
	struct library_picture *picture, struct error *error)
{
	struct text bytes = source->bytes;
	WebPBitstreamFeatures features;
	VP8StatusCode status =
		WebPGetFeatures((const unsigned char *)bytes.at, bytes.length, &features);
	unsigned channels;
	unsigned char *pixels;
	size_t row;
	size_t size;
	bool done;

	*picture = (struct library_picture){0};
	if (declared_length(bytes) > bytes.length)
		return library_picture_incomplete(error);
	if (status != VP8_STATUS_OK)
		return refuse(status, error);
	channels = features.has_alpha || features.has_animation ? LIBRARY_PICTURE_CHANNELS : 3;
	row = (size_t)features.width * channels;
	size = row * (size_t)features.height;
	/* Lossless ones hold four bytes a pixel inside, animations two canvases. */
	if (!library_picture_make(picture, (unsigned)features.width, (unsigned)features.height,
		    channels, size + 2 * (size_t)features.width * (size_t)features.height * 4,
		    error))
		return false;
	pixels = malloc(size);
	done = pixels ? features.has_animation
				? decode_animation(source, pixels, size, error)
				: decode_still(source, pixels, row, size, channels > 3, error)
		      : error_memory(error);
	for (unsigned y = 0; done && y < picture->height; y++)
		library_picture_put_row(picture, y, pixels + row * y);
	free(pixels);
	if (done)
		keep_profile(bytes, picture);
	else
		library_picture_free(picture);
	return done;
}

static int take_bytes(const uint8_t *bytes, size_t length, const WebPPicture *from)
{
	struct buffer *out = from->custom_ptr;

	buffer_append(out, (struct text){(const char *)bytes, length});
	return !out->failed;
}

bool library_picture_write_webp(
	const struct library_picture *picture, struct buffer *out, struct error *error)
{
	size_t row = (size_t)picture->width * LIBRARY_PICTURE_CHANNELS;
	unsigned char *pixels = malloc(row * picture->height);
	WebPConfig config;
	WebPPicture from;
	bool done;

	if (!pixels || !WebPConfigInit(&config) || !WebPPictureInit(&from)) {
		free(pixels);
		return error_memory(error);
	}
	for (unsigned y = 0; y < picture->height; y++)
		library_picture_get_row(picture, y, pixels + row * y);
	config.quality = QUALITY;
	config.method = METHOD;
	from.width = (int)picture->width;
	from.height = (int)picture->height;
	from.writer = take_bytes;
	from.custom_ptr = out;
	done = WebPPictureImportRGBA(&from, pixels, (int)row) && WebPEncode(&config, &from);
	WebPPictureFree(&from);
	free(pixels);
	return done || error_memory(error);
}
