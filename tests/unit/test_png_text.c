/* The text in PNG files, whole, damaged and half written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "library/png_text.h"

#define SIGNATURE TEXT("\x89PNG\r\n\x1a\n")

static struct arena arena;

static int open_arena(void **state)
{
	(void)state;
	arena_init(&arena, (size_t)1 << 29);
	return 0;
}

static int close_arena(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static void put_number(struct buffer *file, uint32_t value)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		buffer_append_byte(file, (char)(value >> shift));
}

static void put_chunk(struct buffer *file, const char *type, struct text data)
{
	size_t start;

	put_number(file, (uint32_t)data.length);
	start = file->length;
	buffer_append_string(file, type);
	buffer_append(file, data);
	put_number(file, (uint32_t)crc32(0, (const Bytef *)file->bytes + start,
				 (uInt)(file->length - start)));
}

/* Signature and header. */
static void begin(struct buffer *file)
{
	buffer_init(file, (size_t)1 << 28);
	buffer_append(file, SIGNATURE);
	put_chunk(file, "IHDR", TEXT("\0\0\0\1\0\0\0\1\x08\0\0\0\0"));
}

/* `prefix`, then `text` as a zlib stream. */
static struct text compressed(struct text prefix, struct text text)
{
	uLongf length = compressBound(text.length);
	char *bytes = arena_alloc(&arena, prefix.length + length);

	memcpy(bytes, prefix.at, prefix.length);
	assert_int_equal(compress((Bytef *)bytes + prefix.length, &length, (const Bytef *)text.at,
				 text.length),
		Z_OK);
	return (struct text){bytes, prefix.length + length};
}

static bool read_bytes(struct text bytes, struct library_metadata *metadata, struct error *error)
{
	int descriptor = memfd_create("png", MFD_CLOEXEC);
	bool done;

	assert_true(descriptor >= 0);
	assert_int_equal(write(descriptor, bytes.at, bytes.length), bytes.length);
	*metadata = (struct library_metadata){0};
	*error = (struct error){0};
	done = library_read_png_text(&arena, descriptor, metadata, error);
	(void)close(descriptor);
	return done;
}

/* Ends the file, reads it and frees it; the metadata as "key=value|key=value". */
static const char *finish(struct buffer *file)
{
	struct library_metadata metadata;
	struct error error;
	const char *shown = "";

	put_chunk(file, "IEND", TEXT(""));
	assert_false(file->failed);
	if (!read_bytes(buffer_text(file), &metadata, &error))
		shown = arena_printf(&arena, "%s %s", error.code, error.message);
	for (size_t i = 0; i < metadata.keys.count; i++)
		shown = arena_printf(&arena, "%s%s%.*s=%.*s", shown, i ? "|" : "",
			TEXT_ARGUMENTS(metadata.keys.texts[i]), TEXT_ARGUMENTS(metadata.values[i]));
	buffer_free(file);
	return shown;
}

static void all_kinds_of_text_are_read(void **state)
{
	struct buffer file;

	(void)state;
	begin(&file);
	put_chunk(&file, "tEXt", TEXT("prompt\0{\"seed\": 18446744073709551615}"));
	put_chunk(&file, "zTXt", compressed(TEXT("packed\0\0"), TEXT("text")));
	put_chunk(&file, "iTXt", TEXT("plain\0\0\0\0\0\xe6\x97\xa5"));
	put_chunk(&file, "iTXt", compressed(TEXT("both\0\1\0de\0beides\0"), TEXT("\xc3\xa4")));
	put_chunk(&file, "tIME", TEXT("1234567"));
	put_chunk(&file, "IDAT", TEXT("not even looked at"));
	put_chunk(&file, "tEXt", TEXT("late\0after the pixels"));
	assert_string_equal(finish(&file),
		"prompt={\"seed\": 18446744073709551615}|packed=text|plain=\xe6\x97\xa5|"
		"both=\xc3\xa4|late=after the pixels");
}

static void latin_1_becomes_utf_8(void **state)
{
	struct buffer file;

	(void)state;
	begin(&file);
	put_chunk(&file, "tEXt",
		TEXT("gr\xf6\xdf"
		     "e\0caf\xe9"));
	put_chunk(&file, "zTXt", compressed(TEXT("z\0\0"), TEXT("\xe9\xff\x80")));
	assert_string_equal(finish(&file), "gr\xc3\xb6\xc3\x9f"
					   "e=caf\xc3\xa9|z=\xc3\xa9\xc3\xbf\xc2\x80");
}

