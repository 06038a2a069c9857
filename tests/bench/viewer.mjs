// Measures the viewer in Chromium, through nginx. Prints rows for the table of docs/performance.md.
//
// viewer.mjs DIRECTORY [TREE]: keeps its pictures in DIRECTORY; TREE is one of make-tree's.
// BENCH_SCRUB_SECONDS: how long the slider is moved to and fro before memory is measured (600).
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { root, startStack } from '../api/stack.mjs';
import { makeHugeRun } from '../e2e/support/hugeRun.mjs';
import { makeLargeRun } from './large-run.mjs';

const { chromium } = createRequire(path.join(root, 'web/package.json'))('@playwright/test');

const place = path.resolve(process.argv[2] ?? path.join(root, 'build/bench/viewer'));
const scrubSeconds = Number(process.env.BENCH_SCRUB_SECONDS ?? 600);
const hugeTree = process.argv[3] && path.resolve(process.argv[3]);
const PROMPTS = ['desert_rain', 'fjord_aurora', 'forest_portals', 'glass_botanist', 'harbour_at_dusk'];
const SEEDS = ['420', '421', '422', '423', '424'];
const STEPS = 24;

const say = (text) => process.stderr.write(`${text}\n`);
const quantile = (values, at) => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * at))];
const summary = (values) => ({ median: quantile(values, 0.5), p95: quantile(values, 0.95) });

const FIT = { width: 1920, height: 1080 };

async function newPage(browser, { budget, run, prompts = PROMPTS, seeds = SEEDS, selection = true, fit = false } = {}) {
	const context = await browser.newContext({ viewport: fit ? FIT : { width: 1600, height: 1500 } });
	await context.addInitScript(({ view, budget, run, fit }) => {
		localStorage.setItem('checkpoint-sampler.drawer', 'false');
		if (!fit) localStorage.setItem('checkpoint-sampler.cell-width', '240');
		if (view) localStorage.setItem('checkpoint-sampler.view', JSON.stringify(view));
		if (run) {
			localStorage.setItem('checkpoint-sampler.run', JSON.stringify(run));
			localStorage.setItem('checkpoint-sampler.only-with-samples', 'false');
		}
		if (budget) localStorage.setItem('checkpoint-sampler.picture-budget', String(budget));
	}, {
		budget,
		run,
		fit,
		view: selection ? {
			roles: { x: 'seed', y: 'prompt_name', slider: 'checkpoint' },
			selections: [['prompt_name', prompts], ['seed', seeds]],
		} : undefined,
	});
	const page = await context.newPage();
	page.on('pageerror', (error) => say(`page error: ${error}`));
	return page;
}

const gridIsComplete = (count) => {
	const cells = [...document.querySelectorAll('[data-testid="cell"]')];
	return cells.length >= count && cells.every((cell) => cell.dataset.status === 'ready' || cell.dataset.status === 'missing');
};

async function showRun(page, stack, count) {
	await page.goto(stack.url);
	await page.waitForFunction(gridIsComplete, count, { timeout: 120_000 });
}

/** All that is on its way has arrived: no request for a second. */
async function rest(page) {
	let last = Date.now();
	let open = 0;
	const begun = () => { open++; last = Date.now(); };
	const done = () => { open--; last = Date.now(); };
	page.on('request', begun);
	page.on('requestfinished', done);
	page.on('requestfailed', done);
	while (open > 0 || Date.now() - last < 1500) await new Promise((resolve) => setTimeout(resolve, 100));
	page.off('request', begun);
	page.off('requestfinished', done);
	page.off('requestfailed', done);
}

