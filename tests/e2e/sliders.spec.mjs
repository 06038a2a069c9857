import { get } from '../api/client.mjs';
import { expect, test } from './support/test.mjs';
import { GALLERY, INK, ink, LANTERN, lantern } from './tree.mjs';

const last = LANTERN.checkpoints.length - 1;
const at = (checkpoint) => LANTERN.prompts.map((prompt) => LANTERN.cfgs.map((cfg) => lantern({ checkpoint, prompt, cfg })));

test('US-5.1 every cell has a slider of its own below its picture', async ({ app }) => {
	await expect(app.cells).toHaveCount(6);
	await app.atRest();
	for (const cell of await app.cells.all()) {
		const slider = await app.cellSlider(cell).boundingBox();
		const picture = await cell.locator('img, canvas').boundingBox();
		expect(slider.y).toBeGreaterThan(picture.y + picture.height);
	}
});

test('US-5.2 a slider goes through the values in their order, and stops at the ends', async ({ app }) => {
	const slider = app.cellSlider(app.cell(1, 0));
	await slider.press('Home');
	for (const [position, checkpoint] of LANTERN.checkpoints.entries()) {
		if (position > 0) await slider.press('ArrowRight');
		await expect(slider).toHaveAttribute('aria-valuetext', checkpoint);
	}
	await slider.press('ArrowRight');
	await expect(slider).toHaveAttribute('aria-valuetext', LANTERN.checkpoints[last]);
	await slider.press('Home');
	await slider.press('ArrowLeft');
	await expect(slider).toHaveAttribute('aria-valuetext', LANTERN.checkpoints[0]);
});

test('a tick is where the middle of the handle is at its position', async ({ app }) => {
	const slider = app.cellSlider(app.cell(1, 0));
	for (const [key, at] of [['Home', 0], ['End', 1]]) {
		await slider.press(key);
		const distance = () =>
			slider.evaluate((element, at) => {
				const { x, width } = element.getBoundingClientRect();
				const track = element.closest('.value-slider');
				const { left, width: length } = getComputedStyle(track, '::after');
				const start = track.getBoundingClientRect().x + Number.parseFloat(left);
				return Math.abs(x + width / 2 - start - at * Number.parseFloat(length));
			}, at);
		await expect.poll(distance).toBeLessThan(2);
	}
});

test('US-5.3 a cell’s slider swaps the picture of this cell alone', async ({ app }) => {
	await app.moveTo(app.cellSlider(app.cell(1, 0)), 1);
	const expected = at('3000');
	expected[1][0] = lantern({ checkpoint: '1000', prompt: 'lighthouse', cfg: '1.5' });
	await app.expectPictures(expected);
});

test('US-5.4 the master slider moves all cells, also those that were moved alone', async ({ app }) => {
	await app.moveTo(app.cellSlider(app.cell(1, 0)), 3);
	await app.moveTo(app.master, 1);
	await app.expectPictures(at('1000'));
	for (const cell of await app.cells.all()) await expect(app.cellSlider(cell)).toHaveAttribute('aria-valuetext', '1000');
});

test('dragging the master slider shows what is passed on the way', async ({ app, page }) => {
	await app.moveTo(app.master, 0);
	const handle = await app.master.boundingBox();
	const rail = await page.locator('.n-slider').filter({ has: app.master }).boundingBox();
	const y = handle.y + handle.height / 2;
	await page.mouse.move(handle.x + handle.width / 2, y);
	await page.mouse.down();
	await page.mouse.move(rail.x + rail.width * 0.25, y, { steps: 4 });
	await app.expectPictures(at('1000'));
	await page.mouse.move(rail.x + rail.width, y, { steps: 4 });
	await app.expectPictures(at('3000'));
	await page.mouse.up();
	await expect(app.masterValue).toContainText('5 of 5');
});

test('US-5.5 what was shown once is shown again without the server', async ({ app, context, guard }) => {
	guard.allow(/ERR_INTERNET_DISCONNECTED/);
	for (let position = 0; position <= last; position++) {
		await app.moveTo(app.master, position);
		await app.settled();
	}
	await context.setOffline(true);
	await app.moveTo(app.master, 1);
	await app.expectPictures(at('1000'));
	await app.moveTo(app.master, 4);
	await app.expectPictures(at('3000'));
});

