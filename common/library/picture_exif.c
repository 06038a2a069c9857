#include "library/picture_formats.h"

#define TAG_ORIENTATION 0x0112
#define TYPE_SHORT	3
#define ENTRY_SIZE	12

/* EXIF is a TIFF file in little: numbers in the byte order that it begins with. */
struct exif {
	struct text data;
	bool little_endian;
};

/* An unsigned number of `size` bytes; 0 outside the data. */
static unsigned long number_at(const struct exif *exif, size_t at, size_t size)
{
	unsigned long value = 0;

	if (at > exif->data.length || exif->data.length - at < size)
		return 0;
	for (size_t i = 0; i < size; i++) {
		size_t place = exif->little_endian ? size - 1 - i : i;

		value = value << 8 | (unsigned char)exif->data.at[at + place];
	}
	return value;
}

unsigned library_picture_exif_orientation(struct text data)
{
	struct exif exif = {data, text_starts_with(data, TEXT("II"))};
	unsigned long directory = number_at(&exif, 4, 4);
	unsigned long entries = number_at(&exif, directory, 2);

	for (size_t i = 0; i < entries; i++) {
		size_t entry = directory + 2 + i * ENTRY_SIZE;

		if (number_at(&exif, entry, 2) == TAG_ORIENTATION &&
			number_at(&exif, entry + 2, 2) == TYPE_SHORT) {
			unsigned long value = number_at(&exif, entry + 8, 2);

			return value >= 1 && value <= 8 ? (unsigned)value : 1;
		}
	}
	return 1;
}
