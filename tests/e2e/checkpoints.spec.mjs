import { mkdir, rm, writeFile } from 'node:fs/promises';
import { expect, test } from './support/test.mjs';
import { INK, LANTERN, lantern, lanternFile } from './tree.mjs';

async function open(app) {
	await app.page.getByRole('button', { name: 'Checkpoints', exact: true }).click();
	await expect(app.checkpoints).toBeVisible();
	return app.checkpoints;
}
const list = (panel) => panel.getByRole('list', { name: 'Checkpoints of this run' });
const entry = (panel, value) => list(panel).getByRole('button', { name: new RegExp(`^${value}`) });
/** The value below a key. */
const valueOf = (panel, key) => panel.locator('dt').filter({ hasText: key }).locator('xpath=following-sibling::dd[1]');

test('US-9.1 the panel lists all checkpoints of the run, also those without samples', async ({ app }) => {
	const panel = await open(app);
	await expect(list(panel).getByRole('button')).toHaveText([/^500/, /^1000/, /^1500/, /^2000/, /^2500\s*no samples/, /^3000/]);
	await app.chooseRun(INK.name);
	await expect(list(panel).getByRole('button')).toHaveText(INK.checkpoints.map((value) => new RegExp(`^${value}`)));
});

test('US-9.2 the highest step is selected at first', async ({ app }) => {
	const panel = await open(app);
	await expect(entry(panel, '3000')).toHaveAttribute('aria-pressed', 'true');
	await expect(panel).toContainText(lanternFile('3000'));
	await expect(valueOf(panel, 'ss_steps')).toHaveText('3000');
});

test('US-9.3 a checkpoint’s ss_ fields are shown', async ({ app }) => {
	const panel = await open(app);
	await entry(panel, '1000').click();
	await expect(valueOf(panel, 'ss_output_name')).toHaveText('lantern-at-1000');
	await expect(valueOf(panel, 'ss_steps')).toHaveText('1000');
	await expect(valueOf(panel, 'ss_num_epochs')).toHaveText('12');
	await expect(valueOf(panel, 'ss_optimizer')).toHaveText('prodigyopt.prodigy.Prodigy(weight_decay=0.01)');
	await expect(valueOf(panel, 'ss_sd_model_name')).toHaveText('flux1-dev.safetensors');
	await expect(valueOf(panel, 'ss_dataset_dirs')).toContainText(/img_count\W*37/);
	await expect(valueOf(panel, 'modelspec.title')).toHaveText('Lantern');
});

test('US-9.4 metadata is read when a checkpoint is selected, not before', async ({ page, app }) => {
	const asked = app.collectRequests((url) => url.pathname.startsWith('/api/checkpoints/'));
	await page.reload();
	await app.settled();
	expect(asked).toEqual([]);
	const panel = await open(app);
	await expect(valueOf(panel, 'ss_steps')).toHaveText('3000');
	await entry(panel, '500').click();
	await expect(valueOf(panel, 'ss_steps')).toHaveText('500');
	expect(asked.map((url) => url.pathname)).toEqual(
		['3000', '500'].map((checkpoint) => `/api/checkpoints/${lanternFile(checkpoint)}/metadata`),
	);
});

test('US-9.5 a file without metadata says so', async ({ app }) => {
	const panel = await open(app);
	await entry(panel, '2500').click();
	await expect(panel).toContainText(/no metadata available/i);
	await expect(panel.locator('dt')).toHaveCount(0);
});

test('US-9.6 opening and closing it leaves the grid as it was', async ({ app }) => {
	await app.moveTo(app.master, 1);
	await app.moveTo(app.cellSlider(app.cell(1, 0)), 0);
	await app.columnHeader('1.5').click();
	const expected = LANTERN.prompts.map((prompt) => [lantern({ checkpoint: '1000', prompt, cfg: '1.5' })]);
	expected[1][0] = lantern({ checkpoint: '500', prompt: 'lighthouse', cfg: '1.5' });
	await app.expectPictures(expected);
	const panel = await open(app);
	await entry(panel, '500').click();
	await app.expectPictures(expected);
	await panel.getByRole('button', { name: 'close' }).click();
	await expect(panel).toBeHidden();
	await app.expectPictures(expected);
});

test.describe('the panel’s width', () => {
	const box = async (panel) => {
		const { x, width } = await panel.boundingBox();
		return { left: x, width };
	};
	async function dragEdge(app, panel, to) {
		const { left } = await box(panel);
		await app.page.mouse.move(left + 1, 500);
		await app.page.mouse.down();
		await app.page.mouse.move((left + to) / 2, 500);
		await app.page.mouse.move(to, 500);
		await app.page.mouse.up();
	}

	test('US-17.1 follows its left edge when that is dragged, also on the next visit', async ({ app, page }) => {
		let panel = await open(app);
		await dragEdge(app, panel, 700);
		await expect.poll(async () => Math.abs((await box(panel)).width - 580)).toBeLessThan(4);
		await page.reload();
		panel = await open(app);
		await expect.poll(async () => Math.abs((await box(panel)).width - 580)).toBeLessThan(4);
	});

	test('US-17.2 is at least 300 px, at most 80 % of the viewport, and all of a phone', async ({ app, page }) => {
		const panel = await open(app);
		await dragEdge(app, panel, 1200);
		await expect.poll(async () => (await box(panel)).width).toBe(300);
		await dragEdge(app, panel, 10);
		await expect.poll(async () => (await box(panel)).width).toBe(1280 * 0.8);
		await page.setViewportSize({ width: 390, height: 844 });
		await expect.poll(async () => box(panel)).toEqual({ left: 0, width: 390 });
	});
});

