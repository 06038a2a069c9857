// What a newcomer gets: the stack without a configuration.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { get, request, send } from './client.mjs';
import { eventually, freePort, Launch, processesOf, root } from './stack.mjs';

const preset = JSON.parse(readFileSync(path.join(root, 'tests/demo/sample_preset.json'), 'utf8'));

/** The stack without a configuration; `files` are what it keeps for its port. */
class Demo {
	async start() {
		this.port ??= await freePort();
		// A directory of its own: one with a config.yaml would be no demonstration.
		this.place = await mkdtemp(path.join(os.tmpdir(), 'checkpoint-sampler-demo-'));
		this.runtimeDirectory = path.join(this.place, 'run');
		this.launch = new Launch({ PORT: `${this.port}`, RUNTIME_DIR: this.runtimeDirectory }, undefined, this.place);
		await this.launch.ready();
		// One that is stopped while it begins may find the simulation gone already.
		await eventually('the worker has reached the simulation', () => this.workerLog().includes('event=comfyui.connected'));
	}

	workerLog() {
		const file = path.join(this.runtimeDirectory, 'log/worker/current');
		return existsSync(file) ? readFileSync(file, 'utf8') : '';
	}

	get files() {
		return ['comfyui-', 'workflows-', 'data-', 'config-'].map((name) =>
			path.join(root, 'build/demo', `${name}${this.port}${name === 'config-' ? '.yaml' : ''}`),
		);
	}

	/** Ctrl-C; returns the processes that are left. */
	async stop() {
		process.kill(-this.launch.child.pid, 'SIGINT');
		const { status } = await this.launch.ended;
		assert.equal(status, 0, this.launch.output);
		assert.doesNotMatch(this.launch.output, /comfyui\.lost/);
		const left = await processesOf(this.runtimeDirectory);
		await rm(this.place, { recursive: true });
		return left;
	}
}

const run = async (demo) =>
	(await get(demo, '/api/training-runs')).json.find(({ name }) => name === 'qwen/fjordlight-v1.3-no-reg');

describe('the demonstration', () => {
	const demo = new Demo();

	before(() => demo.start());
	after(async () => {
		for (const file of demo.files) await rm(file, { recursive: true, force: true });
	});

	test('says that ComfyUI is simulated', async () => {
		const { demo: isDemo, comfyui_simulated: isSimulated, warnings } = (await get(demo, '/api/settings')).json;
		assert.deepEqual([isDemo, isSimulated, warnings], [true, true, []]);
		assert.match(demo.launch.output, /ComfyUI is simulated/);
		const { connected, version } = (await get(demo, '/api/comfyui/status')).json;
		assert.deepEqual([connected, version], [true, '0.3.64 (simulated)']);
	});

	test('has all that generating takes: checkpoints in the lists, templates, a preset', async () => {
		const runs = (await get(demo, '/api/training-runs')).json;
		for (const type of ['unet', 'lora', 'checkpoint']) {
			const { models } = (await get(demo, `/api/comfyui/models?type=${type}`)).json;
			for (const { filename } of runs.flatMap(({ checkpoints }) => checkpoints)) {
				assert.ok(models.some((name) => name.endsWith(`/${filename}`)), `${filename} in ${type}`);
			}
		}
		const workflows = (await get(demo, '/api/workflows')).json;
		assert.ok(workflows.length > 3);
		assert.deepEqual(new Set(workflows.map(({ validation_state: state }) => state)), new Set(['valid']));
		const { models: vaes } = (await get(demo, '/api/comfyui/models?type=vae')).json;
		assert.ok(vaes.includes('qwen_image_vae.safetensors'));
		const [stored, ...others] = (await get(demo, '/api/sample-presets')).json;
		assert.equal(stored.name, preset.name);
		assert.deepEqual(others, []);
	});

	test('generates what is asked for', async () => {
		const [{ id, images_per_checkpoint: images }] = (await get(demo, '/api/sample-presets')).json;
		const filename = 'fjordlight-v1.3-no-reg-step00000500.safetensors';
		const directory = path.join(root, 'build/demo/samples', filename);
		const wasThere = existsSync(directory);
		const job = await send(demo, 'POST', '/api/sample-jobs', {
			training_run_name: 'qwen/fjordlight-v1.3-no-reg',
			sample_preset_id: id,
			workflow_name: 'qwen-image.json',
			checkpoint_filenames: [filename],
		});
		assert.equal(job.status, 201, job.text);
		const ended = await eventually('the job has ended', async () => {
			const { job: now } = (await get(demo, `/api/sample-jobs/${job.json.id}`)).json;
			return ['completed', 'failed'].includes(now.status) && now;
		}, 120);
		assert.deepEqual([ended.status, ended.completed_items, ended.failed_item_details], ['completed', images, []]);
		const scan = (await get(demo, `/api/training-runs/${(await run(demo)).id}/scan?refresh=1`)).json;
		assert.equal(scan.images.filter(({ relative_path: file }) => file.startsWith(`${filename}/`)).length, images);
		if (!wasThere) await rm(directory, { recursive: true });
	});

	test('a preset that was deleted stays deleted, and Ctrl-C leaves nothing behind', async () => {
		const [{ id }] = (await get(demo, '/api/sample-presets')).json;
		assert.equal((await request(demo, 'DELETE', `/api/sample-presets/${id}`)).status, 204);
		assert.deepEqual(await demo.stop(), []);
		await demo.start();
		assert.deepEqual((await get(demo, '/api/sample-presets')).json, []);
		assert.deepEqual(await demo.stop(), []);
	});
});
