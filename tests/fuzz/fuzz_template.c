/*
 * Any bytes as a workflow template: they are refused with a reason, or substituted into a prompt
 * that is itself such a template and gives the same prompt again. What is proposed for it can be
 * tagged, and then proposes nothing more.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/limits.h"
#include "comfyui/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct comfyui_template *load(struct arena *arena, struct text bytes)
{
	struct error error;
	const struct comfyui_template *template = comfyui_template_load(arena, bytes, &error);

	if (!template || template->valid != (template->error_count == 0))
		abort();
	return template;
}

static struct comfyui_settings settings(void)
{
	struct comfyui_settings given;

	for (int i = 0; i < COMFYUI_SETTING_COUNT; i++)
		given.values[i] = TEXT("18446744073709551615");
	return given;
}

static void substitute(const struct comfyui_template *template, struct buffer *prompt)
{
	struct comfyui_settings given = settings();
	struct error error;

	if (!comfyui_template_substitute(template, &given, prompt, &error))
		abort();
}

static void check_substitution(struct arena *arena, const struct comfyui_template *template)
{
	const struct comfyui_template *again;
	struct buffer once;
	struct buffer twice;

	buffer_init(&once, (size_t)64 << 20);
	buffer_init(&twice, (size_t)64 << 20);
	substitute(template, &once);
	again = load(arena, buffer_text(&once));
	if (!again->valid)
		abort();
	substitute(again, &twice);
	if (!text_equal(buffer_text(&once), buffer_text(&twice)))
		abort();
	buffer_free(&once);
	buffer_free(&twice);
}

static void check_tags(struct arena *arena, const struct comfyui_template *template)
{
	const struct comfyui_template *again;
	struct buffer tagged;
	struct error error;

	buffer_init(&tagged, (size_t)64 << 20);
	if (!comfyui_template_tag(template, &tagged, &error))
		abort();
	again = load(arena, buffer_text(&tagged));
	if (!again->is_json)
		abort();
	for (int role = 0; role < COMFYUI_ROLE_COUNT; role++)
		if (template->proposed_roles[role].count && again->roles[role].count == 0)
			abort();
	buffer_free(&tagged);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;
	const struct comfyui_template *template;

	arena_init(&arena, (size_t)256 << 20);
	template = load(&arena, (struct text){(const char *)data, size});
	if (template->valid)
		check_substitution(&arena, template);
	if (template->is_json)
		check_tags(&arena, template);
	arena_free(&arena);
	return 0;
}
