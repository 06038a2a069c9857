import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually, makePlace, processesOf, startStack } from '../api/stack.mjs';
import { expectAccessible } from './support/axe.mjs';
import { LiveRun, picture } from './support/liveRun.mjs';
import { expect, test as base } from './support/test.mjs';

const test = base.extend({
	/** Trees that change are no other test's; and this stack can be restarted. */
	stack: [
		async ({}, use) => {
			const place = await makePlace();
			try {
				let launch = await startStack({ place });
				const restart = async (meanwhile) => {
					await launch.stop();
					await meanwhile();
					launch = await startStack({ place, config: { port } });
				};
				const { port } = launch;
				try {
					await use({ ...launch, restart });
				} finally {
					await launch.stop();
				}
			} finally {
				await rm(place, { recursive: true, force: true });
			}
		},
		{ scope: 'worker', timeout: 60_000 },
	],
	/** A run of the test's own: checkpoints 100 and 200, prompts b and d, seeds 2 and 4. */
	run: async ({ stack, guard }, use, info) => {
		const run = new LiveRun(stack, `t${info.line}-${info.testId.slice(-6)}-${info.repeatEachIndex}`, guard);
		await run.fill([100, 200], ['b', 'd'], [2, 4]);
		await use(run);
	},
});

const at = (checkpoint, prompt, seed, edition) => picture({ checkpoint, prompt, seed, edition });
const chip = (page) => page.getByTestId('live');
const expectState = (page, state) => expect(chip(page)).toHaveAttribute('data-state', state, { timeout: 30_000 });
const newest = (page) => page.getByTestId('newest');
/** Signals the one process whose command matches; those of pages that were closed may take a moment to go. */
const kill = async (stack, pattern, signal) => {
	const [{ pid }] = await eventually(`one ${pattern} runs`, async () => {
		const found = (await processesOf(stack.runtimeDirectory)).filter(({ command }) => pattern.test(command));
		return found.length === 1 && found;
	});
	process.kill(pid, signal);
	return pid;
};
/** From now on `window.states` has every state that the page shows, however briefly. */
const watchStates = (page) => page.evaluate(() => {
	window.states = [];
	const element = document.querySelector('[data-testid="live"]');
	new MutationObserver(() => window.states.push(element.dataset.state)).observe(element, { attributeFilter: ['data-state'] });
});
const WEBSOCKETD = /^websocketd /;
const WATCHER = /^\/.*bin\/watcher$/;
const FEED = /^\/.*bin\/feed$/;
/** What the browser reports by itself when a connection fails. */
const LOST = /WebSocket connection to .* failed|ERR_CONNECTION_REFUSED|ERR_INTERNET_DISCONNECTED|status of 50[0-9]/;

/** Values that a filter lists without a search. */
const LISTED = 200;

/** What the page has, told by its filters and its count of images; the same as a fresh scan has. */
async function expectLikeScan(app, run) {
	const { images, dimensions } = await run.scan();
	await expect(app.filters.getByText(`${images.length} images`)).toBeVisible();
	for (const { name, values } of dimensions) {
		if (values.length < 2) continue;
		await expect(app.filter(name)).toContainText(`all ${values.length}`);
		const group = await app.openFilter(name);
		const listed = (await group.getByRole('listitem').allInnerTexts()).map((text) => text.trim());
		expect(listed, name).toEqual(values.slice(0, LISTED));
		await app.filter(name).click();
	}
}

test('US-8.1 US-8.2 US-8.3 an image appears in its cell while it is looked at, when it is whole', async ({ app, run }) => {
	await run.addCheckpoint(300);
	await mkdir(run.directoryOf(300));
	await run.add({ checkpoint: 300, prompt: 'b', seed: 2 });
	await run.show(app);
	await expect(app.masterValue).toContainText('300');
	await app.expectPictures([
		[at(300, 'b', 2), 'no image'],
		['no image', 'no image'],
	]);
	await run.addSlowly({ checkpoint: 300, prompt: 'b', seed: 4 }, async () => {
		await run.add({ checkpoint: 300, prompt: 'd', seed: 2 });
		await app.expectPictures([
			[at(300, 'b', 2), at(300, 'd', 2)],
			['no image', 'no image'],
		]);
	});
	await app.expectPictures([
		[at(300, 'b', 2), at(300, 'd', 2)],
		[at(300, 'b', 4), 'no image'],
	]);
});

