// What the tests of generation start from: a stack with a stand-in for ComfyUI of its own, one training run without
// samples, a workflow, and nothing that another test left.
import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { get, request, send } from '../../api/client.mjs';
import { startComfyUI } from '../../api/comfyui.mjs';
import { makePlace, root, startStack } from '../../api/stack.mjs';
import { expect, test as base } from './test.mjs';

export { expect };

export const RUN = 'sd/harbour';
export const CHECKPOINTS = ['100', '200', '300'].map((step) => `harbour-step00000${step}.safetensors`);
/** A run of one checkpoint, in a directory that ComfyUI does not see. */
export const UNSEEN = { name: 'unseen', checkpoint: 'unseen-step00000100.safetensors' };
export const WORKFLOW = 'checkpoint.json';
export const MODELS = { vae: ['clear_vae.safetensors'], text_encoders: ['long_clip.safetensors'], diffusion_models: ['flux/base.safetensors'] };
export const workflowFile = (name) => path.join(root, 'tests/fixtures/comfyui/workflows', name);

export const values = {
	name: 'Small',
	prompts: [
		{ name: 'forest', text: 'a forest' },
		{ name: 'sea', text: 'the sea' },
	],
	negative_prompt: '',
	steps: [4],
	cfgs: [7],
	samplers: ['euler'],
	schedulers: ['normal'],
	seeds: [1, 2],
	width: 64,
	height: 64,
};

async function prepare(place) {
	const directory = path.join(place, 'checkpoints', path.dirname(RUN));
	await mkdir(directory, { recursive: true });
	for (const name of CHECKPOINTS) await writeFile(path.join(directory, name), `\x02\0\0\0\0\0\0\0{}${name}`);
	const elsewhere = path.join(place, 'elsewhere');
	await mkdir(elsewhere);
	await writeFile(path.join(elsewhere, UNSEEN.checkpoint), '\x02\0\0\0\0\0\0\0{}');
	const workflows = path.join(place, 'workflows');
	await mkdir(workflows);
	await copyFile(workflowFile('tiny_ckpt_api.json'), path.join(workflows, WORKFLOW));
	await mkdir(path.join(place, 'pictures'));
	return workflows;
}

export const test = base.extend({
	stack: [
		async ({}, use) => {
			const place = await makePlace();
			const workflows = await prepare(place);
			const comfyui = await startComfyUI({
				models: MODELS,
				modelsIn: { checkpoints: path.join(place, 'checkpoints') },
				output: path.join(place, 'pictures'),
			});
			const config = {
				checkpoint_dirs: ['checkpoints', 'elsewhere'].map((name) => path.join(place, name)),
				workflow_dir: workflows,
				comfyui: comfyui.config,
			};
			try {
				let launch = await startStack({ place, config });
				const { port } = launch;
				const restart = async () => {
					await launch.stop();
					launch = await startStack({ place, config: { ...config, port } });
				};
				try {
					await use({ ...launch, comfyui, workflows, restart });
				} finally {
					await launch.stop();
				}
			} finally {
				await comfyui.stop();
				await rm(place, { recursive: true, force: true });
			}
		},
		{ scope: 'worker', timeout: 60_000 },
	],
	/** The stand-in, which is running and as usual at the beginning of each test. */
	comfyui: ({ stack }, use) => use(stack.comfyui),
	nothingLeft: [
		async ({ stack }, use) => {
			await use();
			await stack.comfyui.stop();
			await stack.comfyui.start();
			await stack.comfyui.resetMoods();
			for (const list of ['/api/sample-jobs', '/api/sample-presets']) {
				for (const { id } of (await get(stack, list)).json) await request(stack, 'DELETE', `${list}/${id}`);
			}
			for (const name of await readdir(stack.samples)) await rm(path.join(stack.samples, name), { recursive: true, force: true });
		},
		{ auto: true },
	],
	generation: async ({ app, page }, use) => use(new Generation(app, page)),
});

/** Makes the usual preset, with changes. */
export async function makePreset(stack, changes = {}) {
	const { status, json, text } = await send(stack, 'POST', '/api/sample-presets', { ...values, ...changes });
	expect(status, text).toBe(201);
	return json;
}

/** The screens of generation as a user handles them. */
export class Generation {
	constructor(app, page) {
		this.app = app;
		this.page = page;
		this.status = page.getByRole('banner').getByTestId('comfyui');
		this.library = page.getByRole('dialog', { name: 'Generation', exact: true });
		this.editor = this.library.getByRole('form', { name: 'Sample preset' });
		this.sum = this.library.getByTestId('images-per-checkpoint');
		this.launch = page.getByRole('dialog', { name: 'Generate samples' });
		this.panel = page.getByRole('dialog', { name: 'Jobs' });
		this.jobsButton = page.getByTestId('jobs');
	}

	/** `page`: Models, Workflows or Sample presets. */
	async openLibrary(page) {
		await this.status.click();
		await this.page.getByRole('button', { name: page, exact: true }).click();
		await expect(this.library).toBeVisible();
	}
	async newPreset() {
		await this.openLibrary('Sample presets');
		await this.library.getByRole('button', { name: 'New preset' }).first().click();
		await expect(this.editor).toBeVisible();
	}
	async openPreset(name) {
		await this.openLibrary('Sample presets');
		await this.library.getByRole('list', { name: 'Sample presets' }).getByRole('button', { name }).click();
		await expect(this.editor).toBeVisible();
	}
	/** `list`: Steps, CFG or Seeds. */
	field(list) {
		return this.editor.getByRole('textbox', { name: `Add to ${list}` });
	}
	async type(list, text) {
		await this.field(list).fill(text);
		await this.field(list).press('Enter');
	}
	/** What a list holds. */
	valuesOf(list) {
		return this.editor.getByRole('group', { name: list, exact: true }).locator('.n-tag').allInnerTexts();
	}
	save() {
		return this.library.getByRole('button', { name: 'Save', exact: true }).click();
	}
	async openLaunch() {
		await this.page.getByRole('banner').getByRole('button', { name: 'Generate' }).click();
		await expect(this.launch).toBeVisible();
	}
	/** Chooses in one of the launch's selects. */
	async choose(label, text) {
		await this.app.pick(this.launch.getByRole('combobox', { name: label, exact: true }), text);
	}
	get start() {
		return this.launch.getByTestId('launch');
	}
	async openJobs() {
		if ((await this.jobsButton.getAttribute('aria-expanded')) !== 'true') await this.jobsButton.click();
		await expect(this.panel).toBeVisible();
	}
	get job() {
		return this.panel.getByTestId('job').first();
	}
	state(text) {
		return expect(this.job.getByTestId('job-state')).toHaveText(text, { timeout: 30_000 });
	}
	press(action) {
		return this.job.getByRole('button', { name: action }).click();
	}
}
