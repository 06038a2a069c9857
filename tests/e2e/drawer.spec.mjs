import { expect, test } from './support/test.mjs';

test('US-12.1 the drawer holds run, presets and dimensions, from top to bottom', async ({ app }) => {
	await app.openDrawer();
	await expect.poll(async () => (await app.drawer.boundingBox()).x).toBe(0);
	const tops = [];
	for (const name of ['Training run', 'Preset', 'Dimensions']) {
		tops.push((await app.drawer.getByRole('region', { name, exact: true }).boundingBox()).y);
	}
	expect(tops).toEqual(tops.toSorted((a, b) => a - b));
	await expect(app.drawer.getByRole('region', { name: 'Training run' }).getByTestId('run-select')).toBeVisible();
	await expect(app.drawer.getByRole('region', { name: 'Preset' }).getByTestId('preset-select')).toBeVisible();
	await expect(app.dimension('seed')).toBeVisible();
});

test('US-12.2 a button in the header opens and closes it', async ({ app, page }) => {
	const button = page.getByRole('banner').getByRole('button', { name: 'Open the controls' });
	await expect(app.drawer).toBeHidden();
	await button.click();
	await expect(app.drawer).toBeVisible();
	await page.getByRole('banner').getByRole('button', { name: 'Close the controls' }).click();
	await expect(app.drawer).toBeHidden();
});

test('US-12.3 it lies over the content and does not push the grid', async ({ app, page }) => {
	const boxes = async () => {
		const all = [];
		for (const cell of await app.cells.all()) all.push(await cell.boundingBox());
		return all;
	};
	const before = await boxes();
	await app.openDrawer();
	const { x, y } = before[0];
	const covers = () =>
		page.evaluate(
			([x, y]) => document.elementFromPoint(x, y).closest('[role="dialog"]')?.getAttribute('aria-label'),
			[x + 5, y + 5],
		);
	await expect.poll(covers).toBe('Controls');
	expect(await boxes()).toEqual(before);
});

test('US-12.5 the filters stay in the main area', async ({ app, page }) => {
	await app.setMode('seed', 'Multi');
	await app.openDrawer();
	await expect(page.getByRole('main').getByRole('button', { name: /^Filter seed\b/ })).toBeVisible();
	await expect(app.drawer.getByRole('button', { name: /^Filter / })).toHaveCount(0);
	await app.filter('seed').click();
	await expect(page.getByRole('main').getByRole('group', { name: 'Values of seed' })).toBeVisible();
});

test('a select tells a screen reader which option the arrows have reached', async ({ app, page }) => {
	await app.openDrawer();
	const select = app.drawer.getByRole('combobox', { name: 'Role of seed' });
	await select.click();
	const options = page.getByRole('listbox', { name: 'Role of seed' });
	await expect(options).toBeVisible();
	await expect(select).toHaveAttribute('aria-controls', await options.getAttribute('id'));
	const reached = () => select.evaluate((box) => document.getElementById(box.getAttribute('aria-activedescendant'))?.innerText);
	await expect.poll(reached).toBe('None');
	for (const [key, text] of [
		['ArrowUp', 'Slider'],
		['ArrowUp', 'Y axis'],
		['ArrowDown', 'Slider'],
	]) {
		await page.keyboard.press(key);
		await expect.poll(reached).toBe(text);
	}
	await page.keyboard.press('Escape');
	await expect(select).not.toHaveAttribute('aria-activedescendant');
});

test.describe('on a first visit', () => {
	test.use({ remembered: {} });
	for (const [width, isOpen] of [
		[1023, false],
		[1024, true],
	]) {
		test(`US-12.4 at a width of ${width} the drawer is ${isOpen ? 'open' : 'closed'}`, async ({ app, page }) => {
			await page.setViewportSize({ width, height: 800 });
			await page.reload();
			await app.settled();
			await expect(app.drawer).toBeVisible({ visible: isOpen });
		});
	}
});

test.describe('on a phone', () => {
	test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, remembered: {} });
	test('a run is chosen, moved through and looked at by touch', async ({ app, page }) => {
		await page.getByTestId('menu').tap();
		await app.runSelect.tap();
		await page.locator('.n-base-select-option').filter({ hasText: 'lora/Tinte' }).tap();
		await expect(app.drawer).toBeHidden();
		await app.settled();
		await app.cells.first().getByRole('button', { name: /^Open/ }).tap();
		await app.lightbox.expectPicture('ink final 50% "off" #1+1, strength 0.5');
		await app.lightbox.root.getByRole('button', { name: 'Close', exact: true }).tap();
		await expect(app.lightbox.root).toHaveCount(0);
		expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
	});
});