static void the_first_of_equal_keywords_counts(void **state)
{
	struct buffer file;

	(void)state;
	begin(&file);
	put_chunk(&file, "tEXt",
		TEXT("a\0"
		     "1"));
	put_chunk(&file, "iTXt",
		TEXT("a\0\0\0\0\0"
		     "2"));
	/* Never unpacked: it would be refused. */
	put_chunk(&file, "zTXt", TEXT("a\0\0nonsense"));
	put_chunk(&file, "tEXt",
		TEXT("A\0"
		     "3"));
	assert_string_equal(finish(&file), "a=1|A=3");
}

static void chunks_of_another_build_are_ignored(void **state)
{
	char long_keyword[81] = "";
	struct buffer file;

	(void)state;
	memset(long_keyword, 'k', 80);
	begin(&file);
	put_chunk(&file, "tEXt", TEXT("no end of the keyword"));
	put_chunk(&file, "tEXt", TEXT("\0empty keyword"));
	put_chunk(&file, "tEXt", TEXT(""));
	put_chunk(&file, "tEXt", (struct text){long_keyword, 81});
	put_chunk(&file, "zTXt", TEXT("z\0"));
	put_chunk(&file, "zTXt", TEXT("z\0\1unknown method"));
	put_chunk(&file, "iTXt", TEXT("i\0"));
	put_chunk(&file, "iTXt", TEXT("i\0\2\0\0\0flag"));
	put_chunk(&file, "iTXt", TEXT("i\0\0\1\0\0method"));
	put_chunk(&file, "iTXt", TEXT("i\0\0\0no language"));
	put_chunk(&file, "iTXt", TEXT("i\0\0\0\0no translation"));
	put_chunk(&file, "tEXt", TEXT("empty\0"));
	put_chunk(&file, "tEXt", (struct text){long_keyword + 1, 80});
	assert_string_equal(finish(&file), arena_printf(&arena, "empty=|%s=", long_keyword + 1));
}

static void checksums_are_checked(void **state)
{
	struct buffer file;

	(void)state;
	begin(&file);
	put_chunk(&file, "tEXt", TEXT("a\0value"));
	file.bytes[file.length - 6] ^= 1;
	assert_string_equal(finish(&file),
		"damaged_file The file is damaged: the checksum of a text in it is wrong.");
}

static void other_files_are_no_png(void **state)
{
	static const char *const contents[] = {
		"hello world", "\xff\xd8\xff\xe0 JFIF", "RIFF....WEBP", "\x89PNG\r\n\x1a\r", "x"};
	struct library_metadata metadata;
	struct error error;
	struct buffer file;

	(void)state;
	for (size_t i = 0; i < sizeof(contents) / sizeof(*contents); i++) {
		assert_false(read_bytes(text_from(contents[i]), &metadata, &error));
		assert_int_equal(error.kind, ERROR_DAMAGED);
		assert_string_equal(error.message, "The file is damaged: it is not a PNG.");
	}
	buffer_init(&file, 4096);
	buffer_append(&file, SIGNATURE);
	put_chunk(&file, "tEXt", TEXT("before\0the header"));
	assert_string_equal(
		finish(&file), "damaged_file The file is damaged: it is not built as a PNG is.");
	begin(&file);
	put_chunk(&file, "1DAT", TEXT(""));
	assert_string_equal(
		finish(&file), "damaged_file The file is damaged: it is not built as a PNG is.");
	begin(&file);
	put_number(&file, 0x80000000);
	buffer_append_string(&file, "tEXt");
	assert_string_equal(
		finish(&file), "damaged_file The file is damaged: it is not built as a PNG is.");
}

