import { mkdir, rm, writeFile } from 'node:fs/promises';
import { codedPicture } from './support/picture.mjs';
import { expect, test } from './support/test.mjs';
import { comfyuiPrompt, FULL_SIZE, LANTERN, lantern, lanternFile } from './tree.mjs';

const values = { checkpoint: '3000', prompt: 'lighthouse', seed: '7', cfg: '4' };
const centre = ({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 });

/** Opens the lightbox on the cell with `values`. */
async function open(app) {
	await app.cell(1, 1).getByRole('button', { name: /^Open/ }).click();
	await app.lightbox.atRest();
	await app.lightbox.expectPicture(lantern(values));
	return app.lightbox;
}
/** Opens the lightbox on the first picture of a run of full-size ones. */
async function openFullSize(app) {
	await app.chooseRun(FULL_SIZE.name);
	await app.cell(0, 0).getByRole('button', { name: /^Open/ }).click();
	await app.lightbox.atRest();
	return app.lightbox;
}
/** Zooms in until the picture is much larger than the stage. */
async function zoomIn(lightbox) {
	const middle = centre(await lightbox.stage.boundingBox());
	for (let before = await lightbox.scale(); before < 10; before = await lightbox.scale()) {
		await lightbox.wheel(middle, -300);
		await expect.poll(() => lightbox.scale()).toBeGreaterThan(before);
	}
}

test('US-7.1 a click on a cell opens its picture over the page', async ({ app }) => {
	const lightbox = await open(app);
	await expect(lightbox.root).toHaveAttribute('role', 'dialog');
	await expect(lightbox.root).toHaveAccessibleName(/prompt_name lighthouse, cfg 4, checkpoint 3000/);
	const box = await lightbox.root.boundingBox();
	expect(box).toMatchObject({ x: 0, y: 0, ...app.page.viewportSize() });
});

test('a click counts although the picture is replaced below it', async ({ app, page }) => {
	await app.atRest();
	const point = centre(await app.cell(1, 1).locator('img, canvas').boundingBox());
	await page.mouse.move(point.x, point.y);
	await page.mouse.down();
	await page.keyboard.press('.');
	await expect.poll(async () => (await app.pictures())[1][1]).toBe(lantern({ ...values, seed: LANTERN.seeds[1] }));
	await page.mouse.up();
	await app.lightbox.expectPicture(lantern({ ...values, seed: LANTERN.seeds[1] }));
});

test('US-7.2 the wheel zooms in and out, at the pointer', async ({ app }) => {
	const lightbox = await open(app);
	const before = await lightbox.rect();
	// A point in the last block of the picture, that must stay under the pointer.
	const point = { x: before.x + before.width * 0.9, y: before.y + before.height * 0.9 };
	await lightbox.wheel(point, -300);
	await expect.poll(async () => (await lightbox.rect()).width).toBeGreaterThan(before.width * 1.5);
	await zoomIn(lightbox);
	await lightbox.wheel(point, 300);
	await expect.poll(() => lightbox.scale()).toBeLessThan(10);
	for (let turn = 0; turn < 20; turn++) await lightbox.wheel(point, 300);
	await expect.poll(() => lightbox.rect()).toEqual(before);

	await app.page.keyboard.press('Escape');
	await openFullSize(app);
	expect(await lightbox.scale()).toBeLessThan(1);
	const whole = await lightbox.rect();
	const pointer = { x: Math.round(whole.x + whole.width * 0.6), y: Math.round(whole.y + whole.height * 0.4) };
	const under = async () => {
		const rect = await lightbox.rect();
		return [(pointer.x - rect.x) / rect.width, (pointer.y - rect.y) / rect.height];
	};
	const wanted = await under();
	await lightbox.wheel(pointer, -300);
	await expect.poll(async () => (await lightbox.rect()).width).toBeGreaterThan(whole.width * 1.5);
	for (const at of [0, 1]) await expect.poll(async () => (await under())[at]).toBeCloseTo(wanted[at], 2);
});

