#include "base/json.h"

#include <json-c/json.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json_lexer.h"
#include "base/limits.h"

/* One object of the source, in the order in which they begin. */
struct source_object {
	size_t start;
	size_t keys;
};

struct parser {
	struct arena *arena;
	struct error *error;
	struct text source;
	struct json_tokener *tokener; /* json-c's parser */
	json_object *root;	      /* what json-c made; NULL before, and for `null` */
	bool complete;		      /* json-c has seen the end of the text's value */
	size_t fed;		      /* bytes of the source that json-c has seen */
	struct source_object *objects;
	size_t object_count;
	size_t object_capacity;
	size_t objects_converted;
	size_t value_count;
	struct json_lexer places; /* walks along while values are converted */
};

/* Refuses the source for what is wrong at the byte `at`. */
static bool refuse(struct parser *parser, size_t at, const char *fault)
{
	size_t line = 1;
	size_t column = 1;

	for (size_t i = 0; i < at && i < parser->source.length; i++) {
		unsigned char byte = (unsigned char)parser->source.at[i];

		if (byte == '\n') {
			line++;
			column = 1;
		} else if ((byte & 0xc0) != 0x80) {
			column++;
		}
	}
	return error_set(parser->error, ERROR_MALFORMED, "invalid_json",
		"The JSON is not valid at line %zu, column %zu: %s.", line, column, fault);
}

/* Hands `part` to json-c; `start` is where it stands in the source. */
static bool feed(struct parser *parser, struct text part, size_t start)
{
	enum json_tokener_error result;
	json_object *root;

	root = json_tokener_parse_ex(parser->tokener, part.at, (int)part.length);
	result = json_tokener_get_error(parser->tokener);
	if (result == json_tokener_success) {
		parser->root = root;
		parser->complete = true;
		return true;
	}
	if (result == json_tokener_continue)
		return true;
	return refuse(parser, start + json_tokener_get_parse_end(parser->tokener),
		json_tokener_error_desc(result));
}

static bool feed_up_to(struct parser *parser, size_t end)
{
	size_t start = parser->fed;

	if (start == end)
		return true;
	parser->fed = end;
	return feed(parser, (struct text){parser->source.at + start, end - start}, start);
}

static bool add_object(struct parser *parser, size_t start)
{
	if (!arena_grow(parser->arena, &parser->objects, &parser->object_capacity,
		    parser->object_count, sizeof(*parser->objects)))
		return error_memory(parser->error);
	parser->objects[parser->object_count++] = (struct source_object){.start = start};
	return true;
}

/* Where the walk over the tokens is: which arrays and objects are open. */
struct nesting {
	size_t *open; /* indexes into parser.objects; an array's is that of no object */
	unsigned depth;
	unsigned limit;
};

static bool count_value(struct parser *parser, size_t at)
{
	return ++parser->value_count <= LIMIT_JSON_VALUES ||
	       refuse(parser, at, "it has too many values");
}

/*
 * Follows the brackets. Whether they match is json-c's to say: a closing one too many is let
 * through here and refused there.
 */
static bool follow_bracket(struct parser *parser, struct nesting *nesting, size_t at)
{
	char bracket = parser->source.at[at];

	if (bracket == '}' || bracket == ']')
		nesting->depth -= nesting->depth > 0;
	if (bracket != '{' && bracket != '[')
		return true;
	if (nesting->depth == nesting->limit)
		return refuse(parser, at, "arrays and objects are nested too deeply");
	nesting->open[nesting->depth++] = bracket == '{' ? parser->object_count : SIZE_MAX;
	return count_value(parser, at) && (bracket == '[' || add_object(parser, at));
}

static void count_key(struct parser *parser, const struct nesting *nesting)
{
	size_t object = nesting->depth ? nesting->open[nesting->depth - 1] : SIZE_MAX;

	if (object != SIZE_MAX)
		parser->objects[object].keys++;
}

/* json-c would silently clamp an integer beyond 64 bits; with ".0" behind it, it becomes a double.
 */
static bool feed_long_integer(struct parser *parser, size_t end)
{
	return feed_up_to(parser, end) && feed(parser, TEXT(".0"), end);
}

