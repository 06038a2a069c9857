#include "library/picture_formats.h"

/* How the EXIF orientations 1 to 8 are undone: first exchange the sides, then mirror. */
static const struct {
	bool exchange;
	bool mirror_x; /* of the result */
	bool mirror_y;
} TURNS[] = {
	[1] = {false, false, false},
	[2] = {false, true, false},
	[3] = {false, true, true},
	[4] = {false, false, true},
	[5] = {true, false, false},
	[6] = {true, true, false},
	[7] = {true, true, true},
	[8] = {true, false, true},
};

static void turn_plane(
	const struct library_picture *from, struct library_picture *to, unsigned plane)
{
	bool exchange = TURNS[from->orientation].exchange;

	for (unsigned y = 0; y < to->height; y++) {
		unsigned char *row = to->planes[plane] + to->stride * y;
		size_t down = TURNS[from->orientation].mirror_y ? to->height - 1 - y : y;

		for (unsigned x = 0; x < to->width; x++) {
			size_t right = TURNS[from->orientation].mirror_x ? to->width - 1 - x : x;

			row[x] = from->planes[plane][exchange ? right * from->stride + down
							      : down * from->stride + right];
		}
	}
}

bool library_picture_turn(struct library_picture *picture, struct error *error)
{
	struct library_picture turned;
	bool exchange;

	if (picture->orientation == 1)
		return true;
	exchange = TURNS[picture->orientation].exchange;
	if (!library_picture_make(&turned, exchange ? picture->height : picture->width,
		    exchange ? picture->width : picture->height, picture->channels, 0, error))
		return false;
	for (unsigned i = 0; i < picture->channels; i++)
		turn_plane(picture, &turned, i);
	turned.profile = picture->profile;
	buffer_init(&picture->profile, 0);
	library_picture_free(picture);
	*picture = turned;
	return true;
}
