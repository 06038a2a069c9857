// Photographs the main states of the viewer, with the demo data, and of generation, for README and for looking at: both
// themes, a wide screen, a laptop and a phone. Usage: node screenshots.mjs [DIRECTORY [viewer|generation]], by default
// build/screenshots and both; `make screenshots`.
import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from '../../web/node_modules/@playwright/test/index.mjs';
import { root, startStack } from '../api/stack.mjs';
import config from './playwright.config.mjs';
import { App } from './support/app.mjs';
import { startGeneration, states as generationStates, tidy } from './support/generationScreens.mjs';

const target = path.resolve(process.argv[2] ?? path.join(root, 'build/screenshots'));
const only = process.argv[3];
const demo = path.join(root, 'build/demo');
const UNSAMPLED = 'qwen/fjordlight-v1.3-no-reg';

const devices = {
	wide: { viewport: { width: 1600, height: 1000 } },
	laptop: { viewport: { width: 1280, height: 800 } },
	phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
};

/** The states in an order in which each begins where the one before ended. */
const states = {
	grid: (app) => app.closeDrawer(),
	/** The picture of README: the training from left to right. */
	async training(app) {
		const query = new URLSearchParams({
			run: new URL(app.page.url()).searchParams.get('run'),
			x: 'checkpoint',
			y: 'prompt_name',
			slider: 'cfg',
			'filter.seed': 'single',
		});
		for (const step of ['500', '1000', '1500', '2000', '3000', '6000']) query.append('only.checkpoint', step);
		await app.page.goto(`/?${query}`);
	},
	async drawer(app) {
		await app.page.evaluate(() => localStorage.clear());
		await app.page.goto('about:blank');
		await app.page.goto('/');
		await app.settled();
		await app.openDrawer();
	},
	async filters(app) {
		await app.closeDrawer();
		await app.openFilter('checkpoint');
	},
	async checkpoints(app) {
		await app.filter('checkpoint').click();
		await app.page.getByRole('button', { name: 'Checkpoints', exact: true }).click();
		await app.checkpoints.locator('dt').first().waitFor();
	},
	async differences(app) {
		await app.pick(app.checkpoints.getByTestId('compare-select'), '1000');
		await app.checkpoints.getByTestId('differences').waitFor();
	},
	async lightbox(app) {
		await app.checkpoints.getByRole('button', { name: 'close' }).click();
		await app.cells.first().getByRole('button', { name: /^Open/ }).click();
		await app.lightbox.stage.locator('img, canvas').waitFor();
	},
	async metadata(app) {
		await app.lightbox.showMetadata();
		await app.lightbox.metadata.locator('dl').waitFor();
	},
	async keys(app) {
		await app.page.keyboard.press('Escape');
		await app.page.keyboard.press('?');
		await app.page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
	},
	async settings(app) {
		await app.page.keyboard.press('Escape');
		await app.page.getByRole('button', { name: 'Settings of this browser' }).click();
		await app.page.getByRole('dialog', { name: 'Settings of this browser' }).waitFor();
	},
	async nothing(app) {
		await app.page.keyboard.press('Escape');
		await app.openDrawer();
		await app.drawer.getByRole('checkbox', { name: /^Only runs with samples/ }).click();
		await app.chooseRun(UNSAMPLED);
	},
	async nowhere(app) {
		await app.page.goto('/?run=gone');
		await app.settled();
		await app.closeDrawer();
	},
	async error(app) {
		await app.page.route('**/api/**', (route) => route.abort());
		await app.page.reload();
		await app.settled();
		await app.closeDrawer();
	},
};

/** Photographs all states on all devices; `leave`: before the next device. */
async function photograph(browser, stack, all, leave = () => {}) {
	for (const colorScheme of ['dark', 'light']) {
		for (const [device, options] of Object.entries(devices)) {
			const context = await browser.newContext({ ...options, colorScheme, baseURL: stack.url, reducedMotion: 'reduce' });
			const app = new App(await context.newPage());
			await app.open();
			for (const [state, arrive] of Object.entries(all)) {
				await arrive(app, stack);
				await app.settled();
				// Originals take the place of previews once nothing has moved for a moment.
				await app.page.waitForTimeout(1000);
				await app.page.screenshot({ path: path.join(target, `${state}-${device}-${colorScheme}.png`) });
			}
			await context.close();
			await leave(stack);
		}
	}
}

/** Starts a stack, photographs, stops it. */
async function visit(starting, look) {
	const stack = await starting;
	try {
		await look(stack);
	} finally {
		await stack.stop();
	}
}

await mkdir(target, { recursive: true });
execFileSync(path.join(root, 'build/release/bin/demo-data'), [demo], { stdio: 'inherit' });
const checkpoints = path.join(demo, 'checkpoints');
const browser = await chromium.launch(config.use.launchOptions);
try {
	const directories = { checkpoint_dirs: [checkpoints], sample_dir: path.join(demo, 'samples') };
	if (only !== 'generation') await visit(startStack({ config: directories }), (stack) => photograph(browser, stack, states));
	if (only !== 'viewer') await visit(startGeneration(checkpoints), (stack) => photograph(browser, stack, generationStates, tidy));
	process.stdout.write(`${target}\n`);
} finally {
	await browser.close();
}