test('US-5.6 all positions of visible cells are loaded ahead, then the rest of the run', async ({ page, stack }) => {
	const asked = [];
	page.on('request', (request) => asked.push(decodeURIComponent(new URL(request.url()).pathname)));
	await page.goto('/');
	const [run] = (await get(stack, '/api/training-runs')).json.filter(({ name }) => name === LANTERN.name);
	const { images } = (await get(stack, `/api/training-runs/${run.id}/scan`)).json;
	const [shown, others] = [true, false].map((isShown) =>
		images.filter(({ dimensions }) => (dimensions.seed === LANTERN.seeds[0]) === isShown).map(({ relative_path }) => relative_path),
	);
	const preview = (path) => asked.indexOf(`/api/previews/256/${path}`);
	const original = (path) => asked.indexOf(`/api/images/${path}`);
	await expect.poll(() => images.filter(({ relative_path }) => original(relative_path) < 0)).toEqual([]);
	expect(shown.map(preview)).not.toContain(-1);
	expect(Math.max(...shown.map(preview))).toBeLessThan(Math.min(...others.map(original)));
});

test('Ctrl with an arrow moves the master slider, also while a cell’s slider has the focus', async ({ app, page }) => {
	await page.keyboard.press('Control+ArrowLeft');
	await expect(app.masterValue).toContainText('4 of 5');
	await app.cellSlider(app.cell(0, 0)).focus();
	await page.keyboard.press('Control+ArrowLeft');
	await expect(app.masterValue).toContainText('3 of 5');
	await app.expectPictures(at('1500').map((row, y) => (y === 2 ? [row[0], 'no image'] : row)));
	await page.keyboard.press('Control+ArrowRight');
	await expect(app.masterValue).toContainText('4 of 5');
});

test('the slider’s position comes back on the next visit', async ({ app, page }) => {
	await app.moveTo(app.master, 1);
	await expect(page).toHaveURL(/[?&]at=1000(&|$)/);
	await page.reload();
	await app.expectPictures(at('1000'));
	await page.goto('/');
	await app.expectPictures(at('1000'));
});

test('another slider dimension starts anew, and the first one’s position returns with it', async ({ app }) => {
	await app.moveTo(app.master, 1);
	await app.assign('seed', 'Slider');
	await expect(app.masterValue).toContainText('of 2');
	await app.assign('checkpoint', 'Slider');
	await app.expectPictures(at('1000'));
});

test('where there is one value alone, it is told and there is nothing to slide', async ({ app, page }) => {
	await app.chooseRun(GALLERY.name);
	await expect(app.masterValue).toContainText('100');
	await expect(page.getByRole('slider')).toHaveCount(1);
	await expect(page.getByRole('slider', { name: 'Size of the cells' })).toBeVisible();
	await app.chooseRun(LANTERN.name);
	await expect(app.master).toBeVisible();
	await (await app.openFilter('checkpoint')).getByRole('button', { name: 'Show only checkpoint 1500' }).click();
	await expect(app.masterValue).toContainText('1500');
	await expect(app.master).toHaveCount(0);
	await expect(app.cells.getByRole('slider')).toHaveCount(0);
	const [cell, picture] = [await app.cell(0, 0).boundingBox(), await app.cell(0, 0).locator('.picture').boundingBox()];
	expect(cell.height - picture.height).toBeLessThan(2);
	// On a phone, too, it takes one line and not that of a slider.
	await page.setViewportSize({ width: 390, height: 844 });
	await expect(app.masterValue).toContainText('checkpoint', { useInnerText: true });
	const bar = () => page.evaluate(() => Number.parseInt(document.documentElement.style.getPropertyValue('--bar-height'), 10));
	await expect.poll(bar).toBe(44);
});

test('names full of signs reach the server unharmed', async ({ app }) => {
	await app.chooseRun(INK.name);
	for (const [position, checkpoint] of INK.checkpoints.entries()) {
		await app.moveTo(app.master, position);
		await app.expectPictures(
			INK.prompts.map((prompt) => INK.strengths.map((strength) => ink({ checkpoint, prompt, strength }))),
		);
	}
});

