#include <stdio.h>

#include "base/json_write.h"
#include "base/limits.h"
#include "comfyui/calls.h"

/*
 * ComfyUI serves everything from one thread: while it loads a model or lists a slow directory, a
 * question waits, and that is no fault. Whether it is there at all is to be known sooner.
 */
#define TIMEOUT_SYSTEM 5000U
#define TIMEOUT_LIST   20000U
#define TIMEOUT_STATE  30000U
#define TIMEOUT_PROMPT 60000U
#define TIMEOUT_VIEW   300000U
#define SILENCE_VIEW   30000U

static bool get(
	struct comfyui_request *request, const char *target, unsigned timeout_ms, size_t limit)
{
	*request = (struct comfyui_request){
		.target = target, .timeout_ms = timeout_ms, .limit = limit, .file = -1};
	return target != NULL;
}

static bool post(struct arena *arena, struct comfyui_request *request, const char *target,
	struct buffer *body, unsigned timeout_ms)
{
	bool done = !body->failed && get(request, target, timeout_ms, LIMIT_COMFYUI_ANSWER);

	if (done) {
		request->post = true;
		request->body = arena_text(arena, buffer_text(body));
		done = request->body.at != NULL;
	}
	buffer_free(body);
	return done;
}

/* Percent-encodes all but what RFC 3986 leaves as it is everywhere. NULL without memory. */
static const char *encode(struct arena *arena, struct text value)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~";
	static const char digits[] = "0123456789ABCDEF";
	char *encoded = arena_array(arena, value.length + 1, 3);
	char *to = encoded;

	for (size_t i = 0; encoded && i < value.length; i++) {
		unsigned char byte = (unsigned char)value.at[i];

		if (byte && strchr(plain, byte)) {
			*to++ = (char)byte;
		} else {
			*to++ = '%';
			*to++ = digits[byte >> 4];
			*to++ = digits[byte & 15];
		}
	}
	return encoded;
}

bool comfyui_ask_system(struct arena *arena, struct comfyui_request *request)
{
	(void)arena;
	return get(request, "/system_stats", TIMEOUT_SYSTEM, LIMIT_COMFYUI_ANSWER);
}

bool comfyui_ask_class(struct arena *arena, const char *class, struct comfyui_request *request)
{
	const char *name = encode(arena, text_from(class));

	return name && get(request, arena_printf(arena, "/object_info/%s", name), TIMEOUT_LIST,
			       LIMIT_COMFYUI_CLASS);
}

bool comfyui_ask_prompt(struct arena *arena, struct text prompt, const char *client_id,
	const char *prompt_id, struct text information, struct comfyui_request *request)
{
	struct buffer body;
	struct json_writer out;

	buffer_init(&body, LIMIT_COMFYUI_PROMPT);
	json_writer_init(&out, &body);
	json_open_object(&out);
	json_put_string(&out, "client_id", client_id);
	json_put_string(&out, "prompt_id", prompt_id);
	if (information.length) {
		json_key(&out, "extra_data");
		json_open_object(&out);
		json_put_raw(&out, "extra_pnginfo", information);
		json_close_object(&out);
	}
	json_put_raw(&out, "prompt", prompt);
	json_close_object(&out);
	if (!post(arena, request, "/prompt", &body, TIMEOUT_PROMPT))
		return false;
	request->once = true;
	return true;
}

bool comfyui_ask_queue(struct arena *arena, struct comfyui_request *request)
{
	(void)arena;
	return get(request, "/queue", TIMEOUT_STATE, LIMIT_COMFYUI_QUEUE);
}

bool comfyui_ask_history(
	struct arena *arena, const char *prompt_id, struct comfyui_request *request)
{
	const char *id = encode(arena, text_from(prompt_id));

	return id && get(request, arena_printf(arena, "/history/%s", id), TIMEOUT_STATE,
			     LIMIT_COMFYUI_HISTORY);
}

bool comfyui_ask_view(
	struct arena *arena, const struct comfyui_image *image, struct comfyui_request *request)
{
	const char *filename = encode(arena, image->filename);
	const char *subfolder = encode(arena, image->subfolder);
	const char *type = encode(arena, image->type);

	if (!filename || !subfolder || !type ||
		!get(request,
			arena_printf(arena, "/view?filename=%s&subfolder=%s&type=%s", filename,
				subfolder, type),
			TIMEOUT_VIEW, LIMIT_PICTURE_FILE))
		return false;
	request->silence_ms = SILENCE_VIEW;
	return true;
}

/* A body of one member: {"key": value}. */
static void open_body(struct buffer *body, struct json_writer *out, const char *key)
{
	buffer_init(body, LIMIT_BODY);
	json_writer_init(out, body);
	json_open_object(out);
	json_key(out, key);
}

bool comfyui_ask_delete(struct arena *arena, const char *prompt_id, struct comfyui_request *request)
{
	struct buffer body;
	struct json_writer out;

	open_body(&body, &out, "delete");
	json_open_array(&out);
	json_string(&out, prompt_id);
	json_close_array(&out);
	json_close_object(&out);
	return post(arena, request, "/queue", &body, TIMEOUT_STATE);
}

bool comfyui_ask_interrupt(
	struct arena *arena, const char *prompt_id, struct comfyui_request *request)
{
	struct buffer body;
	struct json_writer out;

	open_body(&body, &out, "prompt_id");
	json_string(&out, prompt_id);
	json_close_object(&out);
	return post(arena, request, "/interrupt", &body, TIMEOUT_STATE);
}

bool comfyui_ask_free(struct arena *arena, struct comfyui_request *request)
{
	struct buffer body;
	struct json_writer out;

	open_body(&body, &out, "unload_models");
	json_boolean(&out, true);
	json_put_boolean(&out, "free_memory", true);
	json_close_object(&out);
	return post(arena, request, "/free", &body, TIMEOUT_STATE);
}