test('US-8.3 new values take their place in lists and axes, and a new checkpoint its place in the training', async ({ app, run, page }) => {
	await run.show(app);
	await expect(app.masterValue).toContainText('200');
	await run.fill([150, 1000], ['b', 'd'], [2]);
	await run.fill([200], ['c', 'a'], [10, 3]);
	await expect(app.masterValue).toContainText('3 of 4');
	await expect(app.masterValue).toContainText('200');
	await expectLikeScan(app, run);
	await app.expectPictures([
		['no image', at(200, 'b', 2), 'no image', at(200, 'd', 2)],
		[at(200, 'a', 3), 'no image', at(200, 'c', 3), 'no image'],
		['no image', at(200, 'b', 4), 'no image', at(200, 'd', 4)],
		[at(200, 'a', 10), 'no image', at(200, 'c', 10), 'no image'],
	]);
	await app.master.press('Home');
	await app.master.press('ArrowRight');
	await expect(app.masterValue).toContainText('150');
	await page.getByRole('button', { name: 'Checkpoints', exact: true }).click();
	await expect(app.checkpoints.getByText('1000', { exact: true })).toBeVisible();
});

test('US-8.3 a new dimension appears, and changes no axis', async ({ app, run, page }) => {
	await run.show(app);
	const url = page.url();
	await writeFile(
		path.join(run.directoryOf(200), 'prompt=b&seed=2&lora=x.png'),
		await import('./support/picture.mjs').then(({ codedPicture }) => codedPicture([7, 7, 7, 7, 7, 6])),
	);
	await expect(app.filters.getByTestId('choice')).toContainText('lora none 2/2');
	await app.expectPictures([
		[at(200, 'b', 2), at(200, 'd', 2)],
		[at(200, 'b', 4), at(200, 'd', 4)],
	]);
	await app.inDrawer(() => expect(app.dimension('lora')).toBeVisible());
	const roles = (from) => ['x', 'y', 'slider'].map((role) => new URL(from).searchParams.get(role));
	expect(roles(page.url())).toEqual(roles(url));
});

test('nothing that is looked at moves: slider, filters, scrolling and focus stay', async ({ app, run, page }) => {
	await run.fill([100, 200], ['b', 'c', 'd', 'e', 'f', 'g'], [2, 4, 6, 8, 10, 12]);
	await page.addInitScript(() => localStorage.setItem('checkpoint-sampler.cell-width', '300'));
	await run.show(app);
	await app.moveTo(app.master, 0);
	await app.openFilter('seed');
	await app.filters.getByRole('checkbox', { name: 'Include seed 12' }).click();
	await app.filter('seed').click();
	await page.evaluate(() => window.scrollTo(700, 900));
	const cell = page.getByRole('button', { name: 'Open seed 8, prompt e, checkpoint 100' });
	await cell.focus();
	await app.settled();
	const before = await cell.boundingBox();
	await run.fill([50, 300], ['a', 'b', 'ba', 'h'], [1, 3, 8, 20]);
	await run.fill([100], ['a', 'ba'], [1, 3, 8]);
	await expect(app.filters.getByText('110 images')).toBeVisible();
	await expect(app.filter('prompt')).toContainText('all 9');
	expect(await cell.boundingBox()).toEqual(before);
	await expect(cell).toBeFocused();
	await expect(app.masterValue).toContainText('100');
	// What was left out stays so, and who chose some values is not given others.
	await expect(app.filter('seed')).toContainText('5 of 9');
	await page.keyboard.press('ArrowRight');
	await expect(page.getByRole('button', { name: 'Open seed 8, prompt f, checkpoint 100' })).toBeFocused();
});