/* Refuses what json-c's strict mode lets pass, and counts values, and the keys of each object. */
static bool walk_tokens(struct parser *parser, struct nesting *nesting)
{
	struct json_lexer lexer = {.source = parser->source};

	for (;;) {
		bool good = true;

		switch (json_lexer_next(&lexer)) {
		case JSON_TOKEN_END:
			return true;
		case JSON_TOKEN_FAULT:
			return refuse(parser, lexer.at, lexer.fault);
		case JSON_TOKEN_PUNCTUATION:
			good = follow_bracket(parser, nesting, lexer.start);
			break;
		case JSON_TOKEN_KEY:
			count_key(parser, nesting);
			break;
		case JSON_TOKEN_LONG_INTEGER:
			good = count_value(parser, lexer.start) &&
			       feed_long_integer(parser, lexer.at);
			break;
		case JSON_TOKEN_LITERAL:
		case JSON_TOKEN_STRING:
		case JSON_TOKEN_INTEGER:
		case JSON_TOKEN_NUMBER:
			good = count_value(parser, lexer.start);
			break;
		}
		if (!good)
			return false;
	}
}

static bool read_source(struct parser *parser, unsigned depth_limit)
{
	struct nesting nesting = {.limit = depth_limit};

	nesting.open = arena_array(parser->arena, depth_limit, sizeof(*nesting.open));
	if (!nesting.open)
		return error_memory(parser->error);
	if (!walk_tokens(parser, &nesting) || !feed_up_to(parser, parser->source.length))
		return false;
	/* A number at the very end is complete only once something follows it. */
	if (!parser->complete && !feed(parser, (struct text){"", 1}, parser->source.length))
		return false;
	return true;
}

static bool convert(struct parser *parser, json_object *from, struct json *to);

static bool convert_number(struct parser *parser, json_object *from, struct json *to)
{
	to->number = json_object_get_double(from);
	if (isfinite(to->number))
		return true;
	return error_set(parser->error, ERROR_MALFORMED, "invalid_json",
		"The JSON holds a number that is too large.");
}

static void convert_integer(json_object *from, struct json *to)
{
	to->type = JSON_INTEGER;
	to->integer = json_object_get_int64(from);
	to->natural = json_object_get_uint64(from);
	to->number = to->integer < 0 ? (double)to->integer : (double)to->natural;
}

static bool convert_string(struct parser *parser, json_object *from, struct json *to)
{
	struct text string = {
		json_object_get_string(from), (size_t)json_object_get_string_len(from)};

	to->string = arena_text(parser->arena, string);
	return to->string.at || error_memory(parser->error);
}

/* Finds where the value to be converted next begins; of a scalar, also where it ends. */
static void begin_place(struct parser *parser, struct json *to)
{
	struct json_lexer *lexer = &parser->places;

	for (;;) {
		enum json_token token = json_lexer_next(lexer);

		to->start = lexer->start;
		to->end = lexer->at;
		if (token == JSON_TOKEN_KEY)
			to->name_start = lexer->start;
		else if (token != JSON_TOKEN_PUNCTUATION ||
			 !strchr(",:", lexer->source.at[lexer->start]))
			return;
	}
}

/* The items of an array or object are converted: what follows is its closing bracket. */
static void end_place(struct parser *parser, struct json *to)
{
	(void)json_lexer_next(&parser->places);
	to->end = parser->places.at;
}

/* Makes room for the items of `to`, linked in order. */
static struct json *add_items(struct parser *parser, struct json *to, size_t count)
{
	struct json *items = arena_array(parser->arena, count, sizeof(*items));

	if (!items) {
		(void)error_memory(parser->error);
		return NULL;
	}
	for (size_t i = 1; i < count; i++)
		items[i - 1].next = &items[i];
	to->first = count ? items : NULL;
	to->count = count;
	return items;
}

static bool convert_array(struct parser *parser, json_object *from, struct json *to)
{
	size_t count = json_object_array_length(from);
	struct json *items = add_items(parser, to, count);

	if (!items)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!convert(parser, json_object_array_get_idx(from, i), &items[i]))
			return false;
	end_place(parser, to);
	return true;
}

static int compare_keys(const void *a, const void *b)
{
	const struct text *left = a;
	const struct text *right = b;
	int order = text_compare(*left, *right);

	return order ? order : (left->at > right->at) - (left->at < right->at);
}

/* The keys of the object as they are written, in the order of their bytes. */
static struct text *collect_keys(struct parser *parser, const struct source_object *object)
{
	struct text *keys = arena_array(parser->arena, object->keys, sizeof(*keys));
	struct json_lexer lexer = {.source = parser->source, .at = object->start};
	size_t depth = 0;

