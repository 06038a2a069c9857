import { expectAccessible } from './support/axe.mjs';
import { expect, test } from './support/test.mjs';
import { DAMAGED, EMPTY, LANTERN } from './tree.mjs';

const theme = (page) => page.evaluate(() => document.documentElement.dataset.theme);
/** Of an element's background, from 0 to 255. */
const brightness = async (element) => {
	const colour = await element.evaluate((each) => getComputedStyle(each).backgroundColor);
	return Math.max(...colour.match(/\d+/g).map(Number));
};

test('US-11.1 controls are Naive UI’s', async ({ app, page }) => {
	await app.setMode('seed', 'Multi');
	await app.openFilter('seed');
	await app.openDrawer();
	await page.getByRole('button', { name: 'Checkpoints', exact: true }).click();
	await page.getByRole('button', { name: 'Play through checkpoint' }).click();
	await app.drawer.getByRole('button', { name: 'Save as a new preset' }).click();
	const count = (selector) => page.locator(selector).count();
	for (const part of ['.n-button', '.n-select', '.n-checkbox', '.n-radio-button', '.n-slider', '.n-drawer', '.n-modal', '.n-input']) {
		await expect.poll(() => count(part), part).toBeGreaterThan(0);
	}
	// As many as cells and labels in sight, and mounted while one scrolls: those are plain buttons (docs/ui.md).
	const plain = '.picture, .badge, [role="columnheader"] button, [role="rowheader"] button';
	const strangers = () =>
		page.evaluate((plain) => {
			const isTheirs = (element) => /\bn-(button|base-close|base-selection|input|checkbox|radio|slider|tag)/.test(element.className);
			return [...document.querySelectorAll('button, select, dialog, textarea, input, [role="slider"], [role="checkbox"], [role="dialog"]')]
				.filter((element) => (element.matches('button') ? !isTheirs(element) && !element.matches(plain) : !element.closest('[class*="n-"]')))
				.map((element) => element.outerHTML.slice(0, 100));
		}, plain);
	expect(await strangers()).toEqual([]);
	await page.keyboard.press('Escape');
	await app.closeDrawer();
	await app.cell(1, 1).getByRole('button', { name: /^Open/ }).click();
	await app.lightbox.showMetadata();
	await expect(app.lightbox.metadata).toContainText('Seed');
	expect(await strangers()).toEqual([]);
});

test('US-11.2 a toggle switches between light and dark, and back', async ({ app, page }) => {
	await expect.poll(() => theme(page)).toBe('light');
	const root = page.locator('html');
	expect(await brightness(root)).toBeGreaterThan(200);
	await page.getByRole('button', { name: 'Switch to the dark theme' }).click();
	await expect.poll(() => theme(page)).toBe('dark');
	await expect.poll(() => brightness(root)).toBeLessThan(60);
	await app.openDrawer();
	await expect.poll(() => brightness(app.drawer)).toBeLessThan(60);
	await page.getByRole('button', { name: 'Switch to the light theme' }).click();
	await expect.poll(() => theme(page)).toBe('light');
});

