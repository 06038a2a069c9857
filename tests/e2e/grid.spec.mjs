import { decodePng } from './support/png.mjs';
import { expect, test } from './support/test.mjs';
import { FULL_SIZE, fullSizePixel, GALLERY, gallery, INK, LANTERN, lantern } from './tree.mjs';

const at = (checkpoint, prompts = LANTERN.prompts, cfgs = LANTERN.cfgs) =>
	prompts.map((prompt) => cfgs.map((cfg) => lantern({ checkpoint, prompt, cfg })));

test('US-2.1 rows are the values of Y, columns those of X', async ({ app, page }) => {
	await expect(page.getByRole('rowheader')).toContainText(LANTERN.prompts);
	await expect(app.columnHeaders).toContainText(LANTERN.cfgs);
	await app.expectPictures(at('3000'));
});

test.describe('at a size of 1344', () => {
	test.use({ remembered: { drawer: false, 'cell-width': FULL_SIZE.size }, viewport: { width: 1500, height: 1600 } });
	test('US-2.2 a cell shows the original, each of its 1344×1344 pixels', async ({ app, page }) => {
		await app.chooseRun(FULL_SIZE.name);
		const picture = app.cell(0, 0).locator('img, canvas');
		await expect.poll(() => picture.boundingBox()).toMatchObject({ width: FULL_SIZE.size, height: FULL_SIZE.size });
		const box = await picture.boundingBox();
		const [x, y] = [Math.round(box.x), Math.round(box.y)];
		const differing = async () => {
			const screen = decodePng(await page.screenshot());
			let count = 0;
			// The corners of a cell are round.
			for (let row = 8; row < FULL_SIZE.size - 8; row++)
				for (let column = 8; column < FULL_SIZE.size - 8; column++) {
					const [wanted, shown] = [fullSizePixel(column, row), screen.at(x + column, y + row)];
					if (wanted.some((value, channel) => value !== shown[channel])) count++;
				}
			return count;
		};
		await expect.poll(differing).toBe(0);
	});
});

test.describe('in a smaller cell', () => {
	test.use({ remembered: { drawer: false, 'cell-width': 480 } });
	test('US-2.2 the original is shown, too, once nothing moves', async ({ app }) => {
		await app.chooseRun(FULL_SIZE.name);
		await expect
			.poll(() => app.cell(0, 0).locator('img').evaluateAll((pictures) => pictures.map((picture) => picture.naturalWidth)))
			.toEqual([FULL_SIZE.size]);
	});
});

test('US-2.3 a combination without an image is an empty placeholder', async ({ app }) => {
	await app.moveTo(app.master, LANTERN.checkpoints.indexOf('2000'));
	const expected = at('2000');
	expected[0][0] = 'no image';
	await app.expectPictures(expected);
	await expect(app.cell(0, 0).locator('img, canvas')).toHaveCount(0);
	await expect(app.cell(0, 0)).toContainText('checkpoint 2000');
});

test('a missing image is never replaced by another seed’s', async ({ app }) => {
	await app.moveTo(app.master, LANTERN.checkpoints.indexOf('1500'));
	const expected = at('1500');
	expected[2][1] = 'no image';
	await app.expectPictures(expected);
});

test('of several batches the highest is shown', async ({ app }) => {
	await app.moveTo(app.master, 0);
	const expected = at('500');
	expected[0][0] = lantern({ checkpoint: '500', prompt: 'canyon', cfg: '1.5', batch: 2 });
	await app.expectPictures(expected);
});