	for (size_t found = 0; keys && found < object->keys;) {
		enum json_token token = json_lexer_next(&lexer);
		const char *at = lexer.source.at + lexer.start;

		if (token == JSON_TOKEN_KEY && depth == 1)
			keys[found++] = (struct text){at, lexer.at - lexer.start};
		if (token == JSON_TOKEN_PUNCTUATION) {
			depth += strchr("{[", *at) != NULL;
			depth -= strchr("}]", *at) != NULL;
		}
	}
	if (keys)
		qsort(keys, object->keys, sizeof(*keys), compare_keys);
	return keys;
}

/* Refuses an object for the first key, in the order of bytes, that it has twice. */
static bool refuse_repeated(struct parser *parser, const struct source_object *object)
{
	struct text *keys = collect_keys(parser, object);
	char fault[120];

	if (!keys)
		return error_memory(parser->error);
	for (size_t i = 1; i < object->keys; i++) {
		if (!text_equal(keys[i - 1], keys[i]) || keys[i].length > 64)
			continue;
		(void)snprintf(fault, sizeof(fault), "the object has the key %.*s twice",
			TEXT_ARGUMENTS(keys[i]));
		return refuse(parser, (size_t)(keys[i].at - parser->source.at), fault);
	}
	return refuse(parser, object->start, "the object has the same key twice");
}

static bool convert_object(struct parser *parser, json_object *from, struct json *to)
{
	struct source_object source = {0};
	size_t count = (size_t)json_object_object_length(from);
	struct json_object_iterator at = json_object_iter_begin(from);
	struct json *items;

	if (parser->objects)
		source = parser->objects[parser->objects_converted++];
	/* json-c keeps the last of equal keys only. */
	if (count != source.keys)
		return refuse_repeated(parser, &source);
	items = add_items(parser, to, count);
	if (!items)
		return false;
	for (size_t i = 0; i < count; i++) {
		items[i].name =
			arena_text(parser->arena, text_from(json_object_iter_peek_name(&at)));
		if (!items[i].name.at)
			return error_memory(parser->error);
		if (!convert(parser, json_object_iter_peek_value(&at), &items[i]))
			return false;
		json_object_iter_next(&at);
	}
	end_place(parser, to);
	return true;
}

/* Copies json-c's value into the arena. The recursion is as deep as the nesting, which is bounded.
 */
static bool convert(struct parser *parser, json_object *from, struct json *to)
{
	begin_place(parser, to);
	switch (json_object_get_type(from)) {
	case json_type_null:
		to->type = JSON_NULL;
		return true;
	case json_type_boolean:
		to->type = JSON_BOOL;
		to->boolean = json_object_get_boolean(from);
		return true;
	case json_type_int:
		convert_integer(from, to);
		return true;
	case json_type_double:
		to->type = JSON_NUMBER;
		return convert_number(parser, from, to);
	case json_type_string:
		to->type = JSON_STRING;
		return convert_string(parser, from, to);
	case json_type_array:
		to->type = JSON_ARRAY;
		return convert_array(parser, from, to);
	case json_type_object:
		to->type = JSON_OBJECT;
		return convert_object(parser, from, to);
	}
	return error_set(parser->error, ERROR_SYSTEM, "internal_error", "An unknown JSON type.");
}

const struct json *json_parse(
	struct arena *arena, struct text source, unsigned depth_limit, struct error *error)
{
	struct parser parser = {
		.arena = arena, .error = error, .source = source, .places = {.source = source}};
	struct json *root = arena_alloc(arena, sizeof(*root));
	bool good;

	if (!root || source.length > INT_MAX || depth_limit >= INT_MAX) {
		(void)error_memory(error);
		return NULL;
	}
	/* json-c counts a scalar as a level of its own. */
	parser.tokener = json_tokener_new_ex((int)depth_limit + 1);
	if (!parser.tokener) {
		(void)error_memory(error);
		return NULL;
	}
	json_tokener_set_flags(parser.tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	good = read_source(&parser, depth_limit) && convert(&parser, parser.root, root);
	(void)json_object_put(parser.root);
	json_tokener_free(parser.tokener);
	return good ? root : NULL;
}

const struct json *json_member(const struct json *object, const char *name)
{
	if (!object || object->type != JSON_OBJECT)
		return NULL;
	for (const struct json *member = object->first; member; member = member->next)
		if (text_equal(member->name, text_from(name)))
			return member;
	return NULL;
}
