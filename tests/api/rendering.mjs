// A stack with a stand-in for ComfyUI, for tests of the worker: launches small jobs and looks at what became of them.
import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { get, request, send } from './client.mjs';
import { startComfyUI } from './comfyui.mjs';
import { eventually, makePlace, processesOf, root, startStack } from './stack.mjs';

const JOBS = '/api/sample-jobs';
export const CHECKPOINTS = ['portrait-step00000100.safetensors', 'portrait-step00000200.safetensors'];

/** The chunks of a PNG; fails unless it is whole. */
export function chunksOf(bytes, name) {
	assert.equal(bytes.subarray(0, 8).toString('latin1'), '\x89PNG\r\n\x1a\n', `${name} is a PNG`);
	const chunks = [];
	for (let at = 8; at < bytes.length; ) {
		const length = bytes.readUInt32BE(at);
		const body = bytes.subarray(at + 4, at + 8 + length);
		assert.equal(body.length, length + 4, `${name} is whole`);
		assert.equal(bytes.readUInt32BE(at + 8 + length), crc32(body), `${name} has right checksums`);
		chunks.push({ type: body.subarray(0, 4).toString('latin1'), data: body.subarray(4) });
		at += 12 + length;
	}
	assert.equal(chunks.at(-1)?.type, 'IEND', `${name} has an end`);
	return chunks;
}

/** The text chunks of a PNG by keyword. */
export function textsOf(bytes, name) {
	const texts = chunksOf(bytes, name).filter(({ type }) => type === 'tEXt');
	return Object.fromEntries(texts.map(({ data }) => data.toString('latin1').split('\0')));
}

/**
 * Starts both.
 * @param {object} [options]
 * @param {object} [options.comfyui] keys of config.yaml's `comfyui:` on top
 * @param {boolean} [options.removesCopies] the worker removes ComfyUI's own copies
 * @param {Record<string, unknown>} [options.moods]
 */
export async function startRendering({ comfyui: comfyuiKeys = {}, removesCopies = false, moods = {} } = {}) {
	const place = await makePlace();
	const checkpoints = path.join(place, 'checkpoints');
	for (const name of CHECKPOINTS) await writeFile(path.join(checkpoints, name), `\x02\0\0\0\0\0\0\0{}${name}`);
	const workflows = path.join(place, 'workflows');
	await mkdir(workflows);
	await copyFile(path.join(root, 'tests/fixtures/comfyui/workflows/tiny_ckpt_api.json'), path.join(workflows, 'small.json'));
	const output = path.join(place, 'comfyui-output');
	await mkdir(output);
	const comfyui = await startComfyUI({ moods, models: {}, modelsIn: { checkpoints }, output });
	const keys = { ...comfyui.config, ...comfyuiKeys };
	if (removesCopies) keys.output_dir = path.join(comfyui.output, 'output');
	const stack = await startStack({ place, config: { workflow_dir: workflows, comfyui: keys } });
	return new Rendering(place, stack, comfyui, workflows);
}

class Rendering {
	#presets = 0;

	constructor(place, stack, comfyui, workflows) {
		Object.assign(this, { place, stack, comfyui, workflows, samples: stack.samples });
	}

	async stop() {
		await this.stack.stop();
		await this.comfyui.stop();
		await rm(this.place, { recursive: true, force: true });
	}

	/** Launches 2 checkpoints x 2 prompts x `seeds` images. */
	async launch({ seeds = 2, steps = 2, ...wish } = {}) {
		const preset = await send(this.stack, 'POST', '/api/sample-presets', {
			name: `Preset ${(this.#presets += 1)}`,
			prompts: [{ name: 'forest', text: 'a forest' }, { name: 'sea & sky', text: 'the sea' }],
			negative_prompt: '',
			steps: [steps],
			cfgs: [7],
			samplers: ['euler'],
			schedulers: ['normal'],
			seeds: Array.from({ length: seeds }, (_, i) => i + 1),
			width: 64,
			height: 64,
		});
		assert.equal(preset.status, 201, preset.text);
		const job = await send(this.stack, 'POST', JOBS, {
			training_run_name: 'portrait', sample_preset_id: preset.json.id, workflow_name: 'small.json', ...wish,
		});
		assert.equal(job.status, 201, job.text);
		return job.json;
	}

