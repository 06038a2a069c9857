// Photographs the viewer's main states with the demo data, for README and for looking at: both themes, a wide screen
// and a phone. Usage: node screenshots.mjs [DIRECTORY], by default build/screenshots. Needs build/demo.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from '../../web/node_modules/@playwright/test/index.mjs';
import { root, startStack } from '../api/stack.mjs';
import config from './playwright.config.mjs';
import { App } from './support/app.mjs';

const target = path.resolve(process.argv[2] ?? path.join(root, 'build/screenshots'));
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
	drawer: (app) => app.openDrawer(),
	async filters(app) {
		await app.closeDrawer();
		await app.openFilter('checkpoint');
	},
	async checkpoints(app) {
		await app.filter('checkpoint').click();
		await app.page.getByRole('button', { name: 'Checkpoints', exact: true }).click();
		await app.checkpoints.locator('dt').first().waitFor();
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
	async empty(app) {
		await app.page.keyboard.press('Escape');
		await app.openDrawer();
		await app.drawer.getByRole('checkbox', { name: /^Only runs with samples/ }).click();
		await app.chooseRun(UNSAMPLED);
	},
	async error(app) {
		await app.page.route('**/api/**', (route) => route.abort());
		await app.page.reload();
		await app.settled();
		await app.closeDrawer();
	},
};

await mkdir(target, { recursive: true });
const stack = await startStack({
	config: { checkpoint_dirs: [path.join(demo, 'checkpoints')], sample_dir: path.join(demo, 'samples') },
});
const browser = await chromium.launch(config.use.launchOptions);
try {
	for (const colorScheme of ['dark', 'light']) {
		for (const [device, options] of Object.entries(devices)) {
			const context = await browser.newContext({ ...options, colorScheme, baseURL: stack.url, reducedMotion: 'reduce' });
			const app = new App(await context.newPage());
			await app.open();
			for (const [state, arrive] of Object.entries(states)) {
				await arrive(app);
				await app.settled();
				await app.page.waitForLoadState('networkidle');
				await app.page.screenshot({ path: path.join(target, `${state}-${device}-${colorScheme}.png`) });
			}
			await context.close();
		}
	}
	process.stdout.write(`${target}\n`);
} finally {
	await browser.close();
	await stack.stop();
}
