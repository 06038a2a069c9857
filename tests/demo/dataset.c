#include "dataset.h"

#include "comfyui.h"
#include "noise.h"
#include "parallel.h"
#include "png_write.h"
#include "progress.h"
#include "safetensors.h"
#include "scene.h"
#include "text.h"
#include "training.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { PROMPTS_MAX = 3, SEEDS_MAX = 2, CFGS = 2, SCENE_WEIGHT = 9 };

struct prompt {
	const char *name, *text;
	struct demo_picture (*paint)(int size, uint32_t seed);
	uint32_t compositions[SEEDS_MAX]; /* the scene's own seeds, in the order of the run's seeds
					   */
};

struct run {
	const char *folder, *name;
	int checkpoints, unit; /* steps or epochs between checkpoints */
	int steps_per_unit;
	bool lora; /* checkpoints count epochs, samples are named as ComfyUI itself names them */

	struct prompt prompts[PROMPTS_MAX];
	uint64_t seeds[SEEDS_MAX];
	const char *cfgs[CFGS];
	int prompt_count, seed_count;
	int size, steps; /* of sampling */
	const char *sampler, *scheduler;

	const char *base_model, *concept, *tags[9];
	int64_t started;
	int pictures; /* in the training set */
};

/* One combination that was "not rendered yet", and one stray file, as real sample directories have
 * them. */
static const struct {
	int checkpoint, prompt, seed, cfg;
} missing = {.checkpoint = 4, .prompt = 1, .seed = 0, .cfg = 1};

static const struct {
	int checkpoint;
	const char *name;
} stray = {.checkpoint = 6, .name = "ComfyUI_00042_.png"};

static const struct run runs[] = {
	{
		.folder = "qwen",
		.name = "fjordlight-v1.2-steps-6000",
		.checkpoints = 12,
		.unit = 500,
		.steps_per_unit = 1,
		.size = 1344,
		.prompts =
			{
				{"fjord_aurora",
					"fjordlight style, a wide fjord under green northern "
					"lights, snow on steep "
					"mountains, a small hut with lit windows on the near "
					"shore, stars, still water",
					demo_scene_aurora, {1, 2}},
				{"forest_portals",
					"fjordlight style, a glowing portal between old mossy "
					"trees, another sky behind "
					"it, its light on a dark pond, shafts of sun in the mist, "
					"fireflies",
					demo_scene_forest, {2, 1}},
				{"harbour_at_dusk",
					"fjordlight style, a small harbour at sunset, a lighthouse "
					"on a rock, sailing "
					"boats coming home, a wooden jetty with lanterns, painted "
					"houses along the shore",
					demo_scene_harbour, {1, 2}},
			},
		.prompt_count = 3,
		/* The second one is more than a double can hold exactly. */
		.seeds = {420, 9007199254740993},
		.seed_count = 2,
		.cfgs = {"2.5", "5"},
		.sampler = "euler",
		.scheduler = "simple",
		.steps = 20,
		.base_model = "qwen_image_bf16.safetensors",
		.concept = "4_fjordlight",
		.tags = {"fjordlight style", "mountains", "water", "reflection", "evening light",
			"mist", "forest", "no people"},
		.pictures = 184,
		.started = 1756713600,
	},
	{
		.folder = "lora",
		.name = "papercut-diorama-r32",
		.lora = true,
		.checkpoints = 6,
		.unit = 2,
		.steps_per_unit = 160,
		.size = 1024,
		.prompts =
			{
				{"paper_canyon",
					"papercut diorama, layered paper canyon at sunset, a stag "
					"on a ridge, fir trees, "
					"a large pale moon",
					demo_scene_canyon, {1}},
				{"paper_whale",
					"papercut diorama, a blue paper whale above layered paper "
					"waves, clouds, moon and "
					"stars",
					demo_scene_whale, {2}},
			},
		.prompt_count = 2,
		.seeds = {77},
		.seed_count = 1,
		.cfgs = {"1", "4"},
		.sampler = "res_multistep",
		.scheduler = "simple",
		.steps = 8,
		.base_model = "qwen_image_fp8_e4m3fn.safetensors",
		.concept = "4_papercut",
		.tags = {"papercut diorama", "layered paper", "soft shadow", "animal", "landscape",
			"moon"},
		.pictures = 80,
		.started = 1757318400,
	},
	{
		.folder = "qwen",
		.name = "fjordlight-v1.3-no-reg",
		.checkpoints = 4,
		.unit = 250,
		.steps_per_unit = 1,
		.base_model = "qwen_image_bf16.safetensors",
		.concept = "4_fjordlight",
		.tags = {"fjordlight style", "mountains", "water", "reflection", "evening light"},
		.pictures = 212,
		.started = 1757923200,
	},
};

