#include "plants.h"

#include "noise.h"

/* One drooping bough: a jagged fan from the trunk to its tip. */
static void bough(
	struct demo_mask *mask, float x, float y, float reach, float thickness, uint32_t *dice)
{
	enum { NEEDLES = 5 };
	struct demo_outline fan = {0};
	float droop = fabsf(reach) * demo_random_between(dice, 0.18f, 0.42f);

	demo_outline_to(&fan, x, y - thickness * 0.7f);
	demo_outline_to(&fan, x + reach * 0.55f, y + droop * 0.35f);
	demo_outline_to(&fan, x + reach, y + droop);
	for (int i = NEEDLES; i > 0; i--) {
		float along = (float)i / (NEEDLES + 1);
		float hang = thickness * demo_random_between(dice, 0.7f, 1.5f);

		demo_outline_to(&fan, x + reach * (along + 0.06f), y + droop * along + hang);
		demo_outline_to(&fan, x + reach * along, y + droop * along + hang * 0.25f);
	}
	demo_outline_to(&fan, x, y + thickness);
	demo_mask_add(mask, &fan);
	demo_outline_free(&fan);
}

void demo_conifer(struct demo_mask *mask, float x, float y, float height, uint32_t *dice)
{
	int tiers = 24 + (int)(demo_random(dice) * 10.0f);
	float slender = demo_random_between(dice, 0.15f, 0.22f);
	float lean = demo_random_between(dice, -0.02f, 0.02f) * height;
	struct demo_point foot = {x, y};
	struct demo_point top = {x + lean, y - height};

	demo_mask_add_stroke(mask, foot, height * 0.022f, top, height * 0.003f);
	for (int i = 0; i < tiers; i++) {
		float down = ((float)i + 0.6f) / (float)tiers;
		float at = y - height * (1.0f - down * 0.94f);
		float reach = height * slender * powf(down, 0.85f);
		float thickness = height * (0.010f + 0.022f * down);
		float trunk = x + lean * (1.0f - down);

		bough(mask, trunk, at, reach * demo_random_between(dice, 0.65f, 1.1f), thickness,
			dice);
		bough(mask, trunk, at + thickness * demo_random_between(dice, -0.4f, 0.4f),
			-reach * demo_random_between(dice, 0.65f, 1.1f), thickness, dice);
	}
}

/* One frond: a bent stalk with leaflets that grow smaller towards its tip. */
static void frond(struct demo_mask *mask, struct demo_point foot, float angle, float length)
{
	enum { PIECES = 22 };
	struct demo_point at = foot;
	float step = length / PIECES;

	for (int i = 0; i < PIECES; i++) {
		float along = (float)i / PIECES;
		float bend = angle < 1.5708f ? -1.0f : 1.0f;
		struct demo_point next = {at.x + cosf(angle) * step, at.y - sinf(angle) * step};
		float leaflet = length * 0.21f * (1.0f - along) * demo_smooth(0.0f, 0.15f, along);

		demo_mask_add_stroke(mask, at, length * 0.012f, next, length * 0.010f);
		for (int side = -1; side <= 1; side += 2) {
			float out = angle + (float)side * 1.05f;
			struct demo_point tip = {
				at.x + cosf(out) * leaflet, at.y - sinf(out) * leaflet};

			demo_mask_add_stroke(mask, at, step * 0.75f, tip, step * 0.10f);
		}
		at = next;
		angle += bend * 0.055f * (0.4f + along);
	}
}

void demo_fern(struct demo_mask *mask, struct demo_point foot, float height, uint32_t *dice)
{
	int fronds = 6 + (int)(demo_random(dice) * 4.0f);

	for (int i = 0; i < fronds; i++) {
		float angle =
			demo_lerp(0.45f, 2.69f, ((float)i + demo_random(dice)) / (float)fronds);

		frond(mask, foot, angle, height * demo_random_between(dice, 0.7f, 1.15f));
	}
}