test('US-17.3 each key is a header above its value', async ({ app }) => {
	const panel = await open(app);
	await expect(panel.locator('dt')).not.toHaveCount(0);
	const places = await panel.locator('dt').evaluateAll((keys) =>
		keys.map((key) => [key, key.nextElementSibling].map((element) => element.getBoundingClientRect().toJSON())),
	);
	for (const [above, below] of places) {
		expect(below.y).toBeGreaterThanOrEqual(above.y + above.height - 1);
		expect(Math.abs(below.x - above.x)).toBeLessThan(4);
	}
});

test('two checkpoints are compared: only the keys in which they differ', async ({ app }) => {
	const panel = await open(app);
	await app.pick(panel.getByTestId('compare-select'), '1000');
	const differences = panel.getByTestId('differences');
	await expect(differences.locator('dt').filter({ hasText: /^ss_steps$/ })).toHaveCount(1);
	await expect(differences.locator('dt').filter({ hasText: /^ss_optimizer$/ })).toHaveCount(0);
	await expect(differences).toContainText(/ss_steps\s*3000\s*3000\s*1000\s*1000/);
	const search = panel.getByLabel('Search the metadata');
	await search.fill('OUTPUT');
	await expect(differences.locator('dt')).toHaveText(['ss_output_name']);
	await search.fill('zebra');
	await expect(panel).toContainText('contains “zebra”');
	await expect(panel).not.toContainText('say the same');
});

test.describe('many checkpoints', () => {
	const steps = Array.from({ length: 13 }, (_, at) => `${(at + 1) * 100}`);
	const fileOf = (step) => `many-step${step.padStart(8, '0')}.safetensors`;
	test.beforeAll(async ({ stack }) => {
		for (const step of steps) await writeFile(`${stack.checkpoints}/sd/${fileOf(step)}`, '\x02\0\0\0\0\0\0\0{}');
		await mkdir(`${stack.samples}/${fileOf('100')}`);
	});
	test.afterAll(async ({ stack }) => {
		for (const step of steps) await rm(`${stack.checkpoints}/sd/${fileOf(step)}`);
		await rm(`${stack.samples}/${fileOf('100')}`, { recursive: true });
	});

	test('are searched', async ({ app }) => {
		await app.inDrawer((drawer) => drawer.getByRole('button', { name: 'Read the disk again' }).click());
		await app.chooseRun('sd/many');
		const panel = await open(app);
		await expect(list(panel).getByRole('button')).toHaveCount(13);
		await panel.getByLabel('Search the checkpoints').fill('120');
		await expect(list(panel).getByRole('button')).toHaveText([/^1200/]);
		await panel.getByLabel('Search the checkpoints').fill('zebra');
		await expect(panel).toContainText('No checkpoint contains “zebra”');
		await app.chooseRun(INK.name);
		await expect(list(panel).getByRole('button')).toHaveCount(INK.checkpoints.length);
		await expect(panel.getByLabel('Search the checkpoints')).toHaveCount(0);
	});
});

test('the metadata is searched by key and value', async ({ app }) => {
	const panel = await open(app);
	await panel.getByLabel('Search the metadata').fill('PRODIGY');
	await expect(panel.locator('dt')).toHaveText(['ss_optimizer']);
});

test('the panel’s width follows the arrow keys and outlives the page', async ({ app, page }) => {
	const panel = await open(app);
	const edge = panel.getByRole('separator', { name: 'Width of the panel' });
	await edge.press('Home');
	await expect.poll(async () => (await panel.boundingBox()).width).toBe(300);
	await edge.press('ArrowLeft');
	await expect.poll(async () => (await panel.boundingBox()).width).toBe(316);
	await page.reload();
	await app.settled();
	await open(app);
	await expect.poll(async () => (await panel.boundingBox()).width).toBe(316);
});

test('the bars move beside the panel: nothing on them is covered', async ({ app, page }) => {
	const isCovered = (locator) =>
		locator.evaluate((element) => {
			const { left, top, width, height } = element.getBoundingClientRect();
			return !element.contains(document.elementFromPoint(left + width / 2, top + height / 2));
		});
	const panel = await open(app);
	const parts = [page.getByRole('button', { name: 'Fit' }), app.masterValue, app.filters.getByRole('button', { name: '1 not shown' })];
	for (const part of parts) await expect.poll(() => isCovered(part)).toBe(false);
	await app.openDrawer();
	for (const part of parts) await expect.poll(() => isCovered(part)).toBe(false);
	await expect(async () => {
		const { x } = await panel.boundingBox();
		const bar = await page.getByRole('group', { name: 'checkpoint of all cells' }).boundingBox();
		expect(bar.x + bar.width).toBeLessThanOrEqual(x);
	}).toPass();
});

test('Escape closes the jobs or the checkpoints first, then a drawer that hides the page', async ({ app, page }) => {
	await page.setViewportSize({ width: 1000, height: 900 });
	await app.openDrawer();
	await open(app);
	await page.keyboard.press('Escape');
	await expect(app.checkpoints).toBeHidden();
	await expect(app.drawer).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(app.drawer).toBeHidden();

	await page.setViewportSize({ width: 1280, height: 900 });
	await app.openDrawer();
	await page.keyboard.press('Escape');
	await page.keyboard.press('?');
	await expect(page.getByTestId('keyboard-help')).toBeVisible();
	await expect(app.drawer).toBeVisible();
});

test('Escape closes the panel, wherever the focus is but in its fields', async ({ app, page }) => {
	const panel = await open(app);
	await panel.getByLabel('Search the metadata').fill('steps');
	await page.keyboard.press('Escape');
	await expect(panel).toBeVisible();
	await app.cell(0, 0).locator('.picture').focus();
	await page.keyboard.press('Escape');
	await expect(panel).toBeHidden();
});