test('an open lightbox stays as it is, shows a replaced picture, and says when it is gone', async ({ app, run, page }) => {
	await run.show(app);
	await app.cell(0, 0).getByRole('button', { name: /^Open/ }).click();
	const { lightbox } = app;
	await lightbox.expectPicture(at(200, 'b', 2));
	const rect = await lightbox.rect();
	await lightbox.wheel({ x: rect.x + 30, y: rect.y + 30 }, -300);
	await expect.poll(() => lightbox.scale()).toBeGreaterThan(1);
	const [scale, placed] = [await lightbox.scale(), await lightbox.rect()];
	await run.fill([150, 300], ['a', 'b'], [1, 2]);
	await run.add({ checkpoint: 200, prompt: 'b', seed: 2, edition: 1 });
	await expect(lightbox.root.getByTestId('lightbox-position')).toContainText('200 · 3 of 4');
	await expect.poll(() => page.evaluate(() => document.querySelector('[data-testid="stage"] img')?.src)).toBeTruthy();
	await page.keyboard.press('0');
	await lightbox.expectPicture(at(200, 'b', 2, 1));
	await lightbox.wheel({ x: rect.x + 30, y: rect.y + 30 }, -300);
	await expect.poll(() => lightbox.scale()).toBe(scale);
	expect(await lightbox.rect()).toEqual(placed);
	await run.add({ checkpoint: 200, prompt: 'b', seed: 2, edition: 2 });
	await run.add({ checkpoint: 100, prompt: 'e', seed: 1 });
	await expect(app.filters.getByText('17 images')).toBeAttached();
	expect(await lightbox.scale()).toBe(scale);
	expect(await lightbox.rect()).toEqual(placed);
	await run.remove({ checkpoint: 200, prompt: 'b', seed: 2 });
	await expect(lightbox.stage).toContainText('There is no image here');
	await run.add({ checkpoint: 200, prompt: 'b', seed: 2 });
	await expect(lightbox.stage.locator('img')).toBeVisible();
	await page.keyboard.press('0');
	await lightbox.expectPicture(at(200, 'b', 2));
});

test('a replaced picture takes the place of the old one at once, without a gap', async ({ app, run, page }) => {
	await run.show(app);
	await app.atRest();
	await page.evaluate(() => {
		window.gaps = 0;
		const cell = document.querySelector('[role="gridcell"]');
		const look = () => {
			if (!cell.querySelector('img')) window.gaps++;
			requestAnimationFrame(look);
		};
		look();
	});
	for (const edition of [1, 2, 3]) {
		await run.add({ checkpoint: 200, prompt: 'b', seed: 2, edition });
		await expect.poll(async () => (await app.pictures())[0][0]).toBe(at(200, 'b', 2, edition));
	}
	expect(await page.evaluate(() => window.gaps)).toBe(0);
	// At rest it is the original that is shown, also of a picture that came meanwhile.
	await app.atRest();
});

test('a removed image leaves a placeholder, and its column and row stay', async ({ app, run }) => {
	await run.show(app);
	for (const seed of [2, 4]) for (const checkpoint of [100, 200]) await run.remove({ checkpoint, prompt: 'b', seed });
	await app.expectPictures([
		['no image', at(200, 'd', 2)],
		['no image', at(200, 'd', 4)],
	]);
	await run.add({ checkpoint: 200, prompt: 'b', seed: 4 });
	await app.expectPictures([
		['no image', at(200, 'd', 2)],
		[at(200, 'b', 4), at(200, 'd', 4)],
	]);
});

test('a checkpoint directory that is moved away and back', async ({ app, run }) => {
	await run.show(app);
	const moveBack = await run.moveAway(200);
	await app.expectPictures([
		['no image', 'no image'],
		['no image', 'no image'],
	]);
	await moveBack();
	await app.expectPictures([
		[at(200, 'b', 2), at(200, 'd', 2)],
		[at(200, 'b', 4), at(200, 'd', 4)],
	]);
	await expectLikeScan(app, run);
});

