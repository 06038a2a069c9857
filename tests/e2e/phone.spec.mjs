// A phone: a touch screen of 390 × 844, whose layout is a phone's and not that of a small window.
import { expect, test } from './support/test.mjs';
import { GALLERY } from './tree.mjs';

const SCREEN = { width: 390, height: 844 };

test.use({ viewport: SCREEN, deviceScaleFactor: 2, hasTouch: true, isMobile: true, remembered: {} });

const boxOf = (locator) => locator.evaluate((element) => {
	const { x, y, width, height } = element.getBoundingClientRect();
	return { x, y, width, height };
});

test('a grid wider than the screen scrolls below bars that stay, and dialogs fill the screen', async ({ app, page }) => {
	await app.chooseRun(GALLERY.name);
	expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeGreaterThan(SCREEN.width * 2);
	await page.evaluate(() => window.scrollTo(700, 900));
	await expect.poll(() => page.evaluate(() => [window.scrollX, window.scrollY])).toEqual([700, 900]);
	await app.settled();
	expect(await boxOf(page.getByRole('banner'))).toMatchObject({ x: 0, y: 0, width: SCREEN.width });
	const bar = await boxOf(app.page.getByRole('group', { name: 'checkpoint of all cells' }));
	expect(bar.y).toBeGreaterThanOrEqual(40);
	expect(bar.y + bar.height).toBeLessThan(100);
	await page.touchscreen.tap(200, 500);
	await expect(app.lightbox.root).toBeVisible();
	expect(await boxOf(app.lightbox.root)).toEqual({ x: 0, y: 0, ...SCREEN });
});