/** Milliseconds from a key on the master slider to the frame in which every visible cell has its new picture. */
async function measureSteps(page, keys, pause = 120) {
	await page.evaluate(() => {
		const isFirst = window.steps === undefined;
		window.steps = [];
		if (!isFirst) return;
		window.addEventListener('keydown', (event) => {
			const began = event.timeStamp;
			const before = [...document.querySelectorAll('[data-testid="cell"] img')].map((image) => image.src);
			const look = () => {
				const images = [...document.querySelectorAll('[data-testid="cell"] img')];
				const isNew = images.every((image, at) => image.complete && image.src !== before[at]);
				const isReady = [...document.querySelectorAll('[data-testid="cell"]')].every(({ dataset }) => dataset.status === 'ready');
				if (!isNew || !isReady) requestAnimationFrame(look);
				else requestAnimationFrame(() => window.steps.push(performance.now() - began));
			};
			requestAnimationFrame(look);
		}, { capture: true });
	});
	await page.locator('[role="group"] [role="slider"]').first().focus();
	for (const key of keys) {
		const count = await page.evaluate(() => window.steps.length);
		await page.keyboard.press(key);
		await page.waitForFunction((count) => window.steps.length > count, count, { timeout: 60_000 });
		await page.waitForTimeout(pause);
	}
	return page.evaluate(() => window.steps);
}

/** The same 25 images, their src swapped to originals on a page without anything else. */
async function measureBaseline(browser, stack, rounds) {
	const page = await newPage(browser);
	await page.goto(`${stack.url}/health`);
	const runs = await (await fetch(`${stack.url}/api/training-runs`)).json();
	const scan = await (await fetch(`${stack.url}/api/training-runs/${runs.find(({ name }) => name === 'large').id}/scan`)).json();
	const urls = scan.images
		.filter(({ dimensions }) => PROMPTS.includes(dimensions.prompt_name) && SEEDS.includes(dimensions.seed))
		.map(({ relative_path, dimensions, version }) => ({
			step: dimensions.checkpoint,
			url: `/api/images/${relative_path.split('/').map(encodeURIComponent).join('/')}?v=${version}`,
		}));
	const steps = [...new Set(urls.map(({ step }) => step))].slice(0, rounds).map((step) => urls.filter((each) => each.step === step).map(({ url }) => url));
	const times = [];
	await page.evaluate(() => {
		document.body.replaceChildren(...Array.from({ length: 25 }, () => {
			const image = new Image(240, 240);
			image.decoding = 'sync';
			return image;
		}));
	});
	for (const step of steps) {
		times.push(await page.evaluate(async (step) => {
			const began = performance.now();
			await Promise.all([...document.images].map((image, at) => new Promise((resolve) => {
				image.onload = resolve;
				image.src = step[at];
			})));
			await Promise.all([...document.images].map((image) => image.decode()));
			await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
			return performance.now() - began;
		}, step));
	}
	await page.context().close();
	return times;
}

/** Lengths of the frames while something is done. */
async function framesDuring(page, act) {
	await page.evaluate(() => {
		window.frames_ = [];
		let last;
		const frame = (now) => {
			if (last !== undefined) window.frames_.push(now - last);
			last = now;
			if (!window.isDone) requestAnimationFrame(frame);
		};
		window.isDone = false;
		requestAnimationFrame(frame);
	});
	await act();
	return page.evaluate(() => {
		window.isDone = true;
		return window.frames_;
	});
}

/** While the mouse drags along `box`, both ways. */
function measureFrames(page, box) {
	return framesDuring(page, async () => {
		await page.mouse.move(box.x, box.y);
		await page.mouse.down();
		for (const to of [box.x + box.width, box.x]) await page.mouse.move(to, box.y, { steps: 120 });
		await page.mouse.up();
	});
}

/** While the wheel scrolls 18,000 pixels down. */
function measureScrolling(page) {
	return framesDuring(page, async () => {
		await page.mouse.move(800, 800);
		for (let turn = 0; turn < 150; turn++) await page.mouse.wheel(0, 120);
	});
}

async function sliderBox(page) {
	const rail = await page.locator('[role="group"] .n-slider').first().boundingBox();
	return { x: rail.x + 2, y: rail.y + rail.height / 2, width: rail.width - 4 };
}