test('US-7.3 dragging moves the zoomed picture', async ({ app }) => {
	const lightbox = await open(app);
	await zoomIn(lightbox);
	const before = await lightbox.rect();
	const from = centre(await lightbox.stage.boundingBox());
	await lightbox.drag(from, { x: from.x + 120, y: from.y - 70 });
	await expect.poll(async () => (await lightbox.rect()).x - before.x).toBeCloseTo(120, 0);
	const after = await lightbox.rect();
	expect(after.y - before.y).toBeCloseTo(-70, 0);
	expect(after.width).toBeCloseTo(before.width, 0);
});

test('US-7.4 US-16.3 Escape closes it and gives the focus back', async ({ app, page }) => {
	const lightbox = await open(app);
	await page.keyboard.press('Escape');
	await expect(lightbox.root).toHaveCount(0);
	await expect(app.cell(1, 1).getByRole('button', { name: /^Open/ })).toBeFocused();
});

test('US-7.4 US-16.1 a click beside the picture closes it, a click on it or a drag that ends beside it does not', async ({ app, page }) => {
	const lightbox = await open(app);
	const picture = await lightbox.rect();
	const beside = { x: picture.x - 60, y: picture.y + picture.height / 2 };
	await page.mouse.click(...Object.values(centre(picture)));
	await lightbox.drag(centre(picture), beside);
	await lightbox.drag(beside, centre(picture));
	await lightbox.drag(beside, { x: beside.x, y: beside.y + 150 });
	await lightbox.expectPicture(lantern(values));
	await page.mouse.click(beside.x, beside.y);
	await expect(lightbox.root).toHaveCount(0);
});

test('US-16.2 the button in the top left corner closes it', async ({ app }) => {
	const lightbox = await open(app);
	const close = lightbox.root.getByRole('button', { name: 'Close', exact: true });
	const box = await close.boundingBox();
	expect(box.x + box.width).toBeLessThan(70);
	expect(box.y + box.height).toBeLessThan(70);
	await close.click();
	await expect(lightbox.root).toHaveCount(0);
});

test('a double click shows the actual size, another the whole picture', async ({ app, page }) => {
	await openFullSize(app);
	const whole = await app.lightbox.rect();
	expect(whole.width).toBeLessThan(FULL_SIZE.size);
	const point = centre(whole);
	await page.mouse.dblclick(point.x, point.y);
	await expect(app.lightbox.zoom).toHaveText('100 %');
	await page.mouse.dblclick(point.x, point.y);
	await expect.poll(() => app.lightbox.rect()).toEqual(whole);
});

test('the slider inside moves the cell, zoom and place staying as they are', async ({ app, page }) => {
	const lightbox = await open(app);
	const middle = centre(await lightbox.stage.boundingBox());
	await lightbox.wheel(middle, -200);
	await expect.poll(() => lightbox.scale()).toBeGreaterThan(1);
	const rect = await lightbox.rect();
	await lightbox.slider.press('Home');
	await lightbox.expectPicture(lantern({ ...values, checkpoint: '500' }));
	expect(await lightbox.rect()).toEqual(rect);
	await page.keyboard.press('Escape');
	await expect.poll(async () => (await app.pictures())[1][1]).toBe(lantern({ ...values, checkpoint: '500' }));
});

test('a position without an image says so', async ({ app }) => {
	await app.cell(0, 0).getByRole('button', { name: /^Open/ }).click();
	await app.lightbox.slider.press('ArrowLeft');
	await expect(app.lightbox.stage).toContainText('There is no image here');
	await app.lightbox.slider.press('ArrowLeft');
	await app.lightbox.expectPicture(lantern({ checkpoint: '1500', prompt: 'canyon', cfg: '1.5' }));
});