test('500 files at once all arrive, each once', async ({ app, run, page }) => {
	await run.show(app);
	await page.evaluate(() => {
		window.frames = [];
		window.longTasks = [];
		new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ entryTypes: ['longtask'] });
		let last = performance.now();
		const look = (now) => {
			window.frames.push(now - last);
			last = now;
			requestAnimationFrame(look);
		};
		requestAnimationFrame(look);
	});
	const seeds = Array.from({ length: 250 }, (_, seed) => seed + 100);
	await Promise.all([100, 200].flatMap((checkpoint) => seeds.map((seed) => run.add({ checkpoint, prompt: 'b', seed }))));
	await expect(app.filters.getByText('508 images')).toBeVisible();
	await expectLikeScan(app, run);
	const measured = await page.evaluate(() => ({ frames: window.frames, longTasks: window.longTasks }));
	test.info().annotations.push({
		type: 'frames',
		description: `longest ${Math.max(...measured.frames).toFixed(0)} ms; ${measured.longTasks.length} long tasks, longest ${Math.max(0, ...measured.longTasks)} ms`,
	});
});

test('the newest is offered, and shown when it is asked for', async ({ app, run, page }) => {
	await run.show(app);
	await app.moveTo(app.master, 0);
	await run.fill([300], ['b', 'd'], [2, 4]);
	await expect(newest(page)).toContainText('4 new images');
	await expect(app.masterValue).toContainText('100');
	await run.add({ checkpoint: 300, prompt: 'd', seed: 6 });
	await expect(newest(page)).toContainText('5 new images');
	await newest(page).getByRole('button', { name: /^5 new images\s*checkpoint 300\s*: show the newest/ }).click();
	await expect(app.masterValue).toContainText('300');
	await expect(page.getByRole('button', { name: 'Open seed 6, prompt d, checkpoint 300' })).toBeFocused();
	await expect(newest(page)).toBeHidden();
	// What comes into sight needs no offer.
	await run.add({ checkpoint: 300, prompt: 'b', seed: 6 });
	await expect.poll(async () => (await app.pictures())[2]).toEqual([at(300, 'b', 6), at(300, 'd', 6)]);
	await expect(newest(page)).toBeHidden();
	await run.add({ checkpoint: 100, prompt: 'b', seed: 2, edition: 1 });
	await expect(newest(page)).toContainText('1 new image');
	await newest(page).getByRole('button', { name: /^Stay here/ }).click();
	await expect(newest(page)).toBeHidden();
	await expect(app.masterValue).toContainText('300');
});

test('a new run appears in the list, and a run that is changed to is followed', async ({ app, run, stack, page }) => {
	await run.show(app);
	const other = new LiveRun(stack, `${run.base}-other`);
	await other.fill([100], ['b', 'd'], [2, 4]);
	await app.openDrawer();
	await expect.poll(async () => await app.optionsOf(app.runSelect)).toContain(other.name);
	await app.closeDrawer();
	await app.chooseRun(other.name);
	await other.add({ checkpoint: 100, prompt: 'c', seed: 2 });
	await expect(app.filters.getByText('5 images')).toBeVisible();
	await run.add({ checkpoint: 100, prompt: 'c', seed: 2 });
	await app.chooseRun(run.name);
	await expect(app.filters.getByText('9 images')).toBeVisible();
	await run.add({ checkpoint: 100, prompt: 'c', seed: 4 });
	await expect(app.filters.getByText('10 images')).toBeVisible();
	await expectState(page, 'live');
});

test('a checkpoint whose name changes what the others are called', async ({ app, stack }) => {
	const run = new LiveRun(stack, 'renamed');
	run.fileOf = (checkpoint) => `renamed-${String(checkpoint).padStart(6, '0')}.safetensors`;
	await run.fill([1, 2], ['b', 'd'], [2, 4]);
	await run.show(app);
	await expect(app.masterValue).toContainText('2 of 2');
	run.fileOf = (checkpoint) => `renamed-step${String(checkpoint).padStart(8, '0')}.safetensors`;
	await run.fill([300], ['b', 'd'], [2, 4]);
	await expect(app.filter('checkpoint')).toContainText('all 3');
	await expectLikeScan(app, run);
	expect((await run.scan()).dimensions.find(({ name }) => name === 'checkpoint').values).toContain('epoch 2');
});