/** Milliseconds from the click on a run to its first complete grid. */
async function measureRunClick(page, name) {
	await page.getByTestId('menu').click();
	await page.getByTestId('run-select').click();
	const option = page.getByText(name, { exact: true }).last();
	await option.waitFor();
	await page.evaluate((name) => {
		window.runShown = undefined;
		window.addEventListener('click', (event) => {
			const began = event.timeStamp;
			const look = () => {
				const cells = [...document.querySelectorAll('[data-testid="cell"]')];
				const isThere = document.querySelector('[data-testid="current-run"]')?.textContent.trim() === name;
				if (isThere && cells.length > 0 && cells.every(({ dataset }) => ['ready', 'missing'].includes(dataset.status))) {
					requestAnimationFrame(() => { window.runShown = performance.now() - began; });
				} else requestAnimationFrame(look);
			};
			requestAnimationFrame(look);
		}, { capture: true, once: true });
	}, name);
	await option.click();
	await page.waitForFunction(() => window.runShown !== undefined, undefined, { timeout: 120_000 });
	const took = await page.evaluate(() => window.runShown);
	await page.getByTestId('menu').click();
	return took;
}

/** Bytes of the processes that show the pages: their own, and decoded images, which Chromium shares with the one that draws. */
async function browserBytes(browserPid) {
	const lines = execFileSync('ps', ['-eo', 'pid,ppid,args'], { encoding: 'utf8' }).split('\n').slice(1);
	const processes = lines.map((line) => line.trim().match(/^(\d+)\s+(\d+)\s+(.*)$/)).filter(Boolean)
		.map(([, pid, parent, args]) => ({ pid: Number(pid), parent: Number(parent), args }));
	const family = new Set([browserPid]);
	for (let size = 0; size !== family.size;) {
		size = family.size;
		for (const { pid, parent } of processes) if (family.has(parent)) family.add(pid);
	}
	let bytes = 0;
	for (const { pid, args } of processes) {
		if (!family.has(pid) || !/--type=(renderer|gpu-process)/.test(args)) continue;
		// A page that several map counts once in all.
		const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
		for (const kind of ['Pss_Anon', 'Pss_Shmem']) {
			bytes += Number(rollup.match(new RegExp(`^${kind}:\\s+(\\d+)`, 'm'))?.[1] ?? 0) * 1024;
		}
	}
	return bytes;
}

/** Bytes by what Chromium's own accounts (memory-infra) name them, of all processes: JavaScript and decoded images. */
async function accounts(browser) {
	const session = await browser.newBrowserCDPSession();
	const events = [];
	session.on('Tracing.dataCollected', ({ value }) => events.push(...value));
	const ended = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
	await session.send('Tracing.start', {
		transferMode: 'ReportEvents',
		traceConfig: { includedCategories: ['disabled-by-default-memory-infra'], excludedCategories: ['*'], memoryDumpConfig: {} },
	});
	const { success } = await session.send('Tracing.requestMemoryDump', { levelOfDetail: 'detailed' });
	await session.send('Tracing.end');
	await ended;
	await session.detach();
	if (!success) throw new Error('Chromium gave no account of its memory');
	const entries = events.flatMap((event) => Object.entries(event.args?.dumps?.allocators ?? {}));
	const sum = (name) => entries.filter(([key]) => name.test(key))
		.reduce((bytes, [, { attrs }]) => bytes + Number.parseInt(attrs?.size?.value ?? '0', 16), 0);
	// What a page has decoded is in memory that Chromium's main process keeps the books of, by process.
	return { heap: sum(/^v8$/), decoded: sum(/^discardable\/process_[^/]+$/) };
}

async function memoryOf(browser, browserPid) {
	return { ...(await accounts(browser)), processes: await browserBytes(browserPid) };
}

async function runsOf(stack) {
	return (await fetch(`${stack.url}/api/training-runs`)).json();
}

/** A stack on a tree with the large run's other one to come from; its cache is empty. */
async function stackOn(tree, name) {
	const data = path.join(place, 'data', name);
	await rm(data, { recursive: true, force: true });
	await mkdir(data, { recursive: true });
	return startStack({
		place: data,
		config: {
			checkpoint_dirs: [...new Set([path.join(tree, 'checkpoints'), path.join(place, 'checkpoints')])],
			sample_dir: path.join(tree, 'samples'),
			db_path: path.join(data, 'bench.db'),
			workflow_dir: path.join(data, 'workflows'),
		},
	});
}

