import { writeFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { expectAccessible } from './support/axe.mjs';
import { CHECKPOINTS, expect, MODELS, test } from './support/generation.mjs';
import { test as plain } from './support/test.mjs';

const AWAY = /status of 503/;

test('US-18.1 US-18.2 ComfyUI stops and returns while the page is open, and the header says so', async ({ generation, comfyui, page, guard }) => {
	guard.allow(AWAY);
	await expect(generation.status).toHaveAttribute('data-state', 'connected');
	await expect(generation.status).toHaveText(/^ComfyUI \d+\.\d+/);
	await comfyui.stop();
	await expect(generation.status).toHaveAttribute('data-state', 'away', { timeout: 40_000 });
	await generation.status.click();
	await expect(page.getByText('ComfyUI cannot be reached').last()).toBeVisible();
	await expect(page.getByText(/Nothing listens at/)).toBeVisible();
	await comfyui.start();
	await expect(generation.status).toHaveAttribute('data-state', 'connected', { timeout: 40_000 });
});

test('US-18.3 US-18.4 what ComfyUI has can be browsed, searched and asked for again', async ({ generation, stack, page }) => {
	await generation.openLibrary('Models');
	const { library } = generation;
	const names = library.locator('code');
	await expect(names).toHaveText(CHECKPOINTS.map((name) => `sd/${name}`));
	const show = (kind) => library.locator('.n-radio-button', { hasText: kind }).click();
	for (const [kind, expected] of [
		['VAEs', MODELS.vae[0]],
		['Text encoders', MODELS.text_encoders[0]],
		['Diffusion models', MODELS.diffusion_models[0]],
		['Samplers', 'euler'],
		['Schedulers', 'normal'],
	]) {
		await show(kind);
		await expect(names.filter({ hasText: new RegExp(`^${expected}$`) })).toHaveCount(1);
	}
	await show('Samplers');
	await library.getByRole('textbox', { name: 'Search the names' }).fill('DPM sde');
	await expect(library.getByRole('status')).toHaveText(/^\d+ of \d+ samplers$/);
	for (const name of await names.allInnerTexts()) expect(name).toMatch(/dpm.*sde/);
	await library.getByRole('textbox', { name: 'Search the names' }).fill('');

	await show('Checkpoints');
	const late = path.join(stack.checkpoints, 'sd', 'late.safetensors');
	await writeFile(late, '\x02\0\0\0\0\0\0\0{}');
	await library.getByRole('button', { name: 'Ask ComfyUI again' }).click();
	await expect(names.filter({ hasText: 'late' })).toHaveCount(1);
	await rm(late);
	await expectAccessible(page, 'models');
});

test('models cannot be listed while ComfyUI is away, which is said in words', async ({ generation, comfyui, guard }) => {
	guard.allow(AWAY);
	await comfyui.stop();
	await generation.openLibrary('Models');
	await generation.library.getByRole('button', { name: 'Ask ComfyUI again' }).click();
	await expect(generation.library.getByRole('heading', { name: 'ComfyUI cannot be reached' })).toBeVisible();
	await expect(generation.library.getByText(/Nothing listens at/)).toBeVisible();
	await comfyui.start();
	await generation.library.getByRole('button', { name: 'Try again' }).click();
	await expect(generation.library.locator('code').first()).toBeVisible();
});

plain('without a ComfyUI in the configuration there is nothing of generation', async ({ app, page }) => {
	await expect(app.cells.first()).toBeVisible();
	await expect(page.getByTestId('live')).toBeVisible();
	await expect(page.getByTestId('comfyui')).toHaveCount(0);
	await expect(page.getByTestId('jobs')).toHaveCount(0);
	await expect(page.getByRole('button', { name: 'Generate' })).toHaveCount(0);
});
