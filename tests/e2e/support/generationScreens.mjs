// The screens of generation as `make screenshots` photographs them: a stand-in for ComfyUI, workflows good and bad, a
// preset, and a job in each state.
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { get, request, send } from '../../api/client.mjs';
import { startComfyUI } from '../../api/comfyui.mjs';
import { eventually, makePlace, root, startStack } from '../../api/stack.mjs';
import { Generation, values, workflowFile } from './generation.mjs';

const RUN = 'qwen/fjordlight-v1.3-no-reg';
const TEMPLATES = path.join(root, 'common/comfyui/templates');
const JOBS = '/api/sample-jobs';

async function makeWorkflows(directory) {
	await mkdir(directory);
	for (const name of await readdir(TEMPLATES)) await copyFile(path.join(TEMPLATES, name), path.join(directory, name));
	await copyFile(workflowFile('tiny_ckpt_api.json'), path.join(directory, 'small.json'));
	await writeFile(path.join(directory, 'cut-off.json'), '{"1": {');
	const untagged = JSON.parse(await readFile(workflowFile('tiny_ckpt_api.json'), 'utf8'));
	for (const node of Object.values(untagged)) delete node._meta.cs_role;
	await writeFile(path.join(directory, 'untagged.json'), JSON.stringify(untagged));
}

/** A stack over the demo's checkpoints, without its samples. */
export async function startGeneration(checkpoints) {
	const place = await makePlace();
	const workflows = path.join(place, 'workflows');
	await makeWorkflows(workflows);
	const comfyui = await startComfyUI({ modelsIn: { checkpoints }, models: { vae: ['qwen_image_vae.safetensors'], text_encoders: ['clip_l.safetensors'], diffusion_models: [] } });
	const stack = await startStack({ place, config: { checkpoint_dirs: [checkpoints], workflow_dir: workflows, comfyui: comfyui.config } });
	const preset = (await send(stack, 'POST', '/api/sample-presets', { ...values, name: 'Night shift', prompts: [...values.prompts, { name: 'portrait', text: 'a portrait of an old fisherman at dusk, 85mm, soft light' }], steps: [20, 30], samplers: ['euler', 'dpmpp_2m'] })).json;
	return {
		...stack,
		comfyui,
		preset,
		async stop() {
			await stack.stop();
			await comfyui.stop();
			await rm(place, { recursive: true, force: true });
		},
	};
}

async function launch(stack, changes = {}) {
	const { json } = await send(stack, 'POST', JOBS, { training_run_name: RUN, sample_preset_id: stack.preset.id, workflow_name: 'small.json', existing: 'replace', ...changes });
	return json;
}
const jobOf = async (stack, id) => (await get(stack, `${JOBS}/${id}`)).json;
const reaches = (stack, id, test) => eventually('the job is as it is to be photographed', async () => test(await jobOf(stack, id)), 60);

async function closeAll({ page }) {
	await page.goto('/');
}

/** On a phone the jobs' panel leads to everything else. */
async function openLibrary(generation, page) {
	if (generation.page.viewportSize().width < 640) {
		await generation.openJobs();
		await generation.panel.getByTestId('comfyui').click();
		await generation.page.getByRole('button', { name: page, exact: true }).click();
	} else {
		await generation.openLibrary(page);
	}
	await generation.library.waitFor();
}
async function openLaunch(generation) {
	if (generation.page.viewportSize().width < 640) {
		await generation.openJobs();
		await generation.panel.getByRole('button', { name: 'Generate samples' }).click();
	} else {
		await generation.openLaunch();
	}
	await generation.launch.waitFor();
}
const workflow = (name) => async (app) => {
	const generation = new Generation(app, app.page);
	await closeAll(app);
	await openLibrary(generation, 'Workflows');
	await generation.library.getByTestId('workflow').filter({ hasText: name }).click();
	await generation.library.getByRole('article', { name }).waitFor();
};

/** The states by name; each begins anew. */
export const states = {
	async models(app) {
		await closeAll(app);
		await openLibrary(new Generation(app, app.page), 'Models');
	},
	'workflow-valid': workflow('qwen-image.json'),
	'workflow-invalid': workflow('cut-off.json'),
	'workflow-untagged': workflow('untagged.json'),
	async preset(app) {
		const generation = new Generation(app, app.page);
		await closeAll(app);
		await openLibrary(generation, 'Sample presets');
		await generation.library.getByRole('list', { name: 'Sample presets' }).getByRole('button', { name: 'Night shift' }).click();
		await generation.editor.waitFor();
	},
	async 'preset-fault'(app) {
		const generation = new Generation(app, app.page);
		await generation.field('Steps').fill('8 x');
		await generation.save();
	},
	async launch(app) {
		const generation = new Generation(app, app.page);
		await app.page.evaluate(() => window.addEventListener('beforeunload', (event) => event.stopImmediatePropagation(), true));
		await closeAll(app);
		await openLaunch(generation);
		await generation.choose('Training run to generate for', RUN);
		await generation.choose('Workflow', 'small.json');
		await generation.launch.getByText('below cs/').waitFor();
	},
	async 'launch-doubtful'(app) {
		const generation = new Generation(app, app.page);
		await generation.choose('Workflow', 'flux-dev.json');
		const warnings = generation.launch.getByTestId('launch-warnings');
		await warnings.waitFor();
		await warnings.scrollIntoViewIfNeeded();
	},
	async 'job-running'(app, stack) {
		const generation = new Generation(app, app.page);
		await closeAll(app);
		await stack.comfyui.setMoods({ seconds_per_step: 0.2 });
		stack.job = await launch(stack);
		await reaches(stack, stack.job.id, ({ progress }) => progress.seconds_remaining !== undefined && progress.current_item?.step > 3);
		await generation.openJobs();
		await generation.job.getByTestId('job-left').waitFor();
	},
	async 'job-delete'(app) {
		const generation = new Generation(app, app.page);
		await generation.press('Delete this job');
		await app.page.getByText('not made.').waitFor();
	},
	async 'job-failed'(app, stack) {
		const generation = new Generation(app, app.page);
		await request(stack, 'DELETE', `${JOBS}/${stack.job.id}`);
		await stack.comfyui.setMoods({ seconds_per_step: 0, fail_if: 'the sea' });
		stack.job = await launch(stack);
		await reaches(stack, stack.job.id, ({ job }) => job.status === 'completed');
		await stack.comfyui.resetMoods();
		await closeAll(app);
		await generation.openJobs();
		await generation.job.getByText(/images failed$/).click();
	},
	async 'job-waiting'(app, stack) {
		const generation = new Generation(app, app.page);
		await stack.comfyui.stop();
		await launch(stack);
		await closeAll(app);
		await generation.openJobs();
		await generation.state('Waiting');
	},
};

/** As before the first state. */
export async function tidy(stack) {
	await stack.comfyui.start();
	for (const { id } of (await get(stack, JOBS)).json) await request(stack, 'DELETE', `${JOBS}/${id}`);
}