test('pictures keep their proportions, whatever the height of the rows', async ({ app, page }) => {
	await app.atRest();
	const { x, y, width, height } = await app.page.getByTestId('row-divider').first().boundingBox();
	await page.mouse.move(x + 300, y + height / 2);
	await page.mouse.down();
	await page.mouse.move(x + 300, y + height / 2 + 193, { steps: 4 });
	await page.mouse.up();
	expect(width).toBeGreaterThan(300);
	const frame = app.cell(0, 0).locator('.picture');
	await expect.poll(async () => (await frame.boundingBox()).height).toBe(300);
	await expect.poll(async () => (await app.pictures())[0][0]).toBe(at('3000')[0][0]);
	// A picture of 192 × 128 in 160 × 300 pixels is 107 pixels high, the rest is bare.
	const [screen, box] = [decodePng(await page.screenshot()), await frame.boundingBox()];
	const pixel = (down) => screen.at(Math.round(box.x + 80), Math.round(box.y + down));
	const bare = pixel(20);
	for (const down of [60, 90, 210, 240, 280]) expect(pixel(down), `${down} pixels down`).toEqual(bare);
	for (const down of [100, 150, 200]) expect(pixel(down), `${down} pixels down`).not.toEqual(bare);
});

test.describe('while pictures are on their way', () => {
	const pictures = /\/api\/(previews|images)\//;

	test('cells shimmer, and keep the picture before', async ({ app, page }) => {
		await app.expectPictures(at('3000'));
		await page.route(pictures, () => undefined);
		await page.keyboard.press('.');
		await expect(page.getByTestId('choice')).toContainText(`seed ${LANTERN.seeds[1]}`);
		await expect(app.cell(0, 0)).toHaveAttribute('data-status', 'waiting');
		await expect(app.cell(0, 0).locator('.shimmer')).toBeVisible();
		await expect(app.cell(0, 0).locator('img')).toHaveCount(1);
		await page.unrouteAll({ behavior: 'ignoreErrors' });
	});

	test('cells have the shape that the run’s pictures had on an earlier visit', async ({ app, page }) => {
		await app.chooseRun(INK.name);
		await app.settled();
		await page.route(pictures, () => undefined);
		await page.reload();
		await expect(app.cell(0, 0)).toHaveAttribute('data-status', 'waiting');
		const { width, height } = await app.cell(0, 0).locator('.picture').boundingBox();
		expect([width, height]).toEqual([160, 240]);
		await page.unrouteAll({ behavior: 'ignoreErrors' });
	});

	test('a hidden tab asks for none', async ({ app, page }) => {
		const setVisibility = (state) =>
			page.evaluate((visibility) => {
				Object.defineProperty(document, 'visibilityState', { value: visibility, configurable: true });
				document.dispatchEvent(new Event('visibilitychange'));
			}, state);
		await app.openDrawer();
		await setVisibility('hidden');
		const asked = app.collectRequests((url) => pictures.test(url.pathname));
		await app.pick(app.runSelect, INK.name);
		await expect(app.cell(0, 0)).toHaveAttribute('data-status', 'waiting');
		await app.closeDrawer();
		await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
		expect(asked).toEqual([]);
		await setVisibility('visible');
		await app.settled();
		expect(asked).not.toEqual([]);
	});
});

test.describe('the settings of pictures', () => {
	const dialog = (page) => page.getByRole('dialog', { name: 'Settings of this browser' });
	async function change(page, action) {
		await page.getByRole('button', { name: 'Settings of this browser' }).click();
		await action(dialog(page));
		await page.keyboard.press('Escape');
		await expect(dialog(page)).toHaveCount(0);
	}

	test('“Always show originals” asks for no previews, also while things move and on the next visit', async ({ app, page }) => {
		const previews = app.collectRequests((url) => url.pathname.startsWith('/api/previews/'));
		await app.chooseRun(INK.name);
		expect(previews).not.toEqual([]);
		await change(page, (settings) => settings.getByRole('switch', { name: 'Always show originals' }).click());
		previews.length = 0;
		await app.chooseRun(LANTERN.name);
		await app.moveTo(app.master, 1);
		await app.expectPictures(at('1000'));
		await page.reload();
		await app.settled();
		await app.atRest();
		expect(previews).toEqual([]);
	});
});

