#include "naming/values.h"

#include <stdlib.h>

#include "naming/ascii.h"

#define EXPONENT_MAX 1000000 /* larger ones are taken for this one; a name has 255 bytes */

/* A value with its number as 0.DIGITS times ten to the power of `magnitude`. */
struct keyed {
	struct text value;
	bool negative;
	long magnitude;
	struct text digits; /* neither begins nor ends with 0; empty for zero */
};

static size_t count_digits(struct text value)
{
	size_t count = 0;

	while (count < value.length && ascii_is_digit(value.at[count]))
		count++;
	return count;
}

static struct text without_sign(struct text value)
{
	bool is_signed = value.length && (value.at[0] == '-' || value.at[0] == '+');

	return is_signed ? text_from_offset(value, 1) : value;
}

/* What an unsigned decimal number consists of. */
struct decimal {
	struct text whole;
	struct text fraction;
	long exponent;
};

/* Reads `e` and an exponent; false if there is anything else. */
static bool read_exponent(struct text value, long *exponent)
{
	struct text digits;

	*exponent = 0;
	if (value.length == 0)
		return true;
	if (value.at[0] != 'e' && value.at[0] != 'E')
		return false;
	value = text_from_offset(value, 1);
	digits = without_sign(value);
	if (digits.length == 0 || count_digits(digits) != digits.length)
		return false;
	for (size_t i = 0; i < digits.length; i++)
		if (*exponent < EXPONENT_MAX)
			*exponent = *exponent * 10 + (digits.at[i] - '0');
	if (*exponent > EXPONENT_MAX)
		*exponent = EXPONENT_MAX;
	if (value.at[0] == '-')
		*exponent = -*exponent;
	return true;
}

static bool read_decimal(struct text value, struct decimal *decimal)
{
	*decimal = (struct decimal){0};
	value = without_sign(value);
	decimal->whole = text_head(value, count_digits(value));
	value = text_from_offset(value, decimal->whole.length);
	if (value.length && value.at[0] == '.') {
		value = text_from_offset(value, 1);
		decimal->fraction = text_head(value, count_digits(value));
		value = text_from_offset(value, decimal->fraction.length);
	}
	if (decimal->whole.length + decimal->fraction.length == 0)
		return false;
	return read_exponent(value, &decimal->exponent);
}

static bool is_integer(struct text value)
{
	struct text digits = without_sign(value);

	return digits.length && count_digits(digits) == digits.length;
}

const char *naming_type_name(enum naming_type type)
{
	static const char *const names[] = {
		[NAMING_INT] = "int",
		[NAMING_NUMBER] = "number",
		[NAMING_STRING] = "string",
	};

	return names[type];
}

enum naming_type naming_common_type(const struct text *values, size_t count)
{
	enum naming_type type = NAMING_INT;
	struct decimal decimal;

	for (size_t i = 0; i < count; i++) {
		if (is_integer(values[i]))
			continue;
		if (!read_decimal(values[i], &decimal))
			return NAMING_STRING;
		type = NAMING_NUMBER;
	}
	return type;
}

static bool set_key(struct arena *arena, struct text value, struct keyed *keyed)
{
	struct decimal decimal;
	char *digits;

	*keyed = (struct keyed){.value = value, .negative = value.length && value.at[0] == '-'};
	if (!read_decimal(value, &decimal))
		return true;
	digits = arena_alloc(arena, decimal.whole.length + decimal.fraction.length);
	if (!digits)
		return false;
	memcpy(digits, decimal.whole.at, decimal.whole.length);
	if (decimal.fraction.length)
		memcpy(digits + decimal.whole.length, decimal.fraction.at, decimal.fraction.length);
	keyed->digits = (struct text){digits, decimal.whole.length + decimal.fraction.length};
	keyed->magnitude = (long)decimal.whole.length + decimal.exponent;
	while (keyed->digits.length && keyed->digits.at[0] == '0') {
		keyed->digits = text_from_offset(keyed->digits, 1);
		keyed->magnitude--;
	}
	while (keyed->digits.length && keyed->digits.at[keyed->digits.length - 1] == '0')
		keyed->digits.length--;
	if (keyed->digits.length == 0) {
		keyed->negative = false;
		keyed->magnitude = 0;
	}
	return true;
}

static int compare_magnitudes(const struct keyed *a, const struct keyed *b)
{
	if (a->digits.length == 0 || b->digits.length == 0)
		return (a->digits.length > 0) - (b->digits.length > 0);
	if (a->magnitude != b->magnitude)
		return a->magnitude < b->magnitude ? -1 : 1;
	return text_compare(a->digits, b->digits);
}

static int compare_numbers(const void *left, const void *right)
{
	const struct keyed *a = left;
	const struct keyed *b = right;
	int order;

	if (a->negative != b->negative)
		return a->negative ? -1 : 1;
	order = a->negative ? compare_magnitudes(b, a) : compare_magnitudes(a, b);
	return order ? order : text_compare(a->value, b->value);
}

static int compare_strings(const void *left, const void *right)
{
	const struct text *a = left;
	const struct text *b = right;

	return naming_compare_natural(*a, *b);
}

bool naming_sort_values(
	struct arena *arena, struct text *values, size_t count, enum naming_type *type)
{
	struct keyed *keyed;

	*type = naming_common_type(values, count);
	if (*type == NAMING_STRING) {
		qsort(values, count, sizeof(*values), compare_strings);
		return true;
	}
	keyed = arena_array(arena, count, sizeof(*keyed));
	if (!keyed)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!set_key(arena, values[i], &keyed[i]))
			return false;
	qsort(keyed, count, sizeof(*keyed), compare_numbers);
	for (size_t i = 0; i < count; i++)
		values[i] = keyed[i].value;
	return true;
}

int naming_compare_natural(struct text a, struct text b)
{
	struct text left = a;
	struct text right = b;

	while (left.length && right.length) {
		struct text left_number = text_head(left, count_digits(left));
		struct text right_number = text_head(right, count_digits(right));
		size_t left_length = left_number.length;
		size_t right_length = right_number.length;
		int order;

		if (left_length && right_length) {
			left_number = ascii_without_zeros(left_number);
			right_number = ascii_without_zeros(right_number);
			order = (left_number.length > right_number.length) -
				(left_number.length < right_number.length);
			if (!order)
				order = text_compare(left_number, right_number);
		} else {
			left_length = 1;
			right_length = 1;
			order = text_compare(text_head(left, 1), text_head(right, 1));
		}
		if (order)
			return order;
		left = text_from_offset(left, left_length);
		right = text_from_offset(right, right_length);
	}
	if (left.length || right.length)
		return left.length ? 1 : -1;
	return text_compare(a, b);
}
