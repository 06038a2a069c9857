#include "training.h"

#include "noise.h"

#include <stdlib.h>
#include <string.h>

struct demo_pyramid demo_pyramid_new(struct demo_picture scene)
{
	struct demo_pyramid pyramid = {.level = {scene}};

	for (int i = 1; i < DEMO_LEVELS; i++)
		pyramid.level[i] = demo_picture_half(&pyramid.level[i - 1]);
	return pyramid;
}

void demo_pyramid_free(struct demo_pyramid *pyramid)
{
	for (int i = 0; i < DEMO_LEVELS; i++)
		demo_picture_free(&pyramid->level[i]);
}

/* Everything that changes while a model learns, and then learns too much. */
struct skill {
	float detail[DEMO_LEVELS - 1]; /* share of each level's detail, finest first */
	float misplaced;	       /* share of masses in the wrong place */
	float wobble;		       /* how far outlines stray, in picture widths */
	float mud;		       /* share of a muddy, wrong palette */
	float blotches, grain;	       /* strength of coarse and fine noise */
	float contrast, saturation;
	float echo;   /* edges repeated beside themselves */
	float poster; /* share of tones snapped to a few steps */
	float weave;  /* pattern of the model's patches */
	float haze;   /* lift of the shadows */
};

static struct skill skill_at(const struct demo_sitting *sitting)
{
	/* Detail of each level is learnt between these points, finest first. */
	static const float learnt[DEMO_LEVELS - 1][2] = {{0.54f, 0.71f}, {0.43f, 0.66f},
		{0.32f, 0.56f}, {0.20f, 0.45f}, {0.09f, 0.34f}, {0.02f, 0.22f}};
	static const float burnt[DEMO_LEVELS - 1] = {1.5f, 1.1f, 0.55f, 0.2f, 0.1f, 0.0f};
	float t = sitting->progress;
	float g = sitting->guidance;
	float naive = 1.0f - demo_smooth(0.02f, 0.60f, t);
	float over = demo_smooth(0.72f, 1.06f, t) * (1.12f + 0.14f * g);
	struct skill skill;

	for (int i = 0; i < DEMO_LEVELS - 1; i++)
		skill.detail[i] = demo_smooth(learnt[i][0], learnt[i][1], t) *
				  (0.94f + 0.12f * g + burnt[i] * over);
	skill.misplaced = 0.85f * demo_smooth(0.30f, 0.06f, t);
	skill.wobble = 0.085f * naive * naive;
	skill.mud = demo_smooth(0.42f, 0.0f, t);
	skill.blotches = 0.34f * naive * naive;
	skill.grain = 0.009f + 0.045f * naive * naive + 0.035f * over;
	skill.contrast = (0.98f + 0.08f * g) * (1.0f - 0.18f * naive) * (1.0f + 0.42f * over);
	skill.saturation = (0.95f + 0.15f * g) * (1.0f + 1.05f * over);
	skill.echo = 0.75f * over * over;
	skill.poster = 0.85f * demo_smooth(0.25f, 1.1f, over);
	skill.weave = 0.050f * over;
	skill.haze = 0.014f * (1.0f - g) + 0.05f * naive;
	return skill;
}

/* The coarsest level, drawn towards its mirror image: the masses are there, but not where they
 * belong. */
static struct demo_picture rough_masses(const struct demo_pyramid *scene, const struct skill *skill)
{
	const struct demo_picture *coarse = &scene->level[DEMO_LEVELS - 1];
	struct demo_picture masses = demo_picture_new(coarse->width, coarse->height);

	for (int y = 0; y < masses.height; y++)
		for (int x = 0; x < masses.width; x++) {
			int shifted = (y + masses.height / 7) % masses.height;

			*demo_pixel(&masses, x, y) = demo_mix(*demo_pixel(coarse, x, y),
				*demo_pixel(coarse, masses.width - 1 - x, shifted),
				skill->misplaced);
		}
	return masses;
}

/* The next finer level from a rougher one, with its share of that level's detail. Takes `rough`
 * over. */
static struct demo_picture refine(struct demo_picture rough, const struct demo_picture *coarse,
	const struct demo_picture *fine, float detail)
{
	struct demo_picture out = demo_picture_new(fine->width, fine->height);
	size_t few = (size_t)rough.width * (size_t)rough.height;
	size_t many = (size_t)fine->width * (size_t)fine->height;

	if (detail > 0.0f)
		for (size_t i = 0; i < few; i++)
			rough.pixels[i] =
				demo_add(rough.pixels[i], demo_scale(coarse->pixels[i], -detail));
	demo_picture_double(&rough, &out);
	if (detail > 0.0f)
		for (size_t i = 0; i < many; i++)
			out.pixels[i] =
				demo_add(out.pixels[i], demo_scale(fine->pixels[i], detail));
	demo_picture_free(&rough);
	return out;
}

/* Outlines that have not found their place: every pixel fetched from a little beside. Takes `from`
 * over. */
static struct demo_picture wobble(struct demo_picture from, float reach, uint32_t seed)
{
	struct demo_picture out = demo_picture_new(from.width, from.height);
	float size = (float)from.width;

	for (int y = 0; y < out.height; y++)
		for (int x = 0; x < out.width; x++) {
			float u = ((float)x + 0.5f) / size;
			float v = ((float)y + 0.5f) / size;
			float dx = demo_fbm(u * 4.5f, v * 4.5f, 3, seed);
			float dy = demo_fbm(u * 4.5f, v * 4.5f, 3, seed + 50);

			*demo_pixel(&out, x, y) = demo_picture_at(
				&from, (u + reach * dx) * size, (v + reach * dy) * size);
		}
	demo_picture_free(&from);
	return out;
}

