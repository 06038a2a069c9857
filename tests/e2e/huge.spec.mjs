// A grid of 2,000 rows and 20 columns: what is in the document stays small, and every cell is in reach.
import { linkSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makePlace, startStack } from '../api/stack.mjs';
import { codedPicture, readCode } from './support/picture.mjs';
import { decodePng } from './support/png.mjs';
import { expect, test as base } from './support/test.mjs';

const ROWS = 2000;
const COLUMNS = 20;
/** Neighbouring cells show different pictures; 64 rows on they repeat. */
const codeOf = (row, column) => [4, (row >> 3) & 7, row & 7, column & 7, 0, 0];

async function makeHugeRun(place) {
	const name = 'huge-step00000100.safetensors';
	const header = Buffer.from('{}');
	const length = Buffer.alloc(8);
	length.writeBigUInt64LE(BigInt(header.length));
	await writeFile(path.join(place, 'checkpoints', name), Buffer.concat([length, header]));
	const samples = path.join(place, 'samples', name);
	await mkdir(samples);
	const pictures = await mkdtemp(path.join(place, 'pictures-'));
	for (let row = 0; row < 64; row++)
		for (let column = 0; column < 8; column++)
			await writeFile(path.join(pictures, `${row}-${column}.png`), codedPicture(codeOf(row, column), { width: 96, height: 64 }));
	for (let row = 0; row < ROWS; row++)
		for (let column = 0; column < COLUMNS; column++)
			linkSync(path.join(pictures, `${row & 63}-${column & 7}.png`), path.join(samples, `row=${row}&column=${column}.png`));
}

const test = base.extend({
	stack: [
		async ({}, use) => {
			const place = await makePlace();
			try {
				await makeHugeRun(place);
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

// One stack for both tests.
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
