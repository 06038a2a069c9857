#include "naming/checkpoint.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/hash.h"
#include "naming/ascii.h"
#include "naming/values.h"

#define EXTENSION TEXT(".safetensors")

/* A suffix found at the end of a name. */
struct found {
	struct text head;   /* what stands before it */
	struct text digits; /* its number */
};

/* `marker` followed by one or more digits. */
static bool find_marked_number(struct text name, struct text marker, struct found *found)
{
	size_t digits = ascii_trailing_digits(name);
	struct text head = text_head(name, name.length - digits);

	if (digits == 0 || !ascii_ends_with(head, marker) || head.length == marker.length)
		return false;
	found->head = text_head(head, head.length - marker.length);
	found->digits = text_from_offset(name, name.length - digits);
	return true;
}

/* `separator` followed by exactly `digits` digits. */
static bool find_fixed_number(struct text name, char separator, size_t digits, struct found *found)
{
	if (name.length < digits + 2 || ascii_trailing_digits(name) != digits ||
		name.at[name.length - digits - 1] != separator)
		return false;
	found->head = text_head(name, name.length - digits - 1);
	found->digits = text_from_offset(name, name.length - digits);
	return true;
}

/* `-000104`: trainers pad epochs to six digits; a total or a date does not begin with 0. */
static bool find_padded_epoch(struct text name, struct found *found)
{
	struct found candidate;

	if (!find_fixed_number(name, '-', 6, &candidate) || candidate.digits.at[0] != '0')
		return false;
	*found = candidate;
	return true;
}

static void set_suffix(struct naming_checkpoint *checkpoint, enum naming_kind kind,
	struct text stem, const struct found *found)
{
	checkpoint->kind = kind;
	checkpoint->number = ascii_without_zeros(found->digits);
	checkpoint->base = found->head;
	checkpoint->suffix = text_from_offset(stem, found->head.length);
}

/* The suffixes of PRD 2.2, in its order; both may be there, the step is then the number. */
static bool take_step_and_epoch(struct text stem, struct naming_checkpoint *checkpoint)
{
	struct found step;
	struct found epoch;

	if (find_marked_number(stem, TEXT("-step"), &step)) {
		set_suffix(checkpoint, NAMING_STEP, stem, &step);
		if (find_padded_epoch(step.head, &epoch)) {
			checkpoint->base = epoch.head;
			checkpoint->suffix = text_from_offset(stem, epoch.head.length);
		}
		return true;
	}
	if (find_padded_epoch(stem, &epoch)) {
		set_suffix(checkpoint, NAMING_EPOCH, stem, &epoch);
		return true;
	}
	return false;
}

/* `name_000000500`, `name_000000500_high_noise`: the noise part stays in the base. */
static bool take_nine_digits(
	struct arena *arena, struct text stem, struct naming_checkpoint *checkpoint)
{
	struct text noise = {"", 0};
	struct text name = stem;
	struct found step;

	if (ascii_ends_with(stem, TEXT("_high_noise")))
		noise = text_from_offset(stem, stem.length - strlen("_high_noise"));
	else if (ascii_ends_with(stem, TEXT("_low_noise")))
		noise = text_from_offset(stem, stem.length - strlen("_low_noise"));
	name.length -= noise.length;
	if (!find_fixed_number(name, '_', 9, &step))
		return false;
	set_suffix(checkpoint, NAMING_STEP, name, &step);
	if (noise.length) {
		checkpoint->base.at = arena_printf(
			arena, "%.*s%.*s", TEXT_ARGUMENTS(step.head), TEXT_ARGUMENTS(noise));
		checkpoint->base.length = step.head.length + noise.length;
	}
	return true;
}

/* True if `value` has the form of `form`, in which `0` stands for any digit. */
static bool has_form(struct text value, const char *form)
{
	for (size_t i = 0; i < value.length; i++)
		if (form[i] == '0' ? !ascii_is_digit(value.at[i]) : value.at[i] != form[i])
			return false;
	return true;
}

/* OneTrainer: `[prefix]YYYY-MM-DD_HH-MM-SS-save-<step>-<epoch>-<n>`. */
static bool take_one_trainer(
	struct text directory_name, struct text stem, struct naming_checkpoint *checkpoint)
{
	static const char time_form[] = "0000-00-00_00-00-00";
	const size_t time_length = sizeof(time_form) - 1;
	struct text head = stem;
	struct text digits = {"", 0};
	struct text base;

	for (int field = 0; field < 3; field++) {
		size_t length = ascii_trailing_digits(head);

		digits = text_from_offset(head, head.length - length);
		head = text_head(head, head.length - length);
		if (length == 0 || !ascii_ends_with(head, TEXT("-")))
			return false;
		head.length--;
	}
	if (!ascii_ends_with(head, TEXT("-save")) || head.length < strlen("-save") + time_length)
		return false;
	head.length -= strlen("-save") + time_length;
	if (!has_form((struct text){stem.at + head.length, time_length}, time_form))
		return false;
	base = head;
	while (base.length && (base.at[base.length - 1] == '-' || base.at[base.length - 1] == '_'))
		base.length--;
	if (base.length + directory_name.length == 0)
		return false;
	set_suffix(checkpoint, NAMING_STEP, stem, &(struct found){base, digits});
	if (base.length == 0)
		checkpoint->base = directory_name;
	return true;
}

/* What trainers write that do not follow PRD 2.2; at most one of these is taken off. */
static bool take_other_suffix(struct arena *arena, struct text directory_name, struct text stem,
	struct naming_checkpoint *checkpoint)
{
	struct found found;

