#include "comfyui/check.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/limits.h"
#include "comfyui/graph.h"

/* A check under way. */
struct work {
	const struct comfyui_cache *cache;
	struct arena *arena;
	const struct comfyui_template *template;
	const struct comfyui_values *values;
	struct comfyui_check *check;
	bool no_memory;
};

/* An input of a node, while it is checked. */
struct place {
	const struct comfyui_node *node;
	const struct json *input; /* the template's own value */
	int setting;		  /* whose value is put in, or would be; -1: none */
};

static void add(struct work *work, const char ***items, size_t *count, size_t *capacity,
	const char *sentence)
{
	if (sentence && arena_grow(work->arena, items, capacity, *count, sizeof(**items)))
		(*items)[(*count)++] = sentence;
	else
		work->no_memory = true;
}

static void refuse(struct work *work, const char *sentence)
{
	struct comfyui_check *check = work->check;

	if (check->refused_count < LIMIT_CHECK_FAULTS)
		add(work, &check->refused, &check->refused_count, &check->refused_capacity,
			sentence);
	else
		check->unchecked = "There are more of them.";
}

/* `node 11 (VAELoader "Load VAE")` */
static const char *node_words(struct work *work, const struct comfyui_node *node)
{
	struct text id = comfyui_graph_shorten(node->id);
	struct text class_type = comfyui_graph_shorten(node->class_type);
	struct text title = comfyui_graph_shorten(node->title);
	bool is_titled = title.length && !text_equal(title, class_type);
	const char *words = arena_printf(work->arena, "node %.*s (%.*s%s%.*s%s)",
		TEXT_ARGUMENTS(id), TEXT_ARGUMENTS(class_type), is_titled ? " \"" : "",
		is_titled ? (int)title.length : 0, title.at, is_titled ? "\"" : "");

	work->no_memory |= !words;
	return words ? words : "";
}

/* --- What can be done about it -----------------------------------------------------------------
 */

static const char *remedy(const struct place *place, bool is_file)
{
	switch (place->setting) {
	case -1:
		return is_file ? "put the file where ComfyUI looks for it, or name another in the "
				 "workflow"
			       : "change it in the workflow";
	case COMFYUI_SET_VAE:
	case COMFYUI_SET_CLIP:
		return "put the file where ComfyUI looks for it, or choose another one for the job";
	case COMFYUI_SET_SHIFT:
		return "choose another one for the job";
	default:
		return "change it in the preset";
	}
}

/* The list's name for the same file in another directory; empty without one. */
static struct text same_file(const struct comfyui_choices *choices, struct text name)
{
	for (size_t i = 0; i < choices->count; i++) {
		struct text choice = choices->values[i];
		struct text longer = choice.length > name.length ? choice : name;
		struct text shorter = choice.length > name.length ? name : choice;
		size_t more = longer.length - shorter.length;

		if (more && shorter.length && text_ends_with(longer, shorter) &&
			(longer.at[more - 1] == '/' || longer.at[more - 1] == '\\'))
			return choice;
	}
	return TEXT("");
}

/* --- One value ---------------------------------------------------------------------------------
 */

static void check_name(struct work *work, const struct place *place,
	const struct comfyui_choices *choices, struct text name)
{
	struct text other;

	for (size_t i = 0; i < choices->count; i++)
		if (text_equal(choices->values[i], name))
			return;
	other = comfyui_graph_shorten(same_file(choices, name));
	refuse(work,
		arena_printf(work->arena, "ComfyUI has no \"%.*s\" for %.*s of %s%s%.*s%s: %s.",
			TEXT_ARGUMENTS(comfyui_graph_shorten(name)),
			TEXT_ARGUMENTS(comfyui_graph_shorten(place->input->name)),
			node_words(work, place->node), other.length ? ", but \"" : "",
			TEXT_ARGUMENTS(other), other.length ? "\"" : "",
			remedy(place, memchr(name.at, '.', name.length) != NULL)));
}

static void check_number(struct work *work, const struct place *place,
	const struct comfyui_range *range, double number)
{
	bool is_small = number < range->least;

	if (is_small || number > range->most)
		refuse(work,
			arena_printf(work->arena, "%.*s of %s must be at %s %.15g, not %.15g: %s.",
				TEXT_ARGUMENTS(comfyui_graph_shorten(place->input->name)),
				node_words(work, place->node), is_small ? "least" : "most",
				is_small ? range->least : range->most, number,
				remedy(place, false)));
}

static double number_of(struct text digits)
{
	char copy[64];

	(void)snprintf(copy, sizeof(copy), "%.*s", TEXT_ARGUMENTS(digits));
	return strtod(copy, NULL);
}

/* --- One input ---------------------------------------------------------------------------------
 */

static int compare_starts(const void *key, const void *element)
{
	size_t start = *(const size_t *)key;
	const struct comfyui_edit *edit = element;

	return (start > edit->start) - (start < edit->start);
}