enum { RUNS = sizeof(runs) / sizeof(runs[0]) };

/* The file name of a run's nth checkpoint, counted from 1; the last one has no suffix. */
static void add_checkpoint_name(struct demo_text *text, const struct run *run, int nth)
{
	demo_text_add(text, "%s", run->name);
	if (nth < run->checkpoints)
		demo_text_add(text, run->lora ? "-%06d" : "-step%08d", nth * run->unit);
	demo_text_add(text, ".safetensors");
}

static bool make_checkpoints(
	const char *directory, const struct run *run, struct demo_failure *failure)
{
	struct demo_text path = {0};
	bool made;

	demo_text_add(&path, "%s/checkpoints/%s", directory, run->folder);
	made = demo_directory_make(path.bytes, failure);
	demo_text_free(&path);
	for (int nth = 1; made && nth <= run->checkpoints; nth++) {
		int steps = run->checkpoints * run->unit * run->steps_per_unit;
		int step = nth * run->unit * run->steps_per_unit;
		int epochs = run->lora ? run->checkpoints * run->unit : 20;
		struct demo_checkpoint checkpoint = {
			.run = run->name,
			.lora = run->lora,
			.base_model = run->base_model,
			.concept = run->concept,
			.tags = run->tags,
			.epoch = run->lora ? nth * run->unit : (step * epochs + steps - 1) / steps,
			.epochs = epochs,
			.step = step,
			.steps = steps,
			.pictures = run->pictures,
			.rank = 32,
			.started = run->started,
			.seed = 42,
		};

		demo_text_add(&path, "%s/checkpoints/%s/", directory, run->folder);
		add_checkpoint_name(&path, run, nth);
		made = demo_safetensors_write(path.bytes, &checkpoint, failure);
		demo_text_free(&path);
	}
	return made;
}

static bool make_sample_directories(
	const char *directory, const struct run *run, struct demo_failure *failure)
{
	bool made = true;

	for (int nth = 1; made && run->prompt_count && nth <= run->checkpoints; nth++) {
		struct demo_text path = {0};

		demo_text_add(&path, "%s/samples/", directory);
		add_checkpoint_name(&path, run, nth);
		made = demo_directory_make(path.bytes, failure);
		demo_text_free(&path);
	}
	return made;
}

/* All samples of one prompt: its scenes first, one for each seed, then what each checkpoint makes
 * of them. */
struct session {
	const char *directory;
	const struct run *run;
	int prompt;
	struct demo_pyramid scenes[SEEDS_MAX];
	bool (*cancelled)(void);
	struct demo_failure *failure;
};

static void paint_scene(void *context, int index)
{
	struct session *s = context;
	const struct prompt *prompt = &s->run->prompts[s->prompt];

	if (s->cancelled())
		return;
	s->scenes[index] =
		demo_pyramid_new(prompt->paint(s->run->size, prompt->compositions[index]));
	demo_progress_add(SCENE_WEIGHT);
}

static void add_sample_name(struct demo_text *text, const struct session *s, int seed, int cfg)
{
	const struct run *run = s->run;

	if (run->lora)
		demo_text_add(text, "index=%d&", s->prompt);
	demo_text_add(text, "prompt_name=");
	demo_text_add_encoded(text, run->prompts[s->prompt].name);
	if (run->lora)
		demo_text_add(text, "&seed=%" PRIu64 "&cfg=%s&_00001_.png", run->seeds[seed],
			run->cfgs[cfg]);
	else
		demo_text_add(text,
			"&steps=%d&cfg=%s&sampler_name=%s&scheduler=%s&seed=%" PRIu64 ".png",
			run->steps, run->cfgs[cfg], run->sampler, run->scheduler, run->seeds[seed]);
}

static bool write_sample(
	const struct session *s, int nth, int seed, int cfg, const unsigned char *rgb)
{
	const struct run *run = s->run;
	struct demo_text path = {0}, checkpoint = {0}, prompt = {0}, workflow = {0};
	struct demo_sampling sampling;
	bool written;

	demo_text_add(&checkpoint, "%s/", run->folder);
	add_checkpoint_name(&checkpoint, run, nth);
	demo_text_add(
		&path, "%s/samples/%s/", s->directory, checkpoint.bytes + strlen(run->folder) + 1);
	add_sample_name(&path, s, seed, cfg);
	sampling = (struct demo_sampling){
		.checkpoint = checkpoint.bytes,
		.lora = run->lora,
		.positive = run->prompts[s->prompt].text,
		.negative = "blurry, low quality, watermark",
		.sampler = run->sampler,
		.scheduler = run->scheduler,
		.cfg = run->cfgs[cfg],
		.steps = run->steps,
		.size = run->size,
		.seed = run->seeds[seed],
		.prefix = run->name,
	};
	demo_comfyui_prompt(&sampling, &prompt);
	demo_comfyui_workflow(&sampling, &workflow);

	struct demo_png_text texts[2] = {{"prompt", prompt.bytes}, {"workflow", workflow.bytes}};

	written = demo_png_write(path.bytes, run->size, rgb, texts, 2, s->failure);
	demo_text_free(&path);
	demo_text_free(&checkpoint);
	demo_text_free(&prompt);
	demo_text_free(&workflow);
	return written;
}