/* Wherever the writer has got to, the answer is "try again", never "damaged", never success. */
static void a_file_in_the_making_is_incomplete(void **state)
{
	struct library_metadata metadata;
	struct error error;
	struct buffer file;

	(void)state;
	begin(&file);
	put_chunk(&file, "tEXt",
		TEXT("a\0"
		     "1"));
	put_chunk(&file, "zTXt", compressed(TEXT("b\0\0"), TEXT("text")));
	put_chunk(&file, "IDAT", TEXT("pixels"));
	for (size_t length = 0; length <= file.length; length++) {
		assert_false(read_bytes(text_head(buffer_text(&file), length), &metadata, &error));
		assert_int_equal(error.kind, ERROR_UNAVAILABLE);
		assert_string_equal(error.code, "file_incomplete");
	}
	put_chunk(&file, "IEND", TEXT(""));
	assert_true(read_bytes(buffer_text(&file), &metadata, &error));
	buffer_append_string(&file, "what follows the end is nobody's business");
	assert_true(read_bytes(buffer_text(&file), &metadata, &error));
	buffer_free(&file);
}

/* Nobody will write the rest of a file that has been quiet for a minute. */
static void an_old_file_without_its_end_is_damaged(void **state)
{
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = time(NULL) - 60}};
	int descriptor = memfd_create("png", MFD_CLOEXEC);
	struct library_metadata metadata = {0};
	struct error error = {0};
	struct buffer file;

	(void)state;
	assert_true(descriptor >= 0);
	begin(&file);
	assert_int_equal(write(descriptor, file.bytes, file.length), file.length);
	assert_int_equal(futimens(descriptor, times), 0);
	assert_false(library_read_png_text(&arena, descriptor, &metadata, &error));
	assert_string_equal(error.message, "The file is damaged: it ends before the picture does.");
	assert_int_equal(error.kind, ERROR_DAMAGED);
	(void)close(descriptor);
	buffer_free(&file);
}

static void compressed_text_is_bounded(void **state)
{
	size_t length = LIMIT_PNG_TEXT + 1;
	char *zeros = calloc(1, length);
	struct buffer file;

	(void)state;
	assert_non_null(zeros);
	begin(&file);
	put_chunk(&file, "zTXt", compressed(TEXT("bomb\0\0"), (struct text){zeros, length}));
	assert_string_equal(finish(&file),
		"damaged_file The file is damaged: a text in it is longer than 32 MiB.");
	begin(&file);
	put_chunk(&file, "tEXt", (struct text){zeros, length});
	assert_string_equal(finish(&file),
		"damaged_file The file is damaged: a text in it is longer than 32 MiB.");
	begin(&file);
	put_chunk(&file, "zTXt", compressed(TEXT("a\0\0"), (struct text){zeros, length - 1}));
	put_chunk(&file, "zTXt", compressed(TEXT("b\0\0"), (struct text){zeros, length - 1}));
	assert_non_null(strstr(finish(&file), "more than 64 MiB of text"));
	free(zeros);
}

static void text_that_cannot_be_unpacked_is_damaged(void **state)
{
	struct text whole = compressed(TEXT("z\0\0"), TEXT("some text"));
	struct buffer file;

	(void)state;
	begin(&file);
	put_chunk(&file, "zTXt", TEXT("z\0\0nonsense"));
	assert_non_null(strstr(finish(&file), "cannot be unpacked"));
	begin(&file);
	put_chunk(&file, "zTXt", text_head(whole, whole.length - 1));
	assert_non_null(strstr(finish(&file), "cannot be unpacked"));
}

static void chunks_are_bounded(void **state)
{
	struct buffer file;

	(void)state;
	begin(&file);
	for (int i = 0; i < LIMIT_PNG_CHUNKS; i++)
		put_chunk(&file, "IDAT", TEXT(""));
	assert_non_null(strstr(finish(&file), "more than 65536 chunks"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_kinds_of_text_are_read),
		cmocka_unit_test(latin_1_becomes_utf_8),
		cmocka_unit_test(the_first_of_equal_keywords_counts),
		cmocka_unit_test(chunks_of_another_build_are_ignored),
		cmocka_unit_test(checksums_are_checked),
		cmocka_unit_test(other_files_are_no_png),
		cmocka_unit_test(a_file_in_the_making_is_incomplete),
		cmocka_unit_test(an_old_file_without_its_end_is_damaged),
		cmocka_unit_test(compressed_text_is_bounded),
		cmocka_unit_test(text_that_cannot_be_unpacked_is_damaged),
		cmocka_unit_test(chunks_are_bounded),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
