import { mkdir, rm, writeFile } from 'node:fs/promises';
import { DAMAGED, EMPTY, GALLERY, INK, ink, LANTERN, lantern, MALFORMED, RUNS, UNSAMPLED } from './tree.mjs';
import { expect, test } from './support/test.mjs';

const inkPictures = (checkpoint) =>
	INK.prompts.map((prompt) => INK.strengths.map((strength) => ink({ checkpoint, prompt, strength })));

test('US-1.1 files of all checkpoint directories are grouped into runs by their base name', async ({ app }) => {
	await app.openDrawer();
	const facts = app.drawer.getByRole('region', { name: 'Training run' });
	await expect(facts).toContainText('6 checkpoints');
	await app.pick(app.runSelect, INK.name);
	await expect(facts).toContainText('4 checkpoints');
	await app.pick(app.runSelect, GALLERY.name);
	await expect(facts).toContainText('1 checkpoint,');
});

test('US-1.2 a checkpoint has the images of the directory with its exact name', async ({ app }) => {
	await app.inDrawer((drawer) => expect(drawer).toContainText('6 checkpoints, 5 with samples'));
	for (const [position, checkpoint] of LANTERN.checkpoints.entries()) {
		await app.moveTo(app.master, position);
		await expect.poll(async () => (await app.pictures())[1][1]).toBe(lantern({ checkpoint, prompt: 'lighthouse', cfg: '4' }));
	}
});

test('US-1.3 every training run is listed', async ({ app }) => {
	await app.openDrawer();
	await app.drawer.getByRole('checkbox', { name: /^Only runs with samples/ }).click();
	expect(await app.optionsOf(app.runSelect)).toEqual(RUNS);
});

test.describe('on a first visit', () => {
	test.use({ remembered: {} });
	test('US-1.4 only runs with samples are listed at first', async ({ app }) => {
		await app.openDrawer();
		await expect(app.drawer.getByRole('checkbox', { name: /^Only runs with samples/ })).toBeChecked();
		expect(await app.optionsOf(app.runSelect)).toEqual(RUNS.filter((name) => name !== UNSAMPLED.name));
	});
});

test('US-1.5 choosing a run scans it and shows its images', async ({ app, page }) => {
	const scan = page.waitForResponse((response) => /^\/api\/training-runs\/[^/]+\/scan$/.test(new URL(response.url()).pathname));
	await app.chooseRun(INK.name);
	expect((await scan).status()).toBe(200);
	await app.expectPictures(inkPictures('final'));
});

test('US-1.6 the step or epoch of the file names is the dimension “checkpoint”, in training order', async ({ app }) => {
	const walk = async (checkpoints) => {
		for (const [position, checkpoint] of checkpoints.entries()) {
			await app.moveTo(app.master, position);
			await expect(app.masterValue).toHaveText(new RegExp(`checkpoint\\s*${checkpoint}\\s*${position + 1} of ${checkpoints.length}`));
		}
	};
	await walk(LANTERN.checkpoints);
	await app.chooseRun(INK.name);
	await walk(INK.checkpoints);
	await app.expectPictures(inkPictures('final'));
});

test('US-1.7 another run brings its own dimensions and values', async ({ app }) => {
	await app.chooseRun(INK.name);
	await app.openDrawer();
	await expect(app.drawer.getByTestId(/^dimension-/)).toHaveCount(3);
	for (const name of ['checkpoint', 'prompt_name', 'strength']) await expect(app.dimension(name)).toBeVisible();
	await app.closeDrawer();
	const values = await app.openFilter('prompt_name');
	await expect(values.getByRole('listitem')).toHaveText(INK.prompts);
});

test('a run is found by typing part of its name', async ({ app, page }) => {
	await app.openDrawer();
	await app.runSelect.click();
	await page.keyboard.type('tinte');
	await expect(page.locator('.n-base-select-option').filter({ visible: true })).toHaveText([INK.name]);
	await page.keyboard.press('Enter');
	await expect(page.getByTestId('current-run')).toHaveText(INK.name);
});

test('the run last chosen comes back on the next visit', async ({ app, page }) => {
	await app.chooseRun(INK.name);
	await page.reload();
	await app.expectPictures(inkPictures('final'));
});

test('reading the disk again finds a run that was added', async ({ app, stack }) => {
	const file = `${stack.checkpoints}/sd/latecomer-step00000001.safetensors`;
	const samples = `${stack.samples}/latecomer-step00000001.safetensors`;
	try {
		await writeFile(file, '');
		await mkdir(samples);
		await app.openDrawer();
		await app.drawer.getByRole('button', { name: 'Read the disk again' }).click();
		await app.pick(app.runSelect, 'sd/latecomer');
		await expect(app.page.getByRole('status')).toContainText('Its sample directories are empty');
	} finally {
		await rm(file, { force: true });
		await rm(samples, { recursive: true, force: true });
	}
});

test.describe('a run without anything to show says why', () => {
	test('no sample directory', async ({ app }) => {
		await app.openDrawer();
		await app.drawer.getByRole('checkbox', { name: /^Only runs with samples/ }).click();
		await app.chooseRun(UNSAMPLED.name);
		await expect(app.page.getByRole('status')).toContainText('None of its 2 checkpoints has a sample directory');
	});
	test('empty sample directories', async ({ app }) => {
		await app.chooseRun(EMPTY.name);
		await expect(app.page.getByRole('status')).toContainText('Its sample directories are empty');
	});
	test('names without a meaning', async ({ app }) => {
		await app.chooseRun(MALFORMED.name);
		const status = app.page.getByRole('status');
		await expect(status).toContainText('1 file could not be used');
		await expect(status).toContainText('untitled.png');
	});
});

test('files that are no samples are counted and named', async ({ app, page }) => {
	await expect(app.filters).toContainText(`${LANTERN.images} images`);
	await app.filters.getByRole('button', { name: '1 not shown' }).click();
	await expect(page.locator('.n-popover')).toContainText('lantern-steps-3000-step00000500.safetensors/preview.png');
});

test('a damaged picture says so, and spoils no other', async ({ app, guard }) => {
	guard.allow(/status of 415 .*seed%3D2/);
	await app.chooseRun(DAMAGED.name);
	await app.expectPictures([['damaged seed 1', 'cannot be shown']]);
	await expect(app.cell(0, 1)).toContainText('The file is damaged');
});