test.describe('a grid larger than the viewport', () => {
	test('US-2.4 scrolls to every cell, its headers staying in sight', async ({ app, page }) => {
		await app.chooseRun(GALLERY.name);
		await page.mouse.move(640, 600);
		await page.mouse.wheel(GALLERY.columns * 400, GALLERY.columns * 400);
		// The run has fewer rows of files than columns of files: X gets the shorter list.
		const [lastRow, lastColumn] = [`${GALLERY.columns - 1}`, `${GALLERY.rows - 1}`];
		await expect(app.rowHeader(lastRow)).toBeInViewport();
		await expect(app.columnHeader(lastColumn)).toBeInViewport();
		await app.settled();
		await expect
			.poll(async () => (await app.pictures()).at(-1).at(-1))
			.toBe(gallery(GALLERY.columns - 1, GALLERY.rows - 1));
		const topmost = (header) =>
			header.evaluate((element) => {
				const { x, y, width, height } = element.getBoundingClientRect();
				return element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
			});
		await expect.poll(() => topmost(app.rowHeader(lastRow))).toBe(true);
		await expect.poll(() => topmost(app.columnHeader(lastColumn))).toBe(true);
	});

	test('only what is near the viewport is in the document', async ({ app }) => {
		await app.chooseRun(GALLERY.name);
		await expect(app.page.getByRole('grid')).toHaveAttribute('aria-rowcount', String(GALLERY.columns + 1));
		expect(await app.cells.count()).toBeLessThan(GALLERY.columns * GALLERY.rows);
	});

	test('US-14.6 the page scrolls as one: nothing inside it does', async ({ app, page }) => {
		await app.chooseRun(GALLERY.name);
		const scrollable = await page.evaluate(() =>
			[...document.querySelectorAll('main, main *')]
				.filter((element) => {
					const { overflowX, overflowY } = getComputedStyle(element);
					return (
						(/auto|scroll/.test(overflowX) && element.scrollWidth > element.clientWidth) ||
						(/auto|scroll/.test(overflowY) && element.scrollHeight > element.clientHeight)
					);
				})
				.map((element) => element.className),
		);
		expect(scrollable).toEqual([]);
		await page.mouse.move(640, 600);
		await page.mouse.wheel(300, 700);
		await expect.poll(() => page.evaluate(() => [window.scrollX, window.scrollY])).toEqual([300, 700]);
	});

	test('US-14.7 the grid fills the viewport below a thin bar with the master slider', async ({ app, page }) => {
		await app.chooseRun(GALLERY.name);
		await page.mouse.move(640, 600);
		await page.mouse.wheel(400, 800);
		await expect.poll(() => page.evaluate(() => window.scrollY)).toBe(800);
		const inGrid = (x, y) =>
			page.evaluate(([x, y]) => document.elementFromPoint(x, y)?.closest('[role="grid"], [data-testid$="-divider"]') !== null, [x, y]);
		const { width, height } = page.viewportSize();
		const bar = await page.getByRole('group', { name: 'checkpoint of all cells' }).boundingBox();
		expect(bar.y + bar.height).toBeLessThan(100);
		for (const x of [2, width / 2, width - 20]) {
			for (const y of [100, height / 2, height - 2]) expect(await inGrid(x, y), `at ${x}, ${y}`).toBe(true);
		}
	});
});

test('US-14.3 US-14.4 a click on a column header shows only its value, another click all again', async ({ app }) => {
	await app.columnHeader('4').click();
	await app.expectPictures(at('3000', LANTERN.prompts, ['4']));
	await expect(app.filter('cfg')).toContainText('4');
	await app.columnHeader('4').click();
	await app.expectPictures(at('3000'));
	await expect(app.filter('cfg')).toContainText('all 2');
});

test('US-14.5 row headers do the same', async ({ app }) => {
	await app.rowHeader('lighthouse').click();
	await app.expectPictures(at('3000', ['lighthouse']));
	await expect(app.filter('prompt_name')).toContainText('lighthouse');
	await app.rowHeader('lighthouse').click();
	await app.expectPictures(at('3000'));
});

test('the button in the corner swaps the axes', async ({ app, page }) => {
	await page.getByRole('button', { name: /^Swap the axes/ }).click();
	await expect(app.columnHeaders).toContainText(LANTERN.prompts);
	await app.expectPictures(
		LANTERN.cfgs.map((cfg) => LANTERN.prompts.map((prompt) => lantern({ checkpoint: '3000', prompt, cfg }))),
	);
});