test('a run that goes from the disk stays on the screen, and is said to be gone', async ({ app, run, stack, page }) => {
	await run.show(app);
	const directory = path.dirname(path.join(stack.checkpoints, run.name));
	await rename(directory, `${directory}-away`);
	try {
		await app.openDrawer();
		await expect(app.drawer.getByText('This run is no longer on the disk')).toBeVisible();
		await app.closeDrawer();
		await expect(page.getByTestId('current-run')).toHaveText(run.name);
		await expect(app.cells.first()).toBeVisible();
	} finally {
		await rename(`${directory}-away`, directory);
	}
	await app.openDrawer();
	await expect(app.drawer.getByText('This run is no longer on the disk')).toBeHidden();
});

for (const colorScheme of ['light', 'dark']) {
	test.describe(`in the ${colorScheme} theme`, () => {
		test.use({ colorScheme });
		test('the state of the feed and the offer of new images are accessible', async ({ app, run, page, context, guard }) => {
			guard.allow(LOST);
			await run.show(app);
			await run.fill([300], ['b'], [2]);
			await expect(newest(page)).toBeVisible();
			await chip(page).click();
			await expect(page.getByText('New images appear by themselves.')).toBeVisible();
			await expectAccessible(page, 'live');
			await page.keyboard.press('Escape');
			await context.setOffline(true);
			await expectState(page, 'offline');
			await expect(page.getByText('Live updates: Offline')).toBeAttached();
			await expectAccessible(page, 'offline');
			await context.setOffline(false);
			await expectState(page, 'live');
		});
	});
}

test('a run that begins with nothing is arranged as its images come', async ({ app, stack, page }) => {
	const run = new LiveRun(stack, 'begins');
	await run.addCheckpoint(100);
	await mkdir(run.directoryOf(100));
	await run.show(app);
	await expect(page.getByText('This run has no images to show')).toBeVisible();
	await run.add({ checkpoint: 100, prompt: 'b', seed: 2 });
	await run.add({ checkpoint: 100, prompt: 'b', seed: 4 });
	await run.add({ checkpoint: 100, prompt: 'd', seed: 2 });
	await expect(app.cells).toHaveCount(4);
	await expect.poll(async () => (await app.pictures()).flat().sort()).toEqual(
		[at(100, 'b', 2), at(100, 'b', 4), at(100, 'd', 2), 'no image'].sort(),
	);
});

test('US-8.4 a restart of everything under the page: it reconnects, and has what was missed', async ({ app, run, stack, page, guard }) => {
	guard.allow(LOST);
	await run.show(app);
	await app.moveTo(app.master, 0);
	await stack.restart(async () => {
		await expectState(page, 'reconnecting');
		await expect(chip(page)).toHaveAccessibleName(/Reconnecting.*Since \d/);
		await run.fill([300], ['b'], [2, 3]);
		await run.remove({ checkpoint: 100, prompt: 'b', seed: 2 });
		await run.add({ checkpoint: 100, prompt: 'd', seed: 4, edition: 1 });
	});
	await expectState(page, 'live');
	await expectLikeScan(app, run);
	await expect(app.masterValue).toContainText('100');
	await app.expectPictures([
		['no image', at(100, 'd', 2)],
		['no image', 'no image'],
		[at(100, 'b', 4), at(100, 'd', 4, 1)],
	]);
	await run.add({ checkpoint: 100, prompt: 'b', seed: 2 });
	await expect.poll(async () => (await app.pictures())[0][0]).toBe(at(100, 'b', 2));
	await expectLikeScan(app, run);
});