for (const scheme of ['light', 'dark']) {
	test.describe(`with a ${scheme} system`, () => {
		test.use({ colorScheme: scheme });

		test(`US-11.3 the theme is ${scheme} at first, before anything is painted`, async ({ app, page }) => {
			await expect.poll(() => theme(page)).toBe(scheme);
			// The app itself is a module, which runs after this.
			await page.addInitScript(() => {
				new MutationObserver(() => {
					if (document.body && !window.themeAtFirst) window.themeAtFirst = document.documentElement.dataset.theme ?? 'none';
				}).observe(document, { childList: true, subtree: true });
			});
			await page.reload();
			expect(await page.evaluate(() => window.themeAtFirst)).toBe(scheme);
			await app.settled();
		});

		test(`US-11.4 a theme chosen against the ${scheme} system stays`, async ({ page, app }) => {
			const other = scheme === 'light' ? 'dark' : 'light';
			await page.getByRole('button', { name: `Switch to the ${other} theme` }).click();
			await page.reload();
			await app.settled();
			await expect.poll(() => theme(page)).toBe(other);
			await expect(page.getByRole('button', { name: `Switch to the ${scheme} theme` })).toBeVisible();
		});

		test(`US-11.5 nothing serious is wrong with the ${scheme} theme`, async ({ app, page }) => {
			await expectAccessible(page, 'grid');
			await app.setMode('seed', 'Multi');
			await app.openFilter('seed');
			await app.openDrawer();
			await expectAccessible(page, 'drawer and an open filter');
			await app.drawer.getByRole('button', { name: 'Save as a new preset' }).click();
			await expect(page.getByRole('dialog', { name: 'Save as a new preset' })).toBeVisible();
			await expectAccessible(page, 'dialog');
			await page.keyboard.press('Escape');
			await app.closeDrawer();
			await page.getByRole('button', { name: 'Checkpoints', exact: true }).click();
			await expect(app.checkpoints.locator('dt').first()).toBeVisible();
			await expectAccessible(page, 'checkpoint panel');
			await app.checkpoints.getByRole('button', { name: 'close' }).click();
			await app.cell(1, 1).getByRole('button', { name: /^Open/ }).click();
			await app.lightbox.showMetadata();
			await expect(app.lightbox.metadata).toContainText('Seed');
			await expectAccessible(page, 'lightbox with metadata');
			await page.keyboard.press('Escape');
			await app.chooseRun(EMPTY.name);
			await expectAccessible(page, 'a run without images');
		});

		test(`nothing serious is wrong with dialogs and with what a picture’s place says in the ${scheme} theme`, async ({ app, page, guard }) => {
			guard.allow(/status of 415 .*seed%3D2/);
			await page.keyboard.press('?');
			await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible();
			await expectAccessible(page, 'keys');
			await page.keyboard.press('Escape');
			await page.getByRole('button', { name: 'Settings of this browser' }).click();
			await expect(page.getByRole('dialog', { name: 'Settings of this browser' })).toBeVisible();
			await expectAccessible(page, 'settings');
			await page.keyboard.press('Escape');
			await app.rowHeader('lighthouse').hover();
			await expect(page.getByTestId('prompt-text')).toBeVisible();
			await expectAccessible(page, 'text of a prompt');
			await app.moveTo(app.master, LANTERN.checkpoints.indexOf('2000'));
			await app.settled();
			await expectAccessible(page, 'a missing picture');
			await page.getByRole('button', { name: 'Play through checkpoint' }).click();
			await expectAccessible(page, 'playing');
			await page.getByRole('button', { name: 'Checkpoints', exact: true }).click();
			await app.pick(app.checkpoints.getByTestId('compare-select'), '1000');
			await expect(app.checkpoints.getByTestId('differences')).toBeVisible();
			await expectAccessible(page, 'two checkpoints compared');
			await app.checkpoints.getByRole('button', { name: 'close' }).click();
			await app.chooseRun(DAMAGED.name);
			await expectAccessible(page, 'a damaged picture');
			await page.goto('/?run=gone');
			await expect(page.getByRole('status')).toContainText('not here');
			await expectAccessible(page, 'a link to nowhere');
		});

		test.describe('on a phone', () => {
			test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
			test(`nothing serious is wrong on a phone in the ${scheme} theme`, async ({ app, page }) => {
				await expectAccessible(page, 'grid');
				await page.getByRole('button', { name: 'Size of the cells' }).tap();
				await expect(page.getByRole('slider', { name: 'Size of the cells' })).toBeVisible();
				await expectAccessible(page, 'size of the cells');
				await page.getByRole('button', { name: 'Size of the cells' }).tap();
				await app.openFilter('checkpoint');
				await expectAccessible(page, 'an open filter');
				await app.filter('checkpoint').click();
				await page.getByRole('button', { name: 'Checkpoints', exact: true }).tap();
				await expect(app.checkpoints.locator('dt').first()).toBeVisible();
				await expectAccessible(page, 'checkpoint panel');
				await app.checkpoints.getByRole('button', { name: 'close' }).tap();
				await app.openDrawer();
				await expectAccessible(page, 'drawer');
				await app.closeDrawer();
				await app.cells.first().getByRole('button', { name: /^Open/ }).click();
				await app.lightbox.showMetadata();
				await expectAccessible(page, 'lightbox with metadata');
			});
		});
	});
}
