// A grid of 2,000 rows and 20 columns: what is in the document stays small, and every cell is in reach. And a run of large
// pictures: what is decoded stays within the budget.
import { linkSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makePlace, startStack } from '../api/stack.mjs';
import { addCheckpoint, codeOf, COLUMNS, makeHugeRun, ROWS } from './support/hugeRun.mjs';
import { readCode } from './support/picture.mjs';
import { decodePng, encodePng } from './support/png.mjs';
import { expect, test as base } from './support/test.mjs';

/** 16 MiB each when decoded. */
const LARGE = { name: 'large', size: 2048, count: 12 };

async function makeLargeRun(place) {
	const samples = await addCheckpoint(place, `${LARGE.name}-step00000100.safetensors`);
	const file = path.join(await mkdtemp(path.join(place, 'pictures-')), 'large.png');
	await writeFile(file, encodePng(LARGE.size, LARGE.size, Buffer.alloc(LARGE.size ** 2 * 3, 90)));
	for (let seed = 0; seed < LARGE.count; seed++)
		linkSync(file, path.join(samples, `seed=${seed & 3}&cfg=${seed >> 2}.png`));
}

const test = base.extend({
	stack: [
		async ({}, use) => {
			const place = await makePlace();
			try {
				await makeHugeRun(place);
				await makeLargeRun(place);
				const stack = await startStack({ place });
				try {
					await use(stack);
				} finally {
					await stack.stop();
				}
			} finally {
				await rm(place, { recursive: true, force: true });
			}
		},
		{ scope: 'worker', timeout: 60_000 },
	],
});

// One stack for all tests.
test.describe.configure({ mode: 'default' });

const nodes = (page) => page.evaluate(() => document.getElementsByTagName('*').length);
const cellAt = (page, row, column) =>
	page.locator(`[role="row"][aria-rowindex="${row + 2}"] [role="gridcell"][aria-colindex="${column + 2}"]`);
const pictureIn = (cell) => cell.getByRole('button', { name: /^Open/ });
const shown = async (page, cell) => {
	const rect = await cell.locator('img, canvas').boundingBox();
	// Nothing while one picture takes the place of another.
	return rect ? readCode(decodePng(await page.screenshot()), rect) : '';
};

test('2,000 × 20 cells take fewer than 5,000 nodes, wherever one has scrolled', async ({ app, page }) => {
	const grid = page.getByRole('grid');
	await expect(grid).toHaveAttribute('aria-rowcount', String(ROWS + 1));
	await expect(grid).toHaveAttribute('aria-colcount', String(COLUMNS + 1));
	const height = await page.evaluate(() => document.documentElement.scrollHeight);
	for (const part of [0, 0.13, 0.5, 0.77, 1]) {
		await page.evaluate((top) => window.scrollTo(1200, top), height * part);
		await app.settled();
		expect(await nodes(page), `nodes at ${part} of the page`).toBeLessThan(5000);
	}
	const last = cellAt(page, ROWS - 1, COLUMNS - 1);
	await page.evaluate(() => window.scrollTo(document.documentElement.scrollWidth, document.documentElement.scrollHeight));
	await app.settled();
	await expect.poll(() => shown(page, last)).toBe(codeOf(ROWS - 1, COLUMNS - 1).join(''));
});

test('the keyboard reaches the far corner of 2,000 × 20 cells and comes back', async ({ app, page }) => {
	await pictureIn(cellAt(page, 0, 0)).focus();
	await page.keyboard.press('Control+End');
	const last = cellAt(page, ROWS - 1, COLUMNS - 1);
	await expect(pictureIn(last)).toBeFocused();
	await expect(last).toBeInViewport();
	await app.settled();
	await expect.poll(() => shown(page, last)).toBe(codeOf(ROWS - 1, COLUMNS - 1).join(''));
	await page.keyboard.press('ArrowUp');
	await expect(pictureIn(cellAt(page, ROWS - 2, COLUMNS - 1))).toBeFocused();
	await page.keyboard.press('Control+Home');
	await expect(pictureIn(cellAt(page, 0, 0))).toBeFocused();
	await expect(cellAt(page, 0, 0)).toBeInViewport();
});

