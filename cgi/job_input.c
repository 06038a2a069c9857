#include "job_input.h"

/* The member of that name; NULL if it is absent or null. */
static const struct json *optional(const struct json *body, const char *name)
{
	const struct json *value = json_member(body, name);

	return value && value->type != JSON_NULL ? value : NULL;
}

static void read_required(
	struct input_reader *reader, const struct json *body, const char *name, struct text *text)
{
	const char *pointer = input_pointer(reader, "", text_from(name));
	const struct json *value = json_member(body, name);

	if (value)
		(void)input_text(
			reader, value, pointer, (struct input_bounds){LIMIT_PATH, false}, text);
	else
		http_fault(reader->response, pointer, "is required");
}

static void read_model(
	struct input_reader *reader, const struct json *body, const char *name, struct text *text)
{
	const char *pointer = input_pointer(reader, "", text_from(name));
	const struct json *value = optional(body, name);

	if (!value || !input_text(reader, value, pointer,
			      (struct input_bounds){LIMIT_MODEL_NAME, false}, text))
		return;
	/* It goes to ComfyUI byte for byte: nothing is trimmed. */
	if (text->length == 0)
		http_fault(reader->response, pointer, "must not be empty");
}

static void read_existing(
	struct input_reader *reader, const struct json *body, enum store_job_existing *existing)
{
	const struct json *value = json_member(body, "existing");

	*existing = STORE_JOB_SKIP;
	if (value &&
		(value->type != JSON_STRING || !store_job_existing_parse(value->string, existing)))
		http_fault(reader->response, "/existing",
			"must be \"skip\", \"update\" or \"replace\"");
}

static void read_checkpoints(
	struct input_reader *reader, const struct json *body, const struct json **checkpoints)
{
	const struct json *value = optional(body, "checkpoint_filenames");
	size_t index = 0;

	if (!value)
		return;
	if (value->type != JSON_ARRAY) {
		http_fault(reader->response, "/checkpoint_filenames", "must be an array");
		return;
	}
	if (value->count == 0)
		http_fault(reader->response, "/checkpoint_filenames", "must not be empty");
	if (value->count > LIMIT_JOB_CHECKPOINTS) {
		http_fault(reader->response, "/checkpoint_filenames",
			"has %zu entries; at most %d are allowed", value->count,
			LIMIT_JOB_CHECKPOINTS);
		return;
	}
	for (const struct json *item = value->first; item; item = item->next, index++)
		if (item->type != JSON_STRING)
			http_fault(reader->response,
				input_pointer_index(reader, "/checkpoint_filenames", index),
				"must be a string");
	*checkpoints = value;
}

void job_input_read(struct input_reader *reader, const struct json *body, struct job_input *input)
{
	static const char *const known[] = {"training_run_name", "sample_preset_id",
		"workflow_name", "vae", "clip", "shift", "checkpoint_filenames", "existing"};
	const struct json *shift;

	*input = (struct job_input){0};
	if (body->type != JSON_OBJECT) {
		http_fault(reader->response, "", "must be an object");
		return;
	}
	shift = optional(body, "shift");
	read_required(reader, body, "training_run_name", &input->training_run_name);
	read_required(reader, body, "sample_preset_id", &input->sample_preset_id);
	read_required(reader, body, "workflow_name", &input->workflow_name);
	read_model(reader, body, "vae", &input->vae);
	read_model(reader, body, "clip", &input->clip);
	if (shift)
		(void)input_decimal(reader, shift, "/shift", LIMIT_SHIFT, &input->shift);
	read_checkpoints(reader, body, &input->checkpoint_filenames);
	read_existing(reader, body, &input->existing);
	input_refuse_unknown(reader, body, "", known, sizeof(known) / sizeof(*known));
}