test('the label of a prompt shows its whole text on hover and on focus', async ({ app, page }) => {
	const text = page.getByTestId('prompt-text').filter({ visible: true });
	await app.rowHeader('lighthouse').hover();
	await expect(text).toHaveText('A lighthouse at dusk, lit by paper lanterns');
	await page.mouse.move(640, 900);
	await expect(text).toHaveCount(0);
	await app.rowHeader('canyon').focus();
	await page.keyboard.press('Tab');
	await page.keyboard.press('Shift+Tab');
	await expect(text).toHaveText('A canyon at dusk, lit by paper lanterns');
	await expect(app.rowHeader('canyon')).toHaveAccessibleDescription(/A canyon at dusk/);
	await page.keyboard.press('Escape');
	await expect(text).toHaveCount(0);
});

test('the label of anything else has no such text, however long one rests on it', async ({ app, page }) => {
	const text = page.getByTestId('prompt-text').filter({ visible: true });
	await page.clock.install();
	for (const [header, shown] of [
		[app.rowHeader('lighthouse'), 1],
		[app.columnHeader('4'), 0],
	]) {
		await header.hover();
		await page.clock.runFor(5000);
		await expect(text).toHaveCount(shown);
	}
});

test.describe('several images for one cell', () => {
	const other = LANTERN.seeds[1];
	const seeded = (seed) =>
		LANTERN.prompts.map((prompt) => LANTERN.cfgs.map((cfg) => lantern({ checkpoint: '3000', prompt, cfg, seed })));

	test('the badge says which is shown, and steps it in all cells', async ({ app, page }) => {
		await expect(app.cell(1, 0)).toContainText('1/2');
		await expect(page.getByTestId('choice')).toContainText('seed 7');
		await app.cell(1, 0).getByRole('button', { name: /^Image 1\/2/ }).click();
		await app.expectPictures(seeded(other));
		await expect(page.getByTestId('choice')).toContainText(`seed ${other}`);
	});

	test('the keys , and . step it too, and stay out of text fields', async ({ app, page }) => {
		await page.keyboard.press('.');
		await app.expectPictures(seeded(other));
		await page.keyboard.press(',');
		await app.expectPictures(seeded('7'));
		await app.openDrawer();
		await app.runSelect.click();
		await page.keyboard.press('.');
		await expect(page.getByTestId('choice')).toContainText('seed 7');
	});
});

test('the size of the cells is chosen with a slider, and “Fit” undoes it', async ({ app, page }) => {
	const width = async () => (await app.cell(0, 0).boundingBox()).width;
	expect(await width()).toBe(160);
	await page.getByRole('slider', { name: 'Size of the cells' }).press('ArrowRight');
	await expect.poll(width).toBeGreaterThan(160);
	await page.getByRole('button', { name: 'Fit' }).click();
	await expect.poll(width).toBeGreaterThan(400);
	expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
});