static void paint_sample(void *context, int index)
{
	const struct session *s = context;
	const struct run *run = s->run;
	int cfg = index % CFGS;
	int seed = index / CFGS % run->seed_count;
	int nth = index / CFGS / run->seed_count + 1;
	bool left_out = !run->lora && nth == missing.checkpoint && s->prompt == missing.prompt &&
			seed == missing.seed && cfg == missing.cfg;
	size_t pixels = (size_t)run->size * (size_t)run->size;

	if (s->cancelled() || s->failure->message[0])
		return;
	if (!left_out) {
		unsigned char *rgb = demo_allocate(pixels, 3);
		struct demo_sitting sitting = {
			.progress = (float)nth / (float)run->checkpoints,
			.guidance = (float)cfg,
			.seed = demo_hash((uint32_t)nth, (uint32_t)seed, (uint32_t)s->prompt),
		};

		demo_training_paint(&s->scenes[seed], &sitting, rgb);
		write_sample(s, nth, seed, cfg, rgb);
		free(rgb);
	}
	demo_progress_add(1);
}

/* The stray picture: small, and its name says nothing. */
static bool write_stray(const struct session *s)
{
	enum { LEVEL = 2 };
	const struct demo_picture *scene = &s->scenes[0].level[LEVEL];
	struct demo_text path = {0};
	unsigned char *rgb = demo_allocate((size_t)scene->width * (size_t)scene->height, 3);
	unsigned char *out = rgb;
	bool written;

	for (int y = 0; y < scene->height; y++)
		for (int x = 0; x < scene->width; x++) {
			struct demo_rgb c = *demo_pixel(scene, x, y);

			*out++ = (unsigned char)(demo_clamp(c.r, 0.0f, 1.0f) * 255.0f);
			*out++ = (unsigned char)(demo_clamp(c.g, 0.0f, 1.0f) * 255.0f);
			*out++ = (unsigned char)(demo_clamp(c.b, 0.0f, 1.0f) * 255.0f);
		}
	demo_text_add(&path, "%s/samples/", s->directory);
	add_checkpoint_name(&path, s->run, stray.checkpoint);
	demo_text_add(&path, "/%s", stray.name);
	written = demo_png_write(path.bytes, scene->width, rgb, NULL, 0, s->failure);
	demo_text_free(&path);
	free(rgb);
	return written;
}

static bool make_samples(const char *directory, const struct run *run, int prompt,
	bool (*cancelled)(void), struct demo_failure *failure)
{
	struct session session = {.directory = directory,
		.run = run,
		.prompt = prompt,
		.cancelled = cancelled,
		.failure = failure};

	demo_parallel(run->seed_count, paint_scene, &session);
	if (!cancelled()) {
		demo_parallel(run->checkpoints * run->seed_count * CFGS, paint_sample, &session);
		if (!run->lora && prompt == 0)
			write_stray(&session);
	}
	for (int i = 0; i < run->seed_count; i++)
		demo_pyramid_free(&session.scenes[i]);
	return !failure->message[0] && !cancelled();
}

static int work_of(const struct run *run)
{
	return run->prompt_count * run->seed_count * (run->checkpoints * CFGS + SCENE_WEIGHT);
}

bool demo_dataset_make(const char *directory, bool (*cancelled)(void), struct demo_failure *failure)
{
	bool made = true;
	int work = 0;

	for (int i = 0; i < RUNS; i++)
		work += work_of(&runs[i]);
	for (int i = 0; made && i < RUNS; i++)
		made = make_checkpoints(directory, &runs[i], failure) &&
		       make_sample_directories(directory, &runs[i], failure);
	if (!made)
		return false;
	demo_progress_begin("Painting the demo's training runs", work);
	for (int i = 0; made && i < RUNS; i++)
		for (int prompt = 0; made && prompt < runs[i].prompt_count; prompt++)
			made = make_samples(directory, &runs[i], prompt, cancelled, failure);
	demo_progress_end();
	return made;
}
