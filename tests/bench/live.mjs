// Measures how a page bears a burst of new images: node live.mjs TREE. Prints rows of docs/performance.md's table.
//
// TREE is one of make-tree's; the 1,000 files are written into it, and taken away again.
import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { makePlace, root, startStack } from '../api/stack.mjs';

const { chromium } = createRequire(path.join(root, 'web/package.json'))('@playwright/test');

const FILES = 1000;
const tree = path.resolve(process.argv[2]);
const quantile = (values, at) => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * at))];

/** Run in the page: collects frames and long tasks until `stop` is called. */
function watchFrames() {
	const seen = { frames: [], longTasks: [] };
	const observer = new PerformanceObserver((list) => seen.longTasks.push(...list.getEntries().map(({ duration }) => duration)));
	observer.observe({ entryTypes: ['longtask'] });
	let last = performance.now();
	const look = (now) => {
		seen.frames.push(now - last);
		last = now;
		seen.request = requestAnimationFrame(look);
	};
	seen.request = requestAnimationFrame(look);
	window.stopWatching = () => {
		cancelAnimationFrame(seen.request);
		return { frames: seen.frames.slice(1), longTasks: seen.longTasks };
	};
}

/** Frames of a page that shows the first run of a place while `FILES` files of `directory` come within a second. */
async function measure(browser, place, directory) {
	const stack = await startStack({
		config: { checkpoint_dirs: [path.join(place, 'checkpoints')], sample_dir: path.join(place, 'samples') },
	});
	const names = Array.from({ length: FILES }, (_, seed) => `prompt_name=burst&seed=${seed + 100_000}.png`);
	const target = path.join(place, 'samples', directory);
	const template = await readFile(path.join(target, readdirSync(target).find((name) => name.endsWith('.png'))));
	const page = await (await browser.newContext({ viewport: { width: 1600, height: 1000 } })).newPage();
	try {
		await page.goto(stack.url);
		await page.locator('[data-testid="live"][data-state="live"]').waitFor({ timeout: 60_000 });
		await page.locator('[role="gridcell"]').first().waitFor({ timeout: 60_000 });
		await page.waitForLoadState('networkidle');
		const counted = async () => Number((await page.getByText(/^[\d,]+ images$/).innerText()).replace(/\D/g, ''));
		const before = await counted();
		await page.evaluate(watchFrames);
		await page.waitForTimeout(3000);
		const idle = await page.evaluate(() => window.stopWatching());
		await page.evaluate(watchFrames);
		const began = performance.now();
		for (let at = 0; at < FILES; at++) {
			writeFileSync(path.join(target, `.${at}`), template);
			renameSync(path.join(target, `.${at}`), path.join(target, names[at]));
			if (at % 50 === 49) await new Promise((resolve) => setTimeout(resolve, Math.max(0, at - (performance.now() - began))));
		}
		const written = performance.now() - began;
		while ((await counted()) < before + FILES) await page.waitForTimeout(20);
		const shown = performance.now() - began - written;
		return { idle, burst: await page.evaluate(() => window.stopWatching()), written, shown, before };
	} finally {
		await page.context().close();
		await stack.stop();
		for (const name of names) rmSync(path.join(target, name), { force: true });
	}
}

function rows({ idle, burst, written, shown, before }) {
	const total = (tasks) => tasks.reduce((sum, each) => sum + each, 0);
	const frame = (at, limit) => {
		const [ours, theirs] = [quantile(burst.frames, at), quantile(idle.frames, at)];
		return `${ours.toFixed(0)} ms | ${theirs.toFixed(0)} ms | ${(ours / theirs).toFixed(2)} | at most ${limit.toFixed(2)} | ${ours / theirs <= limit ? 'met' : 'missed'} |`;
	};
	const longest = Math.max(0, ...burst.longTasks);
	const what = `1,000 new images in ${(written / 1000).toFixed(1)} s, ${before.toLocaleString('en')} there`;
	return [
		`| ${what}: frame, median | ${frame(0.5, 1.3)}`,
		`| The same, p95 | ${frame(0.95, 3)}`,
		`| The same: tasks over 50 ms | ${burst.longTasks.length}, ${total(burst.longTasks).toFixed(0)} ms in all, the longest ${longest.toFixed(0)} ms | | | | |`,
		`| The same: the last file until it is counted | ${shown.toFixed(0)} ms | | | at most 2 s | ${shown <= 2000 ? 'met' : 'missed'} |`,
	];
}

/** A run as small as most are. */
async function makeSmall() {
	const place = await makePlace();
	const [file] = readdirSync(path.join(tree, 'samples'));
	const source = path.join(tree, 'samples', file);
	const image = await readFile(path.join(source, readdirSync(source)[0]));
	for (const step of [1, 2, 3, 4]) {
		const name = `small-step0000000${step}.safetensors`;
		writeFileSync(path.join(place, 'checkpoints', name), '\x02\0\0\0\0\0\0\0{}');
		await mkdir(path.join(place, 'samples', name));
		for (let seed = 0; seed < 60; seed++) {
			for (const prompt of ['a', 'b', 'c', 'd']) {
				writeFileSync(path.join(place, 'samples', name, `prompt_name=${prompt}&seed=${seed}.png`), image);
			}
		}
	}
	return place;
}

const browser = await chromium.launch({
	executablePath: '/usr/bin/chromium',
	args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
});
const small = await makeSmall();
try {
	for (const [place, directory] of [[small, 'small-step00000004.safetensors'], [tree, readdirSync(path.join(tree, 'samples')).sort().at(-1)]]) {
		process.stdout.write(`${rows(await measure(browser, place, directory)).join('\n')}\n`);
	}
} finally {
	await browser.close();
	rmSync(small, { recursive: true });
}