test('all rows but one fit into a URL: the view comes back on reload', async ({ app, page }) => {
	const grid = page.getByRole('grid');
	const rows = await app.openFilter('row');
	await rows.getByRole('checkbox', { name: 'Include row 5', exact: true }).click();
	await expect(grid).toHaveAttribute('aria-rowcount', String(ROWS));
	await expect(page).toHaveURL(/[?&]not\.row=5(&|$)/);
	const answer = await page.reload();
	expect(answer.status()).toBe(200);
	await app.settled();
	await expect(grid).toHaveAttribute('aria-rowcount', String(ROWS));
	await expect(app.rowHeader('4')).toBeVisible();
	await expect(app.rowHeader('5')).toHaveCount(0);
	// In another browser, which has nothing but the URL.
	const url = page.url();
	await page.evaluate(() => localStorage.removeItem('checkpoint-sampler.view'));
	await page.goto('about:blank');
	await app.open(url);
	await expect(grid).toHaveAttribute('aria-rowcount', String(ROWS));
	await expect(app.rowHeader('5')).toHaveCount(0);
});

test('half of the rows do not fit into a URL: the history has them', async ({ app, page }) => {
	const grid = page.getByRole('grid');
	const half = Array.from({ length: ROWS / 2 }, (_, row) => String(row * 2));
	await page.evaluate((values) => {
		const view = JSON.parse(localStorage.getItem('checkpoint-sampler.view') ?? '{}');
		localStorage.setItem('checkpoint-sampler.view', JSON.stringify({ ...view, selections: [['row', values]] }));
	}, half);
	await app.open('/');
	await expect(grid).toHaveAttribute('aria-rowcount', String(ROWS / 2 + 1));
	await expect(page).toHaveURL(/[?&]run=/);
	expect(page.url().length).toBeLessThan(8100);
	const answer = await page.reload();
	expect(answer.status()).toBe(200);
	await app.settled();
	await expect(grid).toHaveAttribute('aria-rowcount', String(ROWS / 2 + 1));
});

test('a row that was shown alone is in sight when the others come back', async ({ app, page }) => {
	const row = ROWS / 2;
	const top = await page.evaluate(() => document.documentElement.scrollHeight / 2);
	await page.evaluate((to) => window.scrollTo(0, to), top);
	await app.settled();
	await app.rowHeader(String(row)).click();
	await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '2');
	await app.rowHeader(String(row)).click();
	await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', String(ROWS + 1));
	await expect(app.rowHeader(String(row))).toBeInViewport();
	await app.settled();
	await expect.poll(() => shown(page, cellAt(page, row, 0))).toBe(codeOf(row, 0).join(''));
});

test.describe('large pictures', () => {
	test.use({ remembered: { drawer: false, 'cell-width': 160, 'picture-budget': 100 } });

	test('cells show as many originals as the chosen memory holds', async ({ app, page }) => {
		await app.chooseRun(LARGE.name);
		const originals = page.locator('[role="gridcell"][data-original]');
		await expect(app.cells).toHaveCount(LARGE.count);
		// Beside a preview for each cell.
		const most = Math.floor((100 - LARGE.count * 0.25) / 16);
		await expect(originals).toHaveCount(most);
		await page.getByRole('button', { name: 'Settings of this browser' }).click();
		const dialog = page.getByRole('dialog', { name: 'Settings of this browser' });
		await app.pick(dialog.locator('.n-select'), '400 MiB');
		await page.keyboard.press('Escape');
		await expect(originals).toHaveCount(LARGE.count);
		await page.reload();
		await app.settled();
		await expect(originals).toHaveCount(LARGE.count);
	});
});