	if (take_nine_digits(arena, stem, checkpoint))
		return true;
	if (find_marked_number(stem, TEXT("_step"), &found)) {
		set_suffix(checkpoint, NAMING_STEP, stem, &found);
		return true;
	}
	if (find_marked_number(stem, TEXT("-epoch"), &found) ||
		find_marked_number(stem, TEXT("_epoch"), &found)) {
		set_suffix(checkpoint, NAMING_EPOCH, stem, &found);
		return true;
	}
	return take_one_trainer(directory_name, stem, checkpoint);
}

enum naming_checkpoint_result naming_parse_checkpoint(struct arena *arena,
	struct text directory_name, struct text file_name, struct naming_checkpoint *checkpoint)
{
	struct text stem;

	if (file_name.length <= EXTENSION.length || file_name.at[0] == '.' ||
		!ascii_ends_with(file_name, EXTENSION))
		return NAMING_OTHER_FILE;
	stem = text_head(file_name, file_name.length - EXTENSION.length);
	*checkpoint = (struct naming_checkpoint){
		.file_name = file_name,
		.base = stem,
		.kind = NAMING_FINAL,
		.number = TEXT(""),
		.suffix = TEXT(""),
		.value = TEXT(""),
	};
	if (!take_step_and_epoch(stem, checkpoint))
		(void)take_other_suffix(arena, directory_name, stem, checkpoint);
	return checkpoint->base.at ? NAMING_CHECKPOINT : NAMING_CHECKPOINT_MEMORY;
}

bool naming_checkpoint_number(const struct naming_checkpoint *checkpoint, int64_t *number)
{
	int64_t sum = 0;

	if (checkpoint->number.length == 0)
		return false;
	for (size_t i = 0; i < checkpoint->number.length; i++)
		if (__builtin_mul_overflow(sum, 10, &sum) ||
			__builtin_add_overflow(sum, checkpoint->number.at[i] - '0', &sum))
			return false;
	*number = sum;
	return true;
}

static int compare_digits(struct text a, struct text b)
{
	return a.length == b.length ? text_compare(a, b) : a.length < b.length ? -1 : 1;
}

int naming_compare_checkpoints(const struct naming_checkpoint *a, const struct naming_checkpoint *b)
{
	int order = (a->kind > b->kind) - (a->kind < b->kind);

	if (!order)
		order = compare_digits(a->number, b->number);
	if (!order)
		order = naming_compare_natural(a->suffix, b->suffix);
	return order ? order : text_compare(a->file_name, b->file_name);
}

/*
 * The total that a run's base name announces: the digits after the last `steps-` or `step-` in it,
 * where these are words of their own (`footsteps-2` and `steps-10k` announce nothing).
 * Empty without one.
 */
static struct text announced_total(struct text base)
{
	for (size_t end = base.length; end > 0; end--) {
		struct text head = text_head(base, end);
		struct text rest = text_from_offset(base, end);
		size_t marker = ascii_ends_with(head, TEXT("steps-"))  ? strlen("steps-")
				: ascii_ends_with(head, TEXT("step-")) ? strlen("step-")
								       : 0;
		size_t digits = 0;

		while (digits < rest.length && ascii_is_digit(rest.at[digits]))
			digits++;
		if (marker == 0 || digits == 0)
			continue;
		if (end > marker && ascii_is_letter(head.at[end - marker - 1]))
			continue;
		if (digits < rest.length &&
			(ascii_is_letter(rest.at[digits]) || rest.at[digits] == '.'))
			continue;
		return ascii_without_zeros(text_head(rest, digits));
	}
	return TEXT("");
}

static bool has_value(struct naming_checkpoint *const *checkpoints, size_t count, struct text value)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(checkpoints[i]->value, value))
			return true;
	return false;
}

/* True if both would read the same by `value` alone (in a group sorted by training order). */
static bool same_number(const struct naming_checkpoint *a, const struct naming_checkpoint *b)
{
	return a->kind == b->kind && text_equal(a->number, b->number);
}

/* Checkpoints of one kind and number: told apart by the whole suffix, else by the file name. */
static void tell_apart(struct naming_checkpoint *const *group, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		bool alone =
			(i == 0 || !text_equal(group[i - 1]->suffix, group[i]->suffix)) &&
			(i + 1 == count || !text_equal(group[i + 1]->suffix, group[i]->suffix));

		group[i]->value = alone ? group[i]->suffix : group[i]->file_name;
	}
}

bool naming_set_values(
	struct arena *arena, struct naming_checkpoint *const *checkpoints, size_t count)
{
	bool has_steps = count && checkpoints[0]->kind == NAMING_STEP;
	size_t finals = 0;

	for (size_t i = 0; i < count; i++) {
		struct naming_checkpoint *checkpoint = checkpoints[i];

		finals += checkpoint->kind == NAMING_FINAL;
		checkpoint->value = checkpoint->number;
		if (checkpoint->kind == NAMING_EPOCH && has_steps) {
			checkpoint->value = text_from(arena_printf(
				arena, "epoch %.*s", TEXT_ARGUMENTS(checkpoint->number)));
			if (checkpoint->value.length == 0)
				return false;
		}
	}
	if (finals == 1) {
		struct text total = announced_total(checkpoints[count - 1]->base);
		bool free = total.length && !has_value(checkpoints, count, total);

		checkpoints[count - 1]->value = free ? total : TEXT("final");
	}
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && same_number(checkpoints[i], checkpoints[end]);)
			end++;
		if (end - i > 1)
			tell_apart(checkpoints + i, end - i);
	}
	return true;
}

void naming_run_id(struct text run_name, char id[static NAMING_RUN_ID_SIZE])
{
	(void)snprintf(id, NAMING_RUN_ID_SIZE, "%016" PRIx64, hash_text(HASH_START, run_name));
}
