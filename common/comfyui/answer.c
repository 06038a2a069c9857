#include "comfyui/answer.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "comfyui/json.h"

/* How much of a strange body the log repeats. */
#define SHOWN_BYTES ((size_t)160)

/* The status, the type and the first bytes, for the log. */
static void describe(const struct comfyui_response *response, struct error *error)
{
	struct text body = buffer_text(&response->body);
	struct buffer shown;

	buffer_init(&shown, 4 * SHOWN_BYTES);
	utf8_append_lossy(&shown, utf8_head(body, SHOWN_BYTES));
	(void)error_cause(error, "HTTP %d, %s: %.*s", response->status,
		*response->content_type ? response->content_type : "no content type",
		TEXT_ARGUMENTS(buffer_text(&shown)));
	buffer_free(&shown);
}

static void explain(
	const struct comfyui_response *response, const char *wanted, struct error *error)
{
	static const char code[] = "comfyui_unreachable";
	const char *base = response->base;
	int status = response->status;

	if (status == 401 || status == 407)
		(void)error_set(error, ERROR_UNAVAILABLE, code,
			"%s wants a login (HTTP %d); put the header that it expects, as "
			"Authorization, into comfyui.headers.",
			base, status);
	else if (status == 403)
		(void)error_set(error, ERROR_UNAVAILABLE, code,
			"%s refuses us (HTTP 403); if a proxy stands there, put the header that it "
			"expects into comfyui.headers.",
			base);
	else if (status >= 300 && status < 400)
		(void)error_set(error, ERROR_UNAVAILABLE, code,
			"%s sends us elsewhere (HTTP %d%s%.120s); write ComfyUI's own address as "
			"comfyui.url, and what a login page expects into comfyui.headers.",
			base, status, *response->location ? ", to " : "", response->location);
	else if (status == 404 || status == 405)
		(void)error_set(error, ERROR_UNAVAILABLE, code,
			"What answers at %s is not ComfyUI (HTTP %d); is the address right, with "
			"its path?",
			base, status);
	else if (status == 413)
		(void)error_set(error, ERROR_INVALID, "comfyui_error",
			"The prompt is larger than %s takes (HTTP 413); start ComfyUI with a "
			"larger "
			"--max-upload-size.",
			base);
	else if (status >= 502 && status <= 504)
		(void)error_set(error, ERROR_UNAVAILABLE, code,
			"The proxy at %s does not reach ComfyUI (HTTP %d); is ComfyUI running?",
			base, status);
	else if (status >= 500)
		(void)error_set(error, ERROR_UNAVAILABLE, "comfyui_error",
			"ComfyUI failed on the question (HTTP %d); its own log has the reason.",
			status);
	else if (status == 200)
		(void)error_set(error, ERROR_UNAVAILABLE, code,
			"What answers at %s is not ComfyUI: it sends %.60s instead of %s. Is the "
			"address right, and is there a login page?",
			base, *response->content_type ? response->content_type : "something",
			wanted);
	else
		(void)error_set(error, ERROR_UNAVAILABLE, code,
			"%s answers with HTTP %d, which ComfyUI does not.", base, status);
}

bool comfyui_answer_refuse(
	const struct comfyui_response *response, const char *wanted, struct error *error)
{
	explain(response, wanted, error);
	describe(response, error);
	return false;
}

bool comfyui_answer_senseless(const struct comfyui_response *response, struct error *error)
{
	(void)error_set(error, ERROR_UNAVAILABLE, "comfyui_unreachable",
		"%s answers with JSON that is not ComfyUI's; is the address right?",
		response->base);
	describe(response, error);
	return false;
}

/* What the body begins with, white space aside; 0 for nothing. */
static char first_byte(struct text body)
{
	for (size_t i = 0; i < body.length; i++)
		if (!strchr(" \t\r\n", body.at[i]))
			return body.at[i];
	return 0;
}

bool comfyui_answer_is_json(struct comfyui_response *response, int also, struct error *error)
{
	char first = first_byte(buffer_text(&response->body));

	if ((response->status != 200 && response->status != also) || first != '{')
		return comfyui_answer_refuse(response, "JSON", error);
	comfyui_json_mend(response->body.bytes, response->body.length);
	return true;
}

const struct json *comfyui_answer_parse(struct arena *arena, struct text slice)
{
	struct error error;

	return slice.at ? json_parse(arena, slice, LIMIT_JSON_DEPTH, &error) : NULL;
}

struct text comfyui_answer_string(const struct json *object, const char *name)
{
	const struct json *member = json_member(object, name);

	return member && member->type == JSON_STRING ? member->string : TEXT("");
}
