// A phone: a touch screen of 390 × 844, whose layout is a phone's and not that of a small window.
import { expect, test } from './support/test.mjs';
import { FULL_SIZE, GALLERY, lantern, LANTERN } from './tree.mjs';

const SCREEN = { width: 390, height: 844 };

test.use({ viewport: SCREEN, hasTouch: true, isMobile: true, remembered: {} });

const boxOf = (locator) => locator.evaluate((element) => {
	const { x, y, width, height } = element.getBoundingClientRect();
	return { x, y, width, height };
});

test('a grid wider than the screen scrolls below bars that stay, and dialogs fill the screen', async ({ app, page }) => {
	await app.chooseRun(GALLERY.name);
	await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeGreaterThan(SCREEN.width * 2);
	await page.evaluate(() => window.scrollTo(700, 900));
	await expect.poll(() => page.evaluate(() => [window.scrollX, window.scrollY])).toEqual([700, 900]);
	await app.settled();
	expect(await boxOf(page.getByRole('banner'))).toMatchObject({ x: 0, y: 0, width: SCREEN.width });
	const bar = await boxOf(app.page.getByRole('group', { name: 'checkpoint of all cells' }));
	expect(bar.y).toBeGreaterThanOrEqual(40);
	expect(bar.y + bar.height).toBeLessThan(130);
	const [x, y] = await page.evaluate(() => {
		// One that is wholly in sight.
		const rects = [...document.querySelectorAll('[role="gridcell"] .picture')].map((each) => each.getBoundingClientRect());
		const { left, top, width, height } = rects.find((rect) => rect.left > 0 && rect.right < 390 && rect.top > 150);
		return [left + width / 2, top + height / 2];
	});
	await page.touchscreen.tap(x, y);
	await expect(app.lightbox.root).toBeVisible();
	expect(await boxOf(app.lightbox.root)).toEqual({ x: 0, y: 0, ...SCREEN });
});

test('US-15.1 the master slider has a line of its own, the width of the screen, below its buttons and its value', async ({ app, page }) => {
	const slider = page.locator('.n-slider').filter({ has: app.master });
	const bar = page.getByRole('group', { name: 'checkpoint of all cells' });
	await bar.getByRole('button', { name: 'Play through checkpoint' }).tap();
	const above = [
		bar.getByRole('button', { name: 'Pause' }),
		bar.getByRole('checkbox', { name: 'Loop' }),
		bar.locator('.n-select'),
		app.masterValue,
		page.getByRole('button', { name: 'Size of the cells' }),
	];
	await expect(async () => {
		const track = await boxOf(slider);
		expect(track.width).toBeGreaterThanOrEqual(SCREEN.width * 0.9);
		expect(track.x + track.width).toBeLessThanOrEqual(SCREEN.width);
		let right = 0;
		for (const part of above) {
			const box = await boxOf(part);
			expect(box.y + box.height).toBeLessThanOrEqual(track.y);
			expect(box.x).toBeGreaterThanOrEqual(right);
			right = box.x + box.width;
		}
		expect(right).toBeLessThanOrEqual(SCREEN.width);
		// What follows begins below both lines.
		expect((await boxOf(app.columnHeaders.first())).y).toBeGreaterThanOrEqual(track.y + track.height);
	}).toPass({ timeout: 15_000 });
	await page.evaluate(() => window.scrollTo(0, 300));
	await expect.poll(async () => (await boxOf(app.columnHeaders.first())).y).toBeGreaterThanOrEqual(
		await boxOf(slider).then(({ y, height }) => y + height),
	);
});

test('the size of the cells is behind a button', async ({ app, page }) => {
	const width = async () => (await boxOf(app.cell(0, 0))).width;
	const before = await width();
	await page.getByRole('button', { name: 'Size of the cells' }).tap();
	const slider = page.getByRole('slider', { name: 'Size of the cells' });
	const { x, y, width: length } = await boxOf(slider.locator('xpath=ancestor::*[contains(@class, "n-slider")][last()]'));
	await page.touchscreen.tap(x + (length * 2) / 3, y + 8);
	await expect.poll(width).toBeGreaterThan(before * 1.5);
	await page.getByRole('button', { name: 'Fit' }).tap();
	await expect.poll(width).toBe(before);
});