/* The level at which outlines wobble: fine enough for what is to be seen of them. */
static int wobble_level(const struct skill *skill)
{
	if (skill->wobble < 0.0004f)
		return -1;
	if (skill->detail[1] > 0.02f)
		return 1;
	return skill->detail[2] > 0.0f ? 2 : 3;
}

static struct demo_picture imagine(
	const struct demo_pyramid *scene, const struct skill *skill, uint32_t seed)
{
	struct demo_picture picture = rough_masses(scene, skill);
	int wobbles_at = wobble_level(skill);

	for (int i = DEMO_LEVELS - 2; i >= 0; i--) {
		picture = refine(picture, &scene->level[i + 1], &scene->level[i], skill->detail[i]);
		if (i == wobbles_at)
			picture = wobble(picture, skill->wobble, seed);
	}
	return picture;
}

/* Coloured noise in coarse grains and clouds, as an unfinished latent leaves it. */
static struct demo_picture make_blotches(int width, uint32_t seed)
{
	struct demo_picture blotches = demo_picture_new(width, width);
	uint32_t dice = seed;

	for (int y = 0; y < width; y++)
		for (int x = 0; x < width; x++) {
			float u = (float)x * 9.0f / (float)width;
			float v = (float)y * 9.0f / (float)width;
			float red = 0.5f * (demo_random(&dice) - 0.5f);
			float green = 0.5f * (demo_random(&dice) - 0.5f);
			float blue = 0.5f * (demo_random(&dice) - 0.5f);

			*demo_pixel(&blotches, x, y) =
				demo_rgb(red + 0.6f * demo_fbm(u, v, 4, seed + 7),
					green + 0.6f * demo_fbm(u, v, 4, seed + 17),
					blue + 0.6f * demo_fbm(u, v, 4, seed + 27));
		}
	return blotches;
}

static struct demo_rgb grade(struct demo_rgb c, const struct skill *skill)
{
	float luma = demo_luma(c);
	/* The wrong palette: ochre and grey-violet, whatever the scene. */
	struct demo_rgb mud = demo_rgb(0.16f + 0.62f * luma + 0.20f * c.b,
		0.15f + 0.50f * luma + 0.12f * c.r, 0.19f + 0.42f * luma + 0.16f * c.g);

	c = demo_mix(c, mud, 0.80f * skill->mud);
	luma = demo_luma(c);
	c = demo_mix(demo_rgb(luma, luma, luma), c, skill->saturation);
	c = demo_scale(demo_add(c, demo_rgb(-0.44f, -0.44f, -0.44f)), skill->contrast);
	return demo_add(c, demo_rgb(0.44f + skill->haze, 0.44f + skill->haze, 0.44f + skill->haze));
}

static float snap(float value, float share)
{
	const float steps = 9.0f;

	return demo_lerp(value, floorf(value * steps + 0.5f) / steps, share);
}

static unsigned char byte(float value)
{
	return (unsigned char)demo_clamp(value * 255.0f + 0.5f, 0.0f, 255.0f);
}

struct finish {
	const struct skill *skill;
	const struct demo_picture *picture, *blotches;
	float weave[256];
};

static struct demo_rgb finish_pixel(const struct finish *f, int x, int y)
{
	const struct skill *skill = f->skill;
	struct demo_rgb c = *demo_pixel(f->picture, x, y);

	int before = x - f->picture->width / 48;

	if (skill->echo > 0.01f && before >= 3) {
		struct demo_rgb edge = demo_add(*demo_pixel(f->picture, before, y),
			demo_scale(*demo_pixel(f->picture, before - 3, y), -1.0f));

		c = demo_add(c, demo_scale(edge, skill->echo));
	}
	if (skill->blotches > 0.002f) {
		float share = (float)f->blotches->width / (float)f->picture->width;

		c = demo_add(c,
			demo_scale(demo_picture_at(f->blotches, (float)x * share, (float)y * share),
				skill->blotches));
	}
	c = grade(c, skill);
	if (skill->poster > 0.01f)
		c = demo_rgb(snap(c.r, skill->poster), snap(c.g, skill->poster),
			snap(c.b, skill->poster));
	if (skill->weave > 0.001f)
		c = demo_scale(c, 1.0f + skill->weave * f->weave[(y & 15) * 16 + (x & 15)]);
	return c;
}

/* -1 to 1, mostly near 0. */
static inline float grain(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return ((float)(*state & 0xffff) + (float)(*state >> 16)) / 65535.0f - 1.0f;
}

void demo_training_paint(
	const struct demo_pyramid *scene, const struct demo_sitting *sitting, unsigned char *rgb)
{
	struct skill skill = skill_at(sitting);
	int size = scene->level[0].width;
	struct demo_picture picture = imagine(scene, &skill, sitting->seed);
	struct demo_picture blotches = make_blotches(size / 10, sitting->seed + 1);
	struct finish finish = {.skill = &skill, .picture = &picture, .blotches = &blotches};
	uint32_t dice = 0x1357u;
	uint32_t noise = (sitting->seed * 2654435761u) | 1u;

	for (int i = 0; i < 256; i++)
		finish.weave[i] = 2.0f * demo_random(&dice) - 1.0f;
	for (int y = 0; y < size; y++)
		for (int x = 0; x < size; x++) {
			struct demo_rgb c = finish_pixel(&finish, x, y);
			float shared = grain(&noise) * skill.grain;

			*rgb++ = byte(c.r + shared);
			*rgb++ = byte(c.g + shared);
			*rgb++ = byte(c.b + shared);
		}
	demo_picture_free(&blotches);
	demo_picture_free(&picture);
}