	async job(id) {
		return (await get(this.stack, `${JOBS}/${id}`)).json.job;
	}

	call(id, name) {
		return request(this.stack, 'POST', `${JOBS}/${id}/${name}`);
	}

	delete(id) {
		return request(this.stack, 'DELETE', `${JOBS}/${id}`);
	}

	/** Waits until the job is in one of the states. */
	reach(id, states, seconds = 60) {
		const wanted = [states].flat();
		return eventually(`the job is ${wanted}`, async () => {
			const job = await this.job(id);
			return wanted.includes(job.status) && job;
		}, seconds);
	}

	/** Waits until the job waits for a reason that matches. */
	waits(id, reason, seconds = 60) {
		return eventually(`the job waits: ${reason}`, async () => reason.test((await this.job(id)).waiting?.reason ?? ''), seconds);
	}

	/** Paths of all files below sample_dir, hidden ones too. */
	async files() {
		const found = await readdir(this.samples, { recursive: true, withFileTypes: true });
		return found.filter((entry) => entry.isFile()).map((entry) => path.relative(this.samples, path.join(entry.parentPath ?? entry.path, entry.name))).sort();
	}

	/** The paths that a launch with so many seeds must give. */
	expected(seeds = 2, steps = 2) {
		const names = ['forest', 'sea%20%26%20sky'].flatMap((prompt) => Array.from({ length: seeds }, (_, i) =>
			`prompt_name=${prompt}&steps=${steps}&cfg=7&sampler_name=euler&scheduler=normal&seed=${i + 1}.png`));
		return CHECKPOINTS.flatMap((checkpoint) => names.map((name) => path.join(checkpoint, name))).sort();
	}

	/** Every file is a whole PNG with its recipe, made by ComfyUI for this checkpoint and seed. */
	async assertPictures(files) {
		for (const file of files) {
			const texts = textsOf(await readFile(path.join(this.samples, file)), file);
			const recipe = JSON.parse(texts.checkpoint_sampler);
			assert.match(recipe.recipe, /^[0-9a-f]{16}$/);
			// Python writes what is no JSON.
			const prompt = JSON.parse(texts.prompt.replaceAll(/-?\b(NaN|Infinity)\b/g, 'null'));
			const sampler = Object.values(prompt).find(({ class_type: type }) => type === 'KSampler');
			assert.equal(`${sampler.inputs.seed}`, /seed=(\d+)/.exec(file)[1], file);
			const loader = Object.values(prompt).find(({ class_type: type }) => type === 'CheckpointLoaderSimple');
			assert.equal(loader.inputs.ckpt_name.split('\\').at(-1), path.dirname(file));
		}
	}

	database() {
		return new DatabaseSync(path.join(this.place, 'data', 'checkpoint-sampler.db'), { timeout: 10000 });
	}

	/** The worker's process id. */
	async worker() {
		const found = await eventually('a worker runs', async () =>
			(await processesOf(this.stack.runtimeDirectory)).find(({ command }) => /\/worker$/.test(command)));
		return found.pid;
	}

	/** Kills the worker and waits for the next one, which knows nothing but the database. */
	async killWorker() {
		const before = await this.worker();
		process.kill(before, 'SIGKILL');
		await eventually('another worker runs', async () => (await this.worker()) !== before);
	}

	/** The worker's log. */
	log() {
		return readFile(path.join(this.stack.runtimeDirectory, 'log', 'worker', 'current'), 'utf8');
	}

	/** As before the first job. */
	async clean(id) {
		await this.comfyui.resetMoods();
		if (id) await this.delete(id);
		await eventually('ComfyUI has nothing of it', async () => {
			const queue = (await this.comfyui.call('GET', '/queue')).json;
			return queue.queue_running.length + queue.queue_pending.length === 0;
		});
		for (const name of CHECKPOINTS) await rm(path.join(this.samples, name), { recursive: true, force: true });
		await this.comfyui.forget();
	}
}
