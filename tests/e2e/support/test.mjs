// What every browser test starts from: a stack of the worker's own over the tree of tree.mjs, an open page, and a
// guard that fails the test when the page asks another origin for anything or reports an error.
import { rm } from 'node:fs/promises';
import { get, request } from '../../api/client.mjs';
import { makePlace, startStack } from '../../api/stack.mjs';
import { makeTree } from '../tree.mjs';
import { App } from './app.mjs';
import { expect, test as base } from './playwright.mjs';

export { expect };

/** Collects what no page of ours may do. */
class Guard {
	faults = [];
	#allowed = [];

	/** Says that a test provokes messages like this one. */
	allow(pattern) {
		this.#allowed.push(pattern);
	}
	watch(page, origin) {
		const isOurs = (url) => ['data:', 'blob:'].includes(url.protocol) || url.host === new URL(origin).host;
		const ask = (url) => {
			if (!isOurs(new URL(url))) this.faults.push(`asked another origin: ${url}`);
		};
		page.on('request', (each) => ask(each.url()));
		page.on('websocket', (each) => ask(each.url()));
		page.on('pageerror', (error) => this.faults.push(`uncaught: ${error.stack ?? error}`));
		// What the Content-Security-Policy refuses is an error on the console too.
		page.on('console', (message) => {
			if (['error', 'warning'].includes(message.type())) {
				this.faults.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
			}
		});
	}
	get unexpected() {
		return this.faults.filter((fault) => !this.#allowed.some((pattern) => pattern.test(fault)));
	}
}

export const test = base.extend({
	stack: [
		// Playwright reads from here what a fixture needs: nothing.
		async ({}, use) => {
			const place = await makePlace();
			try {
				const stack = await startStack({ place, config: await makeTree(place) });
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
	baseURL: ({ stack }, use) => use(stack.url),
	/**
	 * What the browser remembers from an earlier visit. By default that the drawer is closed, which hides part of the
	 * grid, and cells so small that a whole grid is in the viewport; `test.use({ remembered: {} })` is a first visit.
	 */
	remembered: [{ drawer: false, 'cell-width': 160 }, { option: true }],
	storageState: ({ stack, remembered }, use) =>
		use({
			cookies: [],
			origins: [
				{
					origin: stack.url,
					localStorage: Object.entries(remembered).map(([key, value]) => ({
						name: `checkpoint-sampler.${key}`,
						value: JSON.stringify(value),
					})),
				},
			],
		}),
	guard: async ({ stack, context }, use) => {
		const guard = new Guard();
		context.on('page', (page) => guard.watch(page, stack.url));
		await use(guard);
		expect(guard.unexpected, 'what the page reported or asked of others').toEqual([]);
	},
	page: ({ guard, page }, use) => use(page),
	/** The viewer, opened, with the run selected that it begins with. */
	app: async ({ page, guard, stack }, use) => {
		const app = new App(page, guard, stack);
		await app.open();
		await use(app);
	},
	/** No test finds the presets of another. */
	noPresets: [
		async ({ stack }, use) => {
			await use();
			for (const { id } of (await get(stack, '/api/presets')).json) {
				await request(stack, 'DELETE', `/api/presets/${id}`);
			}
		},
		{ auto: true },
	],
});