test.describe('playing', () => {
	const controls = (app) => app.page.getByRole('group', { name: 'checkpoint of all cells' });
	const play = (app) => controls(app).getByRole('button', { name: 'Play through checkpoint' });
	const pause = (app) => controls(app).getByRole('button', { name: 'Pause' });
	const loop = (app) => controls(app).getByRole('checkbox', { name: 'Loop' });
	const speed = (app) => controls(app).locator('.n-select');

	/** Lets the page's time pass, and its pictures load, which playing waits for. */
	async function pass(app, milliseconds) {
		await app.settled();
		await app.page.clock.runFor(milliseconds);
	}

	test.beforeEach(async ({ page }) => {
		await page.clock.install();
	});

	test('US-15.1 the master slider takes the whole width, in one line with Play', async ({ app, page }) => {
		const [slider, button] = [page.locator('.n-slider').filter({ has: app.master }), play(app)];
		const [track, box] = [await slider.boundingBox(), await button.boundingBox()];
		expect(Math.abs(track.y + track.height / 2 - box.y - box.height / 2)).toBeLessThan(2);
		expect(box.x).toBeLessThan(20);
		const rest = page.viewportSize().width - track.width;
		// Beside it: Play, the value's name, and the size of the cells.
		expect(rest).toBeLessThan(480);
	});

	test('US-15.2 the master slider stays at the top when the page is scrolled', async ({ app, page }) => {
		await page.getByRole('slider', { name: 'Size of the cells' }).press('ArrowRight');
		for (let step = 0; step < 100; step++) await page.keyboard.press('ArrowRight');
		await page.mouse.move(640, 700);
		await page.mouse.wheel(0, 3000);
		await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(300);
		await expect(app.master).toBeInViewport();
		expect((await app.master.boundingBox()).y).toBeLessThan(100);
		await app.master.press('Home');
		await expect(app.masterValue).toContainText('1 of 5');
	});

	test('Space plays and pauses', async ({ app, page }) => {
		await page.keyboard.press('Space');
		await expect(pause(app)).toBeVisible();
		await page.keyboard.press('Space');
		await expect(play(app)).toBeVisible();
	});

	test('opening a picture ends it', async ({ app, page }) => {
		await page.keyboard.press('Space');
		await expect(pause(app)).toBeVisible();
		await app.cell(0, 0).getByRole('button', { name: /^Open/ }).click();
		await expect(app.lightbox.root).toBeVisible();
		await page.keyboard.press('Escape');
		await expect(app.lightbox.root).toHaveCount(0);
		await expect(play(app)).toBeVisible();
	});

	test('US-15.3 Play reveals the loop controls, stopping hides them', async ({ app }) => {
		await expect(loop(app)).toHaveCount(0);
		await expect(speed(app)).toHaveCount(0);
		await play(app).click();
		await expect(loop(app)).toBeVisible();
		await expect(speed(app)).toBeVisible();
		await pause(app).click();
		await expect(loop(app)).toHaveCount(0);
		await expect(speed(app)).toHaveCount(0);
	});

	test('US-15.4 it loops unless told otherwise', async ({ app, page }) => {
		await app.moveTo(app.master, last - 1);
		await page.clock.pauseAt(Date.now() + 60_000);
		await play(app).click();
		await expect(loop(app)).toBeChecked();
		await pass(app, 1000);
		await expect(app.masterValue).toContainText('5 of 5');
		await pass(app, 1000);
		await expect(app.masterValue).toContainText('1 of 5');
		await app.expectPictures([
			[lantern({ checkpoint: '500', prompt: 'canyon', cfg: '1.5', batch: 2 }), at('500')[0][1]],
			...at('500').slice(1),
		]);
		await loop(app).click();
		for (let step = 0; step < last; step++) await pass(app, 1000);
		await expect(app.masterValue).toContainText('5 of 5');
		await pass(app, 1000);
		await expect(play(app)).toBeVisible();
		await expect(app.masterValue).toContainText('5 of 5');
	});

	test('US-15.5 the speeds are 0.25, 0.33, 0.5, 1, 2 and 3 seconds, 1 at first', async ({ app, page }) => {
		await app.moveTo(app.master, 0);
		await play(app).click();
		await expect(speed(app)).toHaveText('1 s');
		expect(await app.optionsOf(speed(app))).toEqual(['0.25 s', '0.33 s', '0.5 s', '1 s', '2 s', '3 s']);
		await pause(app).click();
		await app.moveTo(app.master, 0);
		await app.settled();
		await play(app).click();
		await page.clock.pauseAt(Date.now() + 60_000);
		await app.pick(speed(app), '2 s');
		const before = await app.masterValue.innerText();
		await pass(app, 1900);
		await expect(app.masterValue).toHaveText(before, { useInnerText: true });
		await pass(app, 200);
		await expect(app.masterValue).not.toHaveText(before, { useInnerText: true });
	});
});
