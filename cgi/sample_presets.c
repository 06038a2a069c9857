#include "sample_presets.h"

#include "base/json_write.h"
#include "program_store.h"
#include "sample_preset_input.h"
#include "store/sample_preset.h"

static void write_preset(struct json_writer *out, const struct store_sample_preset *preset)
{
	const struct store_sample_preset_input *values = &preset->values;

	json_open_object(out);
	json_put_text(out, "id", preset->id);
	json_put_text(out, "name", values->name);
	json_put_raw(out, "prompts", values->prompts);
	json_put_text(out, "negative_prompt", values->negative_prompt);
	json_put_raw(out, "steps", values->steps);
	json_put_raw(out, "cfgs", values->cfgs);
	json_put_raw(out, "samplers", values->samplers);
	json_put_raw(out, "schedulers", values->schedulers);
	json_put_raw(out, "seeds", values->seeds);
	json_put_integer(out, "width", values->width);
	json_put_integer(out, "height", values->height);
	json_put_integer(out, "images_per_checkpoint", values->images);
	json_put_text(out, "created_at", preset->created_at);
	json_put_text(out, "updated_at", preset->updated_at);
	json_close_object(out);
}

void sample_presets_list(struct http_request *request, struct http_response *response)
{
	struct store *store = program_store(request, response);
	struct store_sample_preset *presets;
	struct json_writer out;
	struct error error;
	size_t count;

	if (!store)
		return;
	if (!store_sample_preset_list(store, request->arena, &presets, &count, &error)) {
		http_fail(response, &error);
		return;
	}
	http_header(response, "Cache-Control", "no-store");
	json_writer_init(&out, &response->body);
	json_open_array(&out);
	for (size_t i = 0; i < count; i++)
		write_preset(&out, &presets[i]);
	json_close_array(&out);
}

void sample_presets_create(struct http_request *request, struct http_response *response)
{
	struct store *store = program_store(request, response);
	struct store_sample_preset_input input;
	struct store_sample_preset preset;
	struct json_writer out;
	struct error error;

	if (!store || !sample_preset_input_read(request, response, &input))
		return;
	if (!store_sample_preset_create(store, &input, request->arena, &preset, &error)) {
		http_fail(response, &error);
		return;
	}
	http_created(response, "/api/sample-presets", preset.id);
	json_writer_init(&out, &response->body);
	write_preset(&out, &preset);
}

void sample_presets_update(struct http_request *request, struct http_response *response)
{
	struct store *store = program_store(request, response);
	struct text id = http_captured(request, "id");
	struct store_sample_preset_input input;
	struct store_sample_preset preset;
	struct json_writer out;
	struct error error;

	if (!store || !sample_preset_input_read(request, response, &input))
		return;
	if (!store_sample_preset_update(store, id, &input, request->arena, &preset, &error)) {
		http_fail(response, &error);
		return;
	}
	json_writer_init(&out, &response->body);
	write_preset(&out, &preset);
}

void sample_presets_delete(struct http_request *request, struct http_response *response)
{
	struct store *store = program_store(request, response);
	struct error error;

	if (!store)
		return;
	if (store_sample_preset_delete(store, http_captured(request, "id"), &error))
		response->status = 204;
	else
		http_fail(response, &error);
}
