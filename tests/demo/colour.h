/*
 * Colours as three floats. Scenes are lit in linear light and shown with a gamma of 2, so that both
 * directions are one multiplication or one square root.
 */
#ifndef DEMO_COLOUR_H
#define DEMO_COLOUR_H

#include <math.h>
#include <stdint.h>

struct demo_rgb {
	float r, g, b;
};

static inline struct demo_rgb demo_rgb(float r, float g, float b)
{
	return (struct demo_rgb){r, g, b};
}

/* 0xRRGGBB as shown on a screen, turned into linear light. */
static inline struct demo_rgb demo_hex(uint32_t hex)
{
	float r = (float)(hex >> 16 & 255) / 255.0f;
	float g = (float)(hex >> 8 & 255) / 255.0f;
	float b = (float)(hex & 255) / 255.0f;

	return demo_rgb(r * r, g * g, b * b);
}

static inline struct demo_rgb demo_add(struct demo_rgb a, struct demo_rgb b)
{
	return demo_rgb(a.r + b.r, a.g + b.g, a.b + b.b);
}

static inline struct demo_rgb demo_scale(struct demo_rgb a, float by)
{
	return demo_rgb(a.r * by, a.g * by, a.b * by);
}

static inline struct demo_rgb demo_multiply(struct demo_rgb a, struct demo_rgb b)
{
	return demo_rgb(a.r * b.r, a.g * b.g, a.b * b.b);
}

/* a where amount is 0, b where it is 1. */
static inline struct demo_rgb demo_mix(struct demo_rgb a, struct demo_rgb b, float amount)
{
	return demo_rgb(
		a.r + (b.r - a.r) * amount, a.g + (b.g - a.g) * amount, a.b + (b.b - a.b) * amount);
}

static inline float demo_luma(struct demo_rgb a)
{
	return 0.30f * a.r + 0.59f * a.g + 0.11f * a.b;
}

static inline float demo_clamp(float value, float low, float high)
{
	return value < low ? low : value > high ? high : value;
}

static inline float demo_lerp(float a, float b, float amount)
{
	return a + (b - a) * amount;
}

/* 0 up to `from`, 1 from `to` on, smooth between; `from` may be the larger one. */
static inline float demo_smooth(float from, float to, float value)
{
	float x = demo_clamp((value - from) / (to - from), 0.0f, 1.0f);

	return x * x * (3.0f - 2.0f * x);
}

#endif