test.describe('boundaries between cells', () => {
	const sizes = (app) =>
		app.cells.locator('.picture').evaluateAll((pictures) =>
			pictures.map((picture) => [picture.offsetWidth, picture.offsetHeight]),
		);
	async function drag(app, divider, right, down) {
		const { x, y, width, height } = await app.page.getByTestId(divider).first().boundingBox();
		const from = [x + Math.min(width / 2, 300), y + Math.min(height / 2, 200)];
		await app.page.mouse.move(...from);
		await app.page.mouse.down();
		await app.page.mouse.move(from[0] + right, from[1] + down, { steps: 4 });
		await app.page.mouse.up();
	}
	const all = (width, height) => Array(6).fill([width, height]);

	test('US-14.1 US-14.2 dragging one changes all columns, or all rows, or by a corner both', async ({ app }) => {
		// 160 pixels wide, in the shape of the pictures.
		await expect.poll(() => sizes(app)).toEqual(all(160, 107));
		await drag(app, 'row-divider', 0, 43);
		await expect.poll(() => sizes(app)).toEqual(all(160, 150));
		await drag(app, 'column-divider', 60, 0);
		await expect.poll(() => sizes(app)).toEqual(all(220, 150));
		await drag(app, 'corner-divider', -20, 30);
		await expect.poll(() => sizes(app)).toEqual(all(200, 180));
	});

	test('the boundary stays under the pointer, and a size comes back on the next visit', async ({ app, page }) => {
		const divider = page.getByTestId('column-divider').nth(1);
		const before = await divider.boundingBox();
		await page.mouse.move(before.x + before.width / 2, 400);
		await page.mouse.down();
		await page.mouse.move(before.x + before.width / 2 + 80, 400, { steps: 4 });
		await page.mouse.up();
		await expect.poll(async () => (await divider.boundingBox()).x).toBe(before.x + 80);
		await page.reload();
		await app.settled();
		await expect.poll(async () => (await sizes(app))[0][0]).toBe(200);
	});

	test('arrow keys do the same', async ({ app, page }) => {
		await page.getByRole('separator', { name: 'Width of all columns' }).press('ArrowRight');
		await page.getByRole('separator', { name: 'Height of all rows' }).press('ArrowDown');
		await expect.poll(() => sizes(app)).toEqual(all(168, 120));
	});

	test('the keyboard finds boundaries that are in sight wherever one has scrolled', async ({ app, page }) => {
		await app.chooseRun(GALLERY.name);
		await page.evaluate(() => window.scrollTo(500, 700));
		const isInSight = (separator) =>
			separator.evaluate((element) => {
				const { left, right, top, bottom } = element.getBoundingClientRect();
				// Somewhere along its line nothing lies over it.
				return Array.from({ length: 40 }, (_, at) => at / 40).some((share) => {
					const [x, y] = [left + (right - left) * (right - left > 50 ? share : 0.5), top + (bottom - top) * (bottom - top > 50 ? share : 0.5)];
					return document.elementsFromPoint(x, y).slice(0, 2).includes(element);
				});
			});
		for (const name of ['Width of all columns', 'Height of all rows']) {
			await expect.poll(() => isInSight(page.getByRole('separator', { name })), name).toBe(true);
		}
	});
});

test.describe('the keyboard in the grid', () => {
	const focused = (page) => page.evaluate(() => document.activeElement?.closest('[data-place]')?.dataset.place);

	test('Tab leads to one cell, arrows to every other, Enter opens it', async ({ app, page }) => {
		await app.cell(0, 0).locator('.picture').focus();
		await page.keyboard.press('ArrowRight');
		await expect.poll(() => focused(page)).toBe('1,0');
		await page.keyboard.press('ArrowDown');
		await expect.poll(() => focused(page)).toBe('1,1');
		await expect(app.cells.locator('.picture[tabindex="0"]')).toHaveCount(1);
		await page.keyboard.press('Enter');
		await expect(page.getByTestId('lightbox')).toBeVisible();
	});

	test('reaches cells that were not in the document', async ({ app, page }) => {
		await app.chooseRun(GALLERY.name);
		await app.cell(0, 0).locator('.picture').focus();
		await page.keyboard.press('Control+End');
		await expect.poll(() => focused(page)).toBe(`${GALLERY.rows - 1},${GALLERY.columns - 1}`);
		await page.keyboard.press('ArrowUp');
		await expect.poll(() => focused(page)).toBe(`${GALLERY.rows - 1},${GALLERY.columns - 2}`);
	});

	test('goes on from the cell that was last looked at when the picture is closed', async ({ app, page }) => {
		await app.chooseRun(GALLERY.name);
		for (const close of [() => page.keyboard.press('Escape'), () => page.goBack()]) {
			await page.evaluate(() => window.scrollTo(0, 0));
			await app.cell(0, 0).getByRole('button', { name: /^Open/ }).click();
			for (let step = 1; step < GALLERY.rows; step++) await page.keyboard.press('ArrowRight');
			await page.keyboard.press('Shift+ArrowDown');
			await app.lightbox.expectPicture(gallery(1, GALLERY.rows - 1));
			await close();
			await expect(app.lightbox.root).toHaveCount(0);
			await expect.poll(() => focused(page)).toBe(`${GALLERY.rows - 1},1`);
			await expect(page.locator(`[data-place="${GALLERY.rows - 1},1"]`)).toBeInViewport();
		}
	});
});