/** A page that shows another run; the click on `name` is what is measured. */
async function clickOn(browser, stack, name, options) {
	const elsewhere = (await runsOf(stack)).find((run) => run.name === 'elsewhere');
	const page = await newPage(browser, { ...options, run: elsewhere.id });
	await page.goto(stack.url);
	await page.getByText('elsewhere').first().waitFor();
	const took = await measureRunClick(page, name);
	return { page, took };
}

const masterKeys = (count) => [...Array(count).fill('ArrowLeft'), ...Array(count).fill('ArrowRight')];

async function measureLarge(browser, pid) {
	const stack = await stackOn(place, 'large');
	try {
		const cold = await clickOn(browser, stack, 'large');
		say(`first grid, previews cold: ${cold.took.toFixed(0)} ms`);
		await rest(cold.page);
		await cold.page.context().close();
		const { page, took } = await clickOn(browser, stack, 'large');
		say(`previews warm: ${took.toFixed(0)} ms`);
		await rest(page);
		const baseline = summary(await measureBaseline(browser, stack, 9));
		const steps = summary(await measureSteps(page, masterKeys(STEPS - 1)));
		// Originals are on their way, or have just come.
		const paused = summary(await measureSteps(page, masterKeys(6), 1000));
		say(`steps ${JSON.stringify(steps)}, baseline ${JSON.stringify(baseline)}`);
		const box = await sliderBox(page);
		const empty = await newPage(browser);
		await empty.goto(`${stack.url}/health`);
		const emptyFrames = summary(await measureFrames(empty, box));
		await empty.context().close();
		const frames = summary(await measureFrames(page, box));
		say(`frames ${JSON.stringify(frames)}, empty ${JSON.stringify(emptyFrames)}`);
		const end = performance.now() + scrubSeconds * 1000;
		while (performance.now() < end) {
			await measureFrames(page, box);
			await page.waitForTimeout(700);
		}
		const memory = await memoryOf(browser, pid);
		say(`memory ${JSON.stringify(memory)}`);
		await page.context().close();
		const small = await newPage(browser, { budget: 100, prompts: PROMPTS.slice(1) });
		await showRun(small, stack, 20);
		await rest(small);
		const kept = summary(await measureSteps(small, masterKeys(8)));
		await small.context().close();
		const wide = await newPage(browser, { fit: true, seeds: SEEDS.slice(0, 3), prompts: PROMPTS.slice(0, 3) });
		await showRun(wide, stack, 6);
		await rest(wide);
		const fitted = summary(await measureSteps(wide, masterKeys(8)));
		await wide.context().close();
		return { cold: cold.took, warm: took, steps, baseline, frames, emptyFrames, memory, kept, paused, fitted };
	} finally {
		await stack.stop();
	}
}

async function measureHuge(browser) {
	const stack = await stackOn(hugeTree, 'huge');
	try {
		const { name } = (await runsOf(stack)).find((run) => run.has_samples);
		// Once for nothing: the server's first scan of the tree is a figure of its own.
		await (await clickOn(browser, stack, name, { selection: false })).page.context().close();
		const { page, took } = await clickOn(browser, stack, name, { selection: false });
		await rest(page);
		const steps = summary(await measureSteps(page, masterKeys(10)));
		await page.context().close();
		return { took, steps };
	} finally {
		await stack.stop();
	}
}