test('sliders are wide enough for a thumb, and labels leave the screen to the pictures', async ({ app, page }) => {
	const { x, y, width } = await boxOf(app.cell(1, 0).locator('.n-slider'));
	// Beside the rail by a third of a thumb.
	await page.touchscreen.tap(x + width * 0.02, y + 18);
	await app.settled();
	await expect.poll(async () => (await app.pictures())[1][0]).toBe(
		lantern({ checkpoint: LANTERN.checkpoints[0], prompt: LANTERN.prompts[1], cfg: LANTERN.cfgs[0] }),
	);
	const { y: top } = await boxOf(app.cell(0, 0));
	expect(top).toBeLessThan(SCREEN.height / 3);
	expect(Number.isInteger(top)).toBe(true);
});

test('two fingers zoom the open picture at the place between them', async ({ app, page, context }) => {
	await app.chooseRun(FULL_SIZE.name);
	await app.cell(0, 0).getByRole('button', { name: /^Open/ }).tap();
	await expect(app.lightbox.stage.locator('img')).toBeVisible();
	const whole = await app.lightbox.rect();
	const middle = { x: whole.x + whole.width * 0.7, y: whole.y + whole.height * 0.4 };
	const under = async () => {
		const rect = await app.lightbox.rect();
		return [(middle.x - rect.x) / rect.width, (middle.y - rect.y) / rect.height];
	};
	const wanted = await under();
	const touch = await context.newCDPSession(page);
	const fingers = (type, apart) =>
		touch.send('Input.dispatchTouchEvent', {
			type,
			touchPoints: apart === undefined ? [] : [-1, 1].map((side, id) => ({ id, x: middle.x, y: middle.y + side * apart })),
		});
	await fingers('touchStart', 30);
	for (const apart of [40, 55, 70, 90]) await fingers('touchMove', apart);
	await fingers('touchEnd');
	await expect.poll(async () => (await app.lightbox.rect()).width / whole.width).toBeCloseTo(3, 1);
	// Up and down it stays in the middle until it is higher than the stage.
	expect((await under())[0]).toBeCloseTo(wanted[0], 1);
	expect(await page.evaluate(() => window.visualViewport.scale)).toBe(1);
	await expect(app.lightbox.root).toBeVisible();
});

/** Moves fingers, each from a place by as much as all others, over the screen. */
async function push(page, context, fingers, by) {
	const touch = await context.newCDPSession(page);
	const send = (type, share) =>
		touch.send('Input.dispatchTouchEvent', {
			type,
			touchPoints: share === undefined ? [] : fingers.map(({ x, y }, id) => ({ id, x: x + by.x * share, y: y + by.y * share })),
		});
	await send('touchStart', 0);
	for (const share of [0.25, 0.5, 0.75, 1]) await send('touchMove', share);
	await send('touchEnd');
}

test('a finger pushes the open picture away: its neighbours in row and column come; two fingers take a zoomed one along', async ({ app, page, context }) => {
	const at = { x: SCREEN.width / 2, y: SCREEN.height / 2 };
	const [first, second] = LANTERN.prompts;
	await app.chooseRun(LANTERN.name);
	await app.cell(0, 0).getByRole('button', { name: /^Open/ }).tap();
	await expect(app.lightbox.root).toHaveAccessibleName(new RegExp(`${first}.*cfg ${LANTERN.cfgs[0]}`));
	await push(page, context, [at], { x: -120, y: 10 });
	await expect(app.lightbox.root).toHaveAccessibleName(new RegExp(`${first}.*cfg ${LANTERN.cfgs[1]}`));
	await push(page, context, [at], { x: 10, y: -120 });
	await expect(app.lightbox.root).toHaveAccessibleName(new RegExp(`${second}.*cfg ${LANTERN.cfgs[1]}`));
	await push(page, context, [at], { x: 120, y: 0 });
	await expect(app.lightbox.root).toHaveAccessibleName(new RegExp(`${second}.*cfg ${LANTERN.cfgs[0]}`));

	await page.keyboard.press('Escape');
	await app.chooseRun(FULL_SIZE.name);
	await app.cell(0, 0).getByRole('button', { name: /^Open/ }).tap();
	await app.lightbox.atRest();
	await page.keyboard.press('1');
	const { x: left } = await app.lightbox.rect();
	await push(page, context, [{ x: 150, y: 300 }, { x: 250, y: 500 }], { x: 60, y: 0 });
	await expect.poll(async () => Math.round((await app.lightbox.rect()).x - left)).toBe(60);
});

test('what a filter says of itself is for fingers', async ({ app }) => {
	const values = await app.openFilter('prompt_name');
	await expect(values).toContainText('Tap a name');
	await expect(values).not.toContainText('Shift');
});
