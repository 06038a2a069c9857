import { expect, test } from './support/test.mjs';

test('the API’s documentation is served, and asks nobody else', async ({ page }) => {
	await page.goto('/docs/');
	await expect(page.getByText('/api/training-runs/{id}/scan')).toBeVisible();
	await expect(page.getByText('/api/presets', { exact: true }).first()).toBeVisible();
});

test('the guard of these tests notices other origins, errors and what the policy refuses', async ({ page, guard, app }) => {
	expect(guard.faults).toEqual([]);
	await page.evaluate(() => fetch('http://127.0.0.2:1/elsewhere').catch(() => {}));
	await page.evaluate(() => console.error('deliberate'));
	await page.evaluate(() => setTimeout(() => { throw new Error('thrown'); }));
	await page.evaluate(() => {
		const script = document.createElement('script');
		script.textContent = '1';
		document.head.append(script);
	});
	const kinds = [/asked another origin: http:\/\/127\.0\.0\.2|connect-src/, /deliberate/, /uncaught: Error: thrown/, /Content Security Policy/];
	for (const kind of kinds) await expect.poll(() => guard.faults.some((fault) => kind.test(fault))).toBe(true);
	guard.allow(/./);
	await expect(app.cells).not.toHaveCount(0);
});

test('a server that cannot be reached is named, and the page recovers', async ({ page, app, guard, context }) => {
	guard.allow(/ERR_INTERNET_DISCONNECTED/);
	await app.inDrawer(async (drawer) => {
		await context.setOffline(true);
		await app.pick(app.runSelect, 'wide/gallery');
		await expect(page.getByRole('status')).toContainText('The server cannot be reached');
		await context.setOffline(false);
		await expect(app.cells.first()).toBeVisible();
		await expect(drawer).toBeVisible();
	});
});

test('what failed is tried again when it is asked for', async ({ page, app, guard }) => {
	guard.allow(/ERR_FAILED/);
	let asked = 0;
	await page.route('**/scan', (route) => {
		asked++;
		return route.abort();
	});
	await app.inDrawer(async (drawer) => {
		await app.pick(app.runSelect, 'wide/gallery');
		await expect(page.getByRole('status')).toContainText('The server cannot be reached');
		// The page tries by itself, too, but after ever longer pauses.
		await expect.poll(() => asked).toBe(4);
		await page.unroute('**/scan');
		await page.getByRole('button', { name: 'Try again' }).first().click();
		await expect(app.cells.first()).toBeVisible();
		await expect(drawer).toBeVisible();
	});
});

test('the code of what is not seen at first is there before it is needed', async ({ page, app, context }) => {
	await app.settled();
	await expect
		.poll(() => page.evaluate(() => performance.getEntriesByType('resource').some(({ name }) => /\/assets\/SettingsDialog-[^/]*\.js$/.test(name))))
		.toBe(true);
	// As it is when the server has been upgraded since: its old files are gone. Others may still be on their way here.
	await context.route('**/assets/SettingsDialog-*', (route) => route.fulfill({ status: 404 }));
	await page.getByRole('button', { name: 'Settings of this browser' }).click();
	await expect(page.getByTestId('settings')).toBeVisible();
});

test('a page whose code is gone says that it is to be loaded anew', async ({ page, app, guard, context }) => {
	guard.allow(/404|dynamically imported/);
	await context.route('**/assets/KeyboardHelp-*.js', (route) => route.fulfill({ status: 404 }));
	await page.reload();
	await app.settled();
	await page.keyboard.press('?');
	const notice = page.getByRole('dialog', { name: 'Not loaded' });
	await expect(notice).toContainText('Reload the page.');
	const loaded = page.waitForEvent('load');
	await notice.getByRole('button', { name: 'Reload the page' }).click();
	await loaded;
	await app.settled();
	await page.keyboard.press('?');
	await expect(notice).toBeVisible();
	await context.unroute('**/assets/KeyboardHelp-*.js');
	await page.keyboard.press('Escape');
	await expect(notice).toHaveCount(0);
	await page.keyboard.press('?');
	await expect(page.getByTestId('keyboard-help')).toBeVisible();
});