/* The setting that takes the place of a value of the template; -1: none. */
static int setting_at(const struct comfyui_template *template, size_t start)
{
	const struct comfyui_edit *edit =
		template->edit_count ? bsearch(&start, template->edits, template->edit_count,
					       sizeof(*template->edits), compare_starts)
				     : NULL;

	return edit ? edit->setting : -1;
}

static void check_names(
	struct work *work, const struct place *place, const struct comfyui_choices *choices)
{
	const struct comfyui_values none = {NULL, 0};
	const struct comfyui_values *values =
		place->setting < 0 ? &none : &work->values[place->setting];

	for (size_t i = 0; i < values->count; i++)
		check_name(work, place, choices, values->items[i]);
	if (!values->count && place->input->type == JSON_STRING)
		check_name(work, place, choices, place->input->string);
}

static void check_numbers(
	struct work *work, const struct place *place, const struct comfyui_range *range)
{
	const struct comfyui_values none = {NULL, 0};
	const struct comfyui_values *values =
		place->setting < 0 ? &none : &work->values[place->setting];
	const struct json *own = place->input;

	for (size_t i = 0; i < values->count; i++)
		check_number(work, place, range, number_of(values->items[i]));
	if (!values->count && (own->type == JSON_INTEGER || own->type == JSON_NUMBER))
		check_number(work, place, range, own->number);
}

static void check_input(
	struct work *work, const struct json *description, const struct place *place)
{
	const char *name = arena_copy(work->arena, place->input->name);
	struct comfyui_choices choices;
	struct comfyui_range range;

	if (!name || !comfyui_class_choices(work->arena, description, name, &choices)) {
		work->no_memory = true;
		return;
	}
	if (choices.is_list && !choices.takes_others)
		check_names(work, place, &choices);
	else if (comfyui_class_range(description, name, &range))
		check_numbers(work, place, &range);
}

/* --- All of them -------------------------------------------------------------------------------
 */

static void check_node(
	struct work *work, const struct json *description, const struct comfyui_node *node)
{
	for (const struct json *input = node->inputs->first; input && !work->no_memory;
		input = input->next) {
		struct place place = {node, input, setting_at(work->template, input->start)};

		if (!comfyui_is_link(input) && place.setting != COMFYUI_SET_CHECKPOINT)
			check_input(work, description, &place);
	}
}

static void miss(struct work *work, const struct comfyui_node *node)
{
	struct comfyui_check *check = work->check;

	add(work, &check->missing, &check->missing_count, &check->missing_capacity,
		arena_printf(work->arena,
			"This ComfyUI has no node %.*s, which the workflow uses (%s): install what "
			"brings it, update ComfyUI, or choose another workflow.",
			TEXT_ARGUMENTS(comfyui_graph_shorten(node->class_type)),
			node_words(work, node)));
}

/* Checks all nodes of the class of the node `first`, which is the first of them. */
static void check_class(struct work *work, const struct json *description, size_t first)
{
	const struct comfyui_node *nodes = work->template->nodes;

	if (!description) {
		miss(work, &nodes[first]);
		return;
	}
	for (size_t i = first; i < work->template->node_count; i++)
		/* Of the others, ComfyUI wants to know the class alone. */
		if (nodes[i].is_needed && text_equal(nodes[i].class_type, nodes[first].class_type))
			check_node(work, description, &nodes[i]);
}

static bool is_first_of_class(const struct comfyui_template *template, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (text_equal(template->nodes[i].class_type, template->nodes[index].class_type))
			return false;
	return true;
}

bool comfyui_check(const struct comfyui_cache *cache, struct arena *arena,
	const struct comfyui_template *template,
	const struct comfyui_values values[static COMFYUI_SETTING_COUNT], bool refresh,
	struct comfyui_check *check, struct error *error)
{
	struct work work = {cache, arena, template, values, check, false};
	int64_t end = clock_monotonic() + LIMIT_CHECK_MS * INT64_C(1000000);
	size_t classes = 0;

	*check = (struct comfyui_check){0};
	for (size_t i = 0; i < template->node_count && !work.no_memory; i++) {
		const struct json *description;
		const char *class;

		if (!is_first_of_class(template, i))
			continue;
		if (classes++ == LIMIT_CHECK_CLASSES || clock_monotonic() > end) {
			check->unchecked = "ComfyUI answers slowly, or the workflow has very many "
					   "kinds of nodes: not all of them were checked.";
			break;
		}
		class = arena_copy(arena, template->nodes[i].class_type);
		if (!class)
			return error_memory(error);
		if (!comfyui_cache_class(cache, arena, class, refresh, &description, error)) {
			check->unchecked = arena_printf(
				arena, "Not all of the workflow was checked: %s", error->message);
			work.no_memory |= !check->unchecked;
			break;
		}
		check_class(&work, description, i);
	}
	return !work.no_memory || error_memory(error);
}