test('US-10.1 US-10.3 the metadata has the workflow’s JSON, formatted and scrollable', async ({ app, page }) => {
	const lightbox = await open(app);
	await lightbox.showMetadata();
	const { metadata } = lightbox;
	const code = metadata.getByRole('group', { name: 'prompt', exact: true });
	await expect(code).toBeVisible();
	expect(JSON.parse(await code.innerText())).toEqual(JSON.parse(comfyuiPrompt(values)));
	expect(await code.innerText()).toMatch(/^\{\s*\n\s*"3": \{\s*\n/);
	expect(await code.evaluate((element) => element.scrollHeight > element.clientHeight)).toBe(true);
	const { x, y, width } = await code.boundingBox();
	await page.mouse.move(x + width / 2, y + 20);
	await page.mouse.wheel(0, 200);
	await expect
		.poll(() => code.evaluate((element) => element.scrollTop + element.closest('aside').scrollTop))
		.toBeGreaterThan(0);
	await metadata.getByText('workflow', { exact: true }).click();
	await expect(metadata.getByRole('group', { name: 'workflow', exact: true })).toContainText('"KSampler"');
});

test('prompt, seed, steps, cfg, sampler and model come first, in clear', async ({ app }) => {
	const lightbox = await open(app);
	await app.page.keyboard.press('Escape');
	await app.page.keyboard.press('.');
	await app.cell(1, 1).getByRole('button', { name: /^Open/ }).click();
	await lightbox.showMetadata();
	const facts = await lightbox.metadata.locator('dl').evaluate((list) =>
		Object.fromEntries([...list.querySelectorAll('dt')].map((dt) => [dt.innerText, dt.nextElementSibling.innerText])),
	);
	expect(facts).toEqual({
		Prompt: 'A lighthouse at dusk, lit by paper lanterns',
		'Negative prompt': 'blurry',
		Seed: LANTERN.seeds[1],
		Steps: '20',
		CFG: '4',
		Sampler: 'res_multistep',
		Scheduler: 'beta',
		Model: lanternFile('3000'),
	});
});

test('US-10.2 metadata is asked for when the lightbox shows it, and only for that image', async ({ app }) => {
	const asked = app.collectRequests((url) => url.pathname.endsWith('/metadata'));
	await app.moveTo(app.master, 4);
	const lightbox = await open(app);
	expect(asked).toEqual([]);
	await lightbox.showMetadata();
	await expect(lightbox.metadata).toContainText('Seed');
	expect(asked.map((url) => decodeURIComponent(url.pathname))).toEqual([
		`/api/images/${lanternFile('3000')}/prompt_name=lighthouse&steps=20&seed=7&cfg=4&_00001_.png/metadata`,
	]);
	await lightbox.slider.press('Home');
	await expect(lightbox.metadata).toContainText(lanternFile('500'));
	await expect.poll(() => asked.length).toBe(2);
});

test('US-10.4 an image without metadata says so', async ({ app }) => {
	await openFullSize(app);
	await app.lightbox.showMetadata();
	await expect(app.lightbox.metadata).toContainText(/no metadata available/i);
});

test('US-10.5 zoom and pan work beside the metadata, and scrolling it moves nothing', async ({ app, page }) => {
	const lightbox = await open(app);
	await lightbox.showMetadata();
	await zoomIn(lightbox);
	const before = await lightbox.rect();
	const pane = centre(await lightbox.root.locator('aside').boundingBox());
	await lightbox.wheel(pane, 300);
	await expect
		.poll(() => lightbox.root.locator('aside').evaluate((aside) => [aside, ...aside.querySelectorAll('*')].some((each) => each.scrollTop > 0)))
		.toBe(true);
	await lightbox.drag(pane, { x: pane.x, y: pane.y + 40 });
	expect(await lightbox.rect()).toEqual(before);
	const from = centre(await lightbox.stage.boundingBox());
	await lightbox.drag(from, { x: from.x + 50, y: from.y });
	await expect.poll(async () => (await lightbox.rect()).x - before.x).toBeCloseTo(50, 0);
	await page.keyboard.press('Escape');
	await expect(lightbox.root).toHaveCount(0);
});

test('arrows step along the row, the column and the slider, zoom and place staying as they are', async ({ app, page }) => {
	const lightbox = await open(app);
	await lightbox.wheel(centre(await lightbox.stage.boundingBox()), -200);
	await expect.poll(() => lightbox.scale()).toBeGreaterThan(1);
	const rect = await lightbox.rect();
	for (const [key, changed] of [
		['ArrowLeft', { cfg: '1.5' }],
		['ArrowRight', {}],
		['Shift+ArrowUp', { prompt: 'canyon' }],
		['Shift+ArrowDown', {}],
		['ArrowDown', { checkpoint: '2000' }],
		['ArrowUp', {}],
		['ArrowUp', {}],
	]) {
		await page.keyboard.press(key);
		await lightbox.expectPicture(lantern({ ...values, ...changed }));
		expect(await lightbox.rect()).toEqual(rect);
	}
});

test('0, 1, + and - zoom', async ({ app, page }) => {
	await openFullSize(app);
	const whole = await app.lightbox.rect();
	await page.keyboard.press('1');
	await expect(app.lightbox.zoom).toHaveText('100 %');
	await page.keyboard.press('+');
	await expect(app.lightbox.zoom).toHaveText('140 %');
	await page.keyboard.press('-');
	await expect(app.lightbox.zoom).toHaveText('100 %');
	await page.keyboard.press('0');
	await expect.poll(() => app.lightbox.rect()).toEqual(whole);
});

test('Alt with an arrow looks further to that side of a zoomed picture', async ({ app, page }) => {
	const lightbox = await open(app);
	await zoomIn(lightbox);
	const before = await lightbox.rect();
	const moved = async () => {
		const { x, y } = await lightbox.rect();
		return { right: Math.round(before.x - x), down: Math.round(before.y - y) };
	};
	await page.keyboard.press('Alt+ArrowRight');
	await expect.poll(moved).toEqual({ right: 80, down: 0 });
	await page.keyboard.press('Alt+ArrowDown');
	await expect.poll(moved).toEqual({ right: 80, down: 80 });
	await page.keyboard.press('Alt+ArrowLeft');
	await expect.poll(moved).toEqual({ right: 0, down: 80 });
	await page.keyboard.press('Alt+ArrowUp');
	await expect.poll(moved).toEqual({ right: 0, down: 0 });
	await expect(lightbox.root).toHaveAccessibleName(/lighthouse, cfg 4, checkpoint 3000/);
});

test('two fingers on a trackpad zoom as a wheel does', async ({ app, page }) => {
	const lightbox = await open(app);
	const { x, y } = centre(await lightbox.stage.boundingBox());
	await page.mouse.move(x, y);
	await page.keyboard.down('Control');
	// A pinch comes in such small steps.
	for (let step = 0; step < 10; step++) await page.mouse.wheel(0, -4);
	await page.keyboard.up('Control');
	await expect.poll(() => lightbox.scale()).toBeGreaterThan(1.9);
});

test('far in, pixels are told apart rather than blurred', async ({ app }) => {
	const lightbox = await open(app);
	const rendering = () => lightbox.stage.locator('img').evaluate((image) => getComputedStyle(image).imageRendering);
	expect(await rendering()).toBe('auto');
	await zoomIn(lightbox);
	await expect.poll(rendering).toBe('pixelated');
});

test.describe('on a screen with two pixels to the unit', () => {
	test.use({ deviceScaleFactor: 2 });
	test('the actual size is one pixel of the picture to one of the screen', async ({ app, page }) => {
		await openFullSize(app);
		await page.keyboard.press('1');
		await expect(app.lightbox.zoom).toHaveText('100 %');
		await expect.poll(async () => (await app.lightbox.rect()).width).toBeCloseTo(FULL_SIZE.size / 2, 1);
	});
});

test('the metadata of the picture before is marked until that of the one shown is there, and stays open where there is none', async ({ app, page }) => {
	const lightbox = await open(app);
	await lightbox.showMetadata();
	await expect(lightbox.metadata).toContainText(lanternFile('3000'));
	let answer = () => undefined;
	const held = new Promise((resolve) => (answer = resolve));
	await page.route('**/metadata', async (route) => {
		await held;
		await route.continue();
	});
	await lightbox.slider.press('Home');
	await lightbox.expectPicture(lantern({ ...values, checkpoint: '500' }));
	const busy = lightbox.metadata.locator('[aria-busy="true"]');
	await expect(busy).toContainText('Seed');
	answer();
	await expect(busy).toHaveCount(0);
	await expect(lightbox.metadata.locator('dl')).toContainText(lanternFile('500'));
	await page.unrouteAll();

	await lightbox.metadata.getByLabel('Search in prompt').fill('sampler_name');
	await expect(lightbox.metadata.getByRole('status')).toHaveText('1 found');
	await page.keyboard.press('Escape');
	await app.moveTo(app.master, LANTERN.checkpoints.indexOf('1500'));
	await app.cell(0, 0).getByRole('button', { name: /^Open/ }).click();
	await lightbox.metadata.getByLabel('Search in prompt').fill('sampler_name');
	await lightbox.slider.press('ArrowRight');
	await expect(lightbox.metadata).toContainText('There is no image here');
	await lightbox.slider.press('ArrowRight');
	await expect(lightbox.metadata.getByRole('status')).toHaveText('1 found');
});

test('the metadata is searched, and keys typed there step nothing', async ({ app, page }) => {
	const lightbox = await open(app);
	await lightbox.showMetadata();
	const search = lightbox.metadata.getByLabel('Search in prompt');
	await search.fill('SAMPLER_NAME');
	await expect(lightbox.metadata.getByLabel('Found in prompt')).toContainText('inputs › sampler_name');
	await search.press('ArrowLeft');
	await search.press('1');
	await lightbox.expectPicture(lantern(values));
});

test.describe('a workflow of five megabytes', () => {
	const NODES = 22_000;
	const nodes = Array.from({ length: NODES }, (_, id) => ({
		id,
		type: id === NODES - 7 ? 'NeedleInTheHaystack' : 'KSampler',
		pos: [id * 12.5, 40],
		inputs: [{ name: 'model', type: 'MODEL', link: id + 1 }],
		widgets_values: [`${2n ** 64n - 1n}`, 'fixed', 20, 7, 'euler', 'normal', 1],
		properties: { 'Node name for S&R': `node number ${id}`, note: 'n'.repeat(40) },
	}));
	const workflow = JSON.stringify({ last_node_id: NODES, nodes });
	const name = 'sd/heavy-workflow';
	let files = [];

	test.beforeAll(async ({ stack }) => {
		expect(workflow.length).toBeGreaterThan(5_000_000);
		const file = 'heavy-workflow-step00000001.safetensors';
		files = [`${stack.checkpoints}/${name}-step00000001.safetensors`, `${stack.samples}/${file}`];
		await writeFile(files[0], '');
		await mkdir(files[1]);
		await writeFile(`${files[1]}/seed=1.png`, codedPicture([3, 0, 0, 0, 0, 0], { texts: { workflow } }));
	});
	test.afterAll(async () => {
		for (const file of files) await rm(file, { recursive: true, force: true });
	});

	test('unfolds, folds, scrolls and is searched with few elements in the document', async ({ app, page }) => {
		await app.inDrawer((drawer) => drawer.getByRole('button', { name: 'Read the disk again' }).click());
		await app.chooseRun(name);
		await app.cell(0, 0).getByRole('button', { name: /^Open/ }).click();
		await app.lightbox.showMetadata();
		const tree = app.lightbox.metadata.getByRole('group', { name: 'workflow', exact: true });
		const elements = () => app.lightbox.metadata.evaluate((pane) => pane.querySelectorAll('*').length);
		await expect(tree).toContainText(`"last_node_id": ${NODES}`);
		expect(await elements()).toBeLessThan(200);

		const folded = tree.locator('summary').filter({ hasText: '"nodes":' });
		await folded.click();
		await expect(tree.locator('summary')).toHaveCount(2 + 100);
		await tree.getByRole('button', { name: `${(NODES - 100).toLocaleString('en')} more` }).click();
		await expect(tree.locator('summary')).toHaveCount(2 + 1000);
		expect(await elements()).toBeLessThan(20_000);
		await tree.hover();
		await page.mouse.wheel(0, 900);
		await expect.poll(() => tree.evaluate((element) => element.scrollTop + element.closest('aside').scrollTop)).toBeGreaterThan(400);
		await page.mouse.wheel(0, -9000);
		await folded.click();
		await expect(tree.locator('summary')).toHaveCount(2);

		await app.lightbox.metadata.getByLabel('Search in workflow').fill('needleinthe');
		await expect(app.lightbox.metadata.getByRole('status')).toHaveText('1 found');
		await expect(app.lightbox.metadata.getByLabel('Found in workflow')).toContainText(`nodes › ${NODES - 7} › type`);
		await app.page.keyboard.press('Escape');
	});
});