test('US-8.4 websocketd alone is killed under the page: it reconnects, and has what was missed', async ({ app, run, stack, page, guard }) => {
	guard.allow(LOST);
	// The page does not know yet that it is gone, and may ask for it.
	guard.allow(/status of 404 .*step00000100.*prompt%3Dd%26seed%3D4\.png/);
	await run.show(app);
	await app.moveTo(app.master, 0);
	await watchStates(page);
	// Stopped first, so that what is told meanwhile is surely lost.
	await kill(stack, WEBSOCKETD, 'SIGSTOP');
	await run.add({ checkpoint: 100, prompt: 'c', seed: 2 });
	await run.remove({ checkpoint: 100, prompt: 'd', seed: 4 });
	await kill(stack, WEBSOCKETD, 'SIGKILL');
	await expect(app.filters.getByText('8 images')).toBeVisible({ timeout: 30_000 });
	await expect.poll(() => app.pictures()).toEqual([
		[at(100, 'b', 2), at(100, 'c', 2), at(100, 'd', 2)],
		[at(100, 'b', 4), 'no image', 'no image'],
	]);
	await expectState(page, 'live');
	expect(await page.evaluate(() => window.states)).toContain('reconnecting');
	await expectLikeScan(app, run);
	await run.add({ checkpoint: 100, prompt: 'c', seed: 4 });
	await expect.poll(async () => (await app.pictures())[1][1]).toBe(at(100, 'c', 4));
	await expectLikeScan(app, run);
});

test('while nothing is watched for, the page does not say that it is live', async ({ app, run, stack, page }) => {
	await run.show(app);
	// Stopped first, so that it cannot be back before anybody has seen that it was away.
	await kill(stack, WATCHER, 'SIGSTOP');
	await watchStates(page);
	await run.add({ checkpoint: 100, prompt: 'a', seed: 2 });
	await kill(stack, WATCHER, 'SIGKILL');
	await run.add({ checkpoint: 100, prompt: 'c', seed: 2 });
	await expect(app.filters.getByText('10 images')).toBeVisible();
	await expectState(page, 'live');
	expect(await page.evaluate(() => window.states)).toContain('reconnecting');
});

test('a connection that says nothing more is noticed, and replaced', async ({ app, run, stack, page, guard }) => {
	test.setTimeout(120_000);
	guard.allow(LOST);
	await page.clock.install();
	await run.show(app);
	const frozen = await kill(stack, FEED, 'SIGSTOP');
	try {
		await run.add({ checkpoint: 200, prompt: 'a', seed: 2 });
		await page.clock.fastForward(30_000);
		await expectState(page, 'live');
		await expect(app.filters.getByText('8 images')).toBeVisible();
		await page.clock.fastForward(20_000);
		await expect(app.filters.getByText('9 images')).toBeVisible();
		await expectState(page, 'live');
	} finally {
		// websocketd may have ended it by now.
		try {
			process.kill(frozen, 'SIGCONT');
		} catch (error) {
			expect(error.code).toBe('ESRCH');
		}
	}
});

test('a browser without a network says so, and comes back by itself', async ({ app, run, page, context, guard }) => {
	guard.allow(LOST);
	await run.show(app);
	await context.setOffline(true);
	await expectState(page, 'offline');
	await expect(chip(page)).toHaveAccessibleName(/This device is offline/);
	await run.add({ checkpoint: 200, prompt: 'a', seed: 2 });
	await context.setOffline(false);
	await expectState(page, 'live');
	await expect(app.filters.getByText('9 images')).toBeVisible();
});

test('a page that was opened while the server was away comes to life with it', async ({ app, run, stack, page, guard }) => {
	guard.allow(LOST);
	await run.show(app);
	await page.route(/\/api\/training-runs/, (route) => route.fulfill({ status: 502, body: '' }));
	await page.reload();
	await expect(page.getByRole('main')).toContainText('cannot be listed');
	await expect(chip(page)).not.toHaveAttribute('data-state', 'live');
	await page.unroute(/\/api\/training-runs/);
	await expect(app.cells.first()).toBeVisible({ timeout: 30_000 });
	await expectState(page, 'live');
});
