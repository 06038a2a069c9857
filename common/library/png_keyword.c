#include "library/png_keyword.h"

#include "library/png_text.h"

struct text library_read_png_keyword(struct arena *arena, int descriptor, struct text keyword)
{
	struct library_metadata metadata = {0};
	struct error error;

	if (library_read_png_text(arena, descriptor, &metadata, &error))
		for (size_t i = 0; i < metadata.keys.count; i++)
			if (text_equal(metadata.keys.texts[i], keyword))
				return metadata.values[i];
	return (struct text){NULL, 0};
}