/** Frames of scrolling a grid of 2,000 × 20 cells, and a page as high that is empty. */
async function measureGridScroll(browser) {
	const tree = path.join(place, 'grid');
	await rm(tree, { recursive: true, force: true });
	for (const each of ['checkpoints', 'samples']) await mkdir(path.join(tree, each), { recursive: true });
	await makeHugeRun(tree);
	const stack = await stackOn(tree, 'grid-data');
	try {
		const page = await newPage(browser, { selection: false, run: (await runsOf(stack)).find(({ name }) => name === 'huge').id });
		await showRun(page, stack, 20);
		await rest(page);
		const height = await page.evaluate(() => document.documentElement.scrollHeight);
		const frames = summary(await measureScrolling(page));
		const scrolled = await page.evaluate(() => window.scrollY);
		if (scrolled < 15_000) throw new Error(`the grid was scrolled by ${scrolled} pixels only`);
		await page.context().close();
		const empty = await newPage(browser);
		await empty.goto(`${stack.url}/health`);
		await empty.evaluate((height) => (document.body.style.height = `${height}px`), height);
		const emptyFrames = summary(await measureScrolling(empty));
		await empty.context().close();
		return { frames, emptyFrames };
	} finally {
		await stack.stop();
	}
}

function row(what, figure, baseline, limit, target) {
	const text = (value) => (value === undefined ? '' : `${value.toFixed(0)} ms`);
	const ratio = baseline === undefined ? '' : (figure / baseline).toFixed(2);
	const isMet = (baseline === undefined ? figure : figure / baseline) <= limit;
	return `| ${what} | ${text(figure)} | ${text(baseline)} | ${ratio} | ${target} | ${isMet ? 'met' : 'missed'} |`;
}

await makeLargeRun(place);
const server = await chromium.launchServer({
	executablePath: '/usr/bin/chromium',
	args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
		'--disable-component-update', '--disable-sync', '--enable-precise-memory-info'],
});
const browser = await chromium.connect(server.wsEndpoint());
try {
	const large = await measureLarge(browser, server.process().pid);
	const { steps, baseline, frames, emptyFrames, memory } = large;
	const bytes = memory.heap + memory.decoded;
	const lines = [
		row('Slider step, 25 cells painted, median', steps.median, baseline.median, 0.05, 'at most 0.05'),
		row('The same, p95', steps.p95, baseline.median, 0.05, 'at most 0.05'),
		row('The same where only ±8 positions fit the budget, p95', large.kept.p95, baseline.median, 0.05, 'at most 0.05'),
		row('The same after a rest of a second, p95', large.paused.p95, baseline.median, 0.05, 'at most 0.05'),
		row('The same, 3 columns on Fit at 1920 × 1080, p95', large.fitted.p95, baseline.median, 0.05, 'at most 0.05'),
		row('Frame while the slider is dragged, median', frames.median, emptyFrames.median, 1.3, 'at most 1.30'),
		row('The same, p95', frames.p95, emptyFrames.median, 3, 'at most 3.00'),
		row('Click on a run until its first grid, previews warm', large.warm, undefined, 1000, 'at most 1 s'),
		row('The same, previews cold', large.cold, undefined, 4000, 'at most 4 s'),
		`| JavaScript and decoded images after ${scrubSeconds} s of scrubbing | ${(bytes / 1e6).toFixed(0)} MB | | | under 700 MB | ${bytes < 700e6 ? 'met' : 'missed'} |`,
		`| The same time: all memory of renderers and compositor | ${(memory.processes / 1e6).toFixed(0)} MB | | |  |  |`,
	];
	const scrolling = await measureGridScroll(browser);
	lines.push(
		row('Frame while 2,000 × 20 cells are scrolled by wheel, median', scrolling.frames.median, scrolling.emptyFrames.median, 1.3, 'at most 1.30'),
		row('The same, p95', scrolling.frames.p95, scrolling.emptyFrames.median, 3, 'at most 3.00'),
	);
	if (hugeTree) {
		const huge = await measureHuge(browser);
		lines.push(
			row('100,000 images: click until the first grid', huge.took, undefined, 2000, 'at most 2 s'),
			row('100,000 images: slider step, p95', huge.steps.p95, undefined, 100, 'at most 100 ms'),
		);
	}
	process.stdout.write(`${lines.join('\n')}\n`);
} finally {
	await browser.close();
	await server.close();
}
