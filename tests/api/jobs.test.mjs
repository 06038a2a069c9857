// /api/sample-jobs over HTTP, with no ComfyUI there: what a launch stores, refuses and finds; the states.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFile, copyFile, mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, afterEach, before, describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { get, request, send } from './client.mjs';
import { startComfyUI } from './comfyui.mjs';
import { Feed } from './feed_client.mjs';
import { eventually, freePort, makePlace, root, startStack } from './stack.mjs';

const JOBS = '/api/sample-jobs';
const RUN = 'portrait';
const CHECKPOINTS = ['portrait-step00000500.safetensors', 'portrait-step00001000.safetensors', 'portrait.safetensors'];
const fixture = (name) => readFile(path.join(root, 'tests/fixtures/comfyui/workflows', name), 'utf8');

const values = {
	name: 'Small',
	prompts: [{ name: 'forest', text: 'a forest' }, { name: 'größe & more', text: 'tall' }],
	negative_prompt: 'blurry',
	steps: [4],
	cfgs: [1, 3.5],
	samplers: ['euler'],
	schedulers: ['simple'],
	seeds: ['18446744073709551615'],
	width: 64,
	height: 64,
};

let stack;
let preset;
let workflows;

async function prepare(place) {
	workflows = path.join(place, 'workflows');
	await mkdir(workflows, { recursive: true });
	await copyFile(path.join(root, 'tests/fixtures/comfyui/workflows/tiny_ckpt_api.json'), path.join(workflows, 'checkpoint.json'));
	await copyFile(path.join(root, 'tests/fixtures/comfyui/workflows/nomodel_api.json'), path.join(workflows, 'nomodel.json'));
	await writeFile(path.join(workflows, 'broken.json'), '{');
	const directory = path.join(place, 'checkpoints');
	for (const name of CHECKPOINTS) await writeFile(path.join(directory, name), `\x02\0\0\0\0\0\0\0{}${name}`);
}

before(async () => {
	// Nobody listens there: what is launched stays as it was launched.
	stack = await startStack({ config: { comfyui: { host: '127.0.0.1', port: await freePort() } } });
	await prepare(stack.directory);
	preset = (await send(stack, 'POST', '/api/sample-presets', values)).json;
});
after(() => stack.stop());
afterEach(async () => {
	for (const { id } of (await get(stack, JOBS)).json) await request(stack, 'DELETE', `${JOBS}/${id}`);
	for (const name of CHECKPOINTS) await rm(path.join(stack.samples, name), { recursive: true, force: true });
});

const wish = (changes = {}) => ({ training_run_name: RUN, sample_preset_id: preset.id, workflow_name: 'checkpoint.json', ...changes });

async function launch(changes) {
	const answer = await send(stack, 'POST', JOBS, wish(changes));
	assert.equal(answer.status, 201, answer.text);
	return answer.json;
}

async function assertFaults(changes, expected) {
	const answer = await send(stack, 'POST', JOBS, wish(changes));
	assert.equal(answer.status, 422, answer.text);
	assert.deepEqual(answer.json.errors.map(({ pointer }) => pointer).sort(), [...expected].sort(), answer.text);
	return answer.json.errors;
}

const call = (id, name) => request(stack, 'POST', `${JOBS}/${id}/${name}`);
const fileOf = (prompt, cfg) => `prompt_name=${encodeURIComponent(prompt)}&steps=4&cfg=${cfg}&sampler_name=euler&scheduler=simple&seed=18446744073709551615.png`;

function database() {
	return new DatabaseSync(path.join(stack.directory, 'data', 'checkpoint-sampler.db'), { timeout: 5000 });
}

describe('launching', () => {
	test('answers with the job, which waits for its turn, and lists it', async () => {
		const answer = await send(stack, 'POST', JOBS, wish());
		assert.equal(answer.status, 201, answer.text);
		const job = answer.json;
		assert.equal(answer.headers.location, `${JOBS}/${job.id}`);
		assert.deepEqual(
			[job.training_run_name, job.sample_preset_id, job.sample_preset_name, job.workflow_name, job.existing, job.stopping],
			[RUN, preset.id, 'Small', 'checkpoint.json', 'skip', false],
		);
		assert.deepEqual([job.total_items, job.completed_items, job.failed_items, job.skipped_items, job.pending_items], [12, 0, 0, 0, 12]);
		assert.deepEqual([job.failed_item_details, job.skipped_item_details], [[], []]);
		const shown = (await get(stack, `${JOBS}/${job.id}`)).json;
		assert.equal(shown.job.id, job.id);
		assert.equal(shown.progress.total_checkpoints, 3);
		const second = await launch({ checkpoint_filenames: [CHECKPOINTS[2], CHECKPOINTS[0]], existing: 'replace' });
		assert.equal(second.total_items, 8);
		assert.deepEqual((await get(stack, JOBS)).json.map(({ id }) => id), [second.id, job.id]);
	});
	test('orders the items by checkpoint, in training order, whatever the order of the wish', async () => {
		await launch({ checkpoint_filenames: [CHECKPOINTS[2], CHECKPOINTS[0]] });
		const store = database();
		const rows = store.prepare('SELECT checkpoint_filename AS checkpoint, prompt_name AS prompt, cfg, seed FROM sample_job_items ORDER BY number').all();
		store.close();
		assert.deepEqual(
			rows.map(({ checkpoint, prompt, cfg }) => [checkpoint, prompt, cfg]),
			[CHECKPOINTS[0], CHECKPOINTS[2]].flatMap((name) => [[name, 'forest', '1'], [name, 'forest', '3.5'], [name, 'größe & more', '1'], [name, 'größe & more', '3.5']]),
		);
		assert.ok(rows.every(({ seed }) => seed === '18446744073709551615'));
	});
	test('names everything that is not there', async () => {
		await assertFaults({ training_run_name: 'nosuch', sample_preset_id: 'nosuch', workflow_name: 'nosuch.json' }, ['/training_run_name', '/sample_preset_id', '/workflow_name']);
		await assertFaults({ workflow_name: '../config.yaml' }, ['/workflow_name']);
		await assertFaults({ checkpoint_filenames: [CHECKPOINTS[0], 'other.safetensors', CHECKPOINTS[0]] }, ['/checkpoint_filenames/1', '/checkpoint_filenames/2']);
	});
	test('names every fault of a body', async () => {
		const answer = await send(stack, 'POST', JOBS, { vae: 7, clip: '', shift: -1, checkpoint_filenames: [], existing: 'maybe', extra: 1 });
		assert.equal(answer.status, 422);
		assert.deepEqual(answer.json.errors.map(({ pointer }) => pointer).sort(), [
			'/checkpoint_filenames', '/clip', '/existing', '/extra', '/sample_preset_id', '/shift', '/training_run_name', '/vae', '/workflow_name',
		]);
	});
	test('is refused where equal pictures would get different names', async () => {
		const faults = await assertFaults({ workflow_name: 'nomodel.json' }, ['/workflow_name', '/workflow_name', '/workflow_name']);
		assert.match(faults.map(({ detail }) => detail).join('\n'), /loads no checkpoint.*\n.*prompts.*\n.*cfg values/);
		await assertFaults({ vae: 'x.safetensors', shift: 3.1 }, ['/vae', '/shift']);
	});
	test('is refused with a template that is not valid, and says how to mend it', async () => {
		const [fault] = await assertFaults({ workflow_name: 'broken.json' }, ['/workflow_name']);
		assert.match(fault.detail, /JSON/);
	});
	test('keeps preset and template as they were', async () => {
		const own = (await send(stack, 'POST', '/api/sample-presets', { ...values, name: 'Fleeting' })).json;
		const job = await launch({ sample_preset_id: own.id });
		await request(stack, 'DELETE', `/api/sample-presets/${own.id}`);
		const { job: shown } = (await get(stack, `${JOBS}/${job.id}`)).json;
		assert.equal(shown.sample_preset_id, null);
		assert.equal(shown.sample_preset_name, 'Fleeting');
		const store = database();
		const row = store.prepare('SELECT workflow, negative_prompt FROM sample_job_sources').get();
		const prompts = store.prepare('SELECT name, text FROM sample_job_prompts ORDER BY name').all().map((prompt) => ({ ...prompt }));
		store.close();
		assert.equal(row.workflow, await fixture('tiny_ckpt_api.json'));
		assert.equal(row.negative_prompt, 'blurry');
		assert.deepEqual(prompts, values.prompts);
	});
	test('without a ComfyUI in the configuration is 409', async () => {
		const other = await startStack();
		for (const target of [JOBS, `${JOBS}/preview`]) {
			const answer = await send(other, 'POST', target, wish());
			assert.equal(answer.status, 409);
			assert.equal(answer.json.code, 'comfyui_not_configured');
		}
		for (const name of ['resume', 'retry-failed']) assert.equal((await request(other, 'POST', `${JOBS}/x/${name}`)).json.code, 'comfyui_not_configured');
		assert.equal((await request(other, 'POST', `${JOBS}/x/stop`)).status, 404);
		assert.deepEqual((await get(other, JOBS)).json, []);
		await other.stop();
	});
});

const chunk = (type, data) => {
	const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
	const frame = Buffer.alloc(8);
	frame.writeUInt32BE(data.length, 0);
	frame.writeUInt32BE(crc32(body), 4);
	return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
};

/** A PNG of no pixels to speak of, with a recipe as ComfyUI writes it. */
function png(recipe) {
	const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
	const text = recipe ? [chunk('tEXt', Buffer.from(`checkpoint_sampler\0${JSON.stringify(recipe).replaceAll(':', ': ')}`, 'latin1'))] : [];
	return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', header), ...text, chunk('IEND', Buffer.alloc(0))]);
}

function digest(text) {
	let hash = 0xcbf29ce484222325n;
	for (const byte of Buffer.from(text)) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
	return hash.toString(16).padStart(16, '0');
}

/** The digest of a picture's recipe, put together here anew. */
async function recipeOf(checkpoint, prompt, cfg) {
	const { size, mtimeNs } = await stat(path.join(stack.checkpoints, checkpoint), { bigint: true });
	const { text } = values.prompts.find(({ name }) => name === prompt);
	const members = [
		['workflow_digest', JSON.stringify(digest(await fixture('tiny_ckpt_api.json')))], ['checkpoint', JSON.stringify(checkpoint)],
		['checkpoint_size', size], ['checkpoint_modified', mtimeNs], ['prompt_name', JSON.stringify(prompt)], ['prompt', JSON.stringify(text)],
		['negative_prompt', '"blurry"'], ['steps', 4], ['cfg', cfg], ['sampler_name', '"euler"'], ['scheduler', '"simple"'],
		['seed', '18446744073709551615'], ['width', 64], ['height', 64],
	];
	return digest(members.map(([key, value]) => `"${key}":${value}`).join(','));
}

async function put(checkpoint, prompt, cfg, content) {
	await mkdir(path.join(stack.samples, checkpoint), { recursive: true });
	await writeFile(path.join(stack.samples, checkpoint, fileOf(prompt, cfg)), content);
}

const counts = ({ status, total_items: total, completed_items: completed, skipped_items: skipped, pending_items: pending }) => [status, total, completed, skipped, pending];

describe('pictures that are there already', () => {
	const [one] = CHECKPOINTS;
	const preview = async (changes) => {
		const answer = await send(stack, 'POST', `${JOBS}/preview`, wish({ checkpoint_filenames: [one], ...changes }));
		assert.equal(answer.status, 200, answer.text);
		return [answer.json.to_render, answer.json.existing_same, answer.json.existing_other];
	};
	const make = async () => {
		await put(one, 'forest', '1', png({ recipe: await recipeOf(one, 'forest', '1'), prompt: 'a forest' }));
		await put(one, 'forest', '3.5', png({ recipe: '0'.repeat(16) }));
		await put(one, 'größe & more', '1', png());
	};
	const file = () => path.join(stack.samples, one, fileOf('forest', '1'));

	for (const [existing, expected, rendered] of [
		['skip', ['pending', 4, 1, 2, 1], 1],
		['update', ['pending', 4, 1, 0, 3], 3],
		['replace', ['pending', 4, 0, 0, 4], 4],
	]) {
		test(`with ${existing}`, async () => {
			await make();
			assert.deepEqual(await preview({ existing }), [rendered, 1, 2]);
			const job = await launch({ checkpoint_filenames: [one], existing });
			assert.equal(counts({ ...job, status: 'pending' }).join(), expected.join());
			const [details] = job.skipped_item_details;
			if (existing === 'skip') assert.deepEqual([details.checkpoint_filename, details.code, details.count], [one, 'exists_other_recipe', 2]);
		});
	}
	test('are made otherwise once the checkpoint has changed', async () => {
		await make();
		const checkpoint = path.join(stack.checkpoints, one);
		const { atime, mtime } = await stat(checkpoint);
		await utimes(checkpoint, atime, new Date(mtime.getTime() - 5000));
		assert.deepEqual(await preview(), [1, 0, 3]);
	});
	test('are known by the database, too, as long as the file is the one recorded', async () => {
		await put(one, 'forest', '1', png());
		const { size, mtimeNs } = await stat(file(), { bigint: true });
		const store = database();
		store.prepare('INSERT INTO sample_outputs VALUES (?, ?, ?, ?)').run(`${one}/${fileOf('forest', '1')}`, await recipeOf(one, 'forest', '1'), size, mtimeNs);
		store.close();
		assert.deepEqual(await preview(), [3, 1, 0]);
		await utimes(file(), new Date(), new Date(Date.now() - 7000));
		assert.deepEqual(await preview(), [3, 0, 1]);
	});
	test('leave nothing to do: the job is completed at once', async () => {
		for (const prompt of ['forest', 'größe & more']) for (const cfg of ['1', '3.5']) await put(one, prompt, cfg, png({ recipe: await recipeOf(one, prompt, cfg) }));
		const job = await launch({ checkpoint_filenames: [one] });
		assert.deepEqual(counts(job), ['completed', 4, 4, 0, 0]);
		assert.equal((await get(stack, `${JOBS}/${job.id}`)).json.progress.checkpoints_completed, 1);
	});
});

describe('a job', () => {
	test('is stopped and resumed, and refuses what its state does not allow', async () => {
		const { id } = await launch();
		assert.equal((await call(id, 'resume')).json.code, 'invalid_state');
		const stopped = await call(id, 'stop');
		assert.equal(stopped.status, 200, stopped.text);
		// The worker may have leased its first item, and lets go of it.
		await eventually('it is paused', async () => (await get(stack, `${JOBS}/${id}`)).json.job.status === 'paused');
		assert.ok((await get(stack, JOBS)).json[0].progress);
		const again = await call(id, 'stop');
		assert.equal(again.status, 409);
		assert.match(again.json.detail, /paused.*pending or running/);
		assert.equal((await call(id, 'retry-failed')).status, 409);
		assert.equal((await call(id, 'resume')).status, 200);
		assert.ok(['pending', 'running'].includes((await get(stack, `${JOBS}/${id}`)).json.job.status));
	});
	test('tries skipped items once more', async () => {
		const [one] = CHECKPOINTS;
		for (const prompt of ['forest', 'größe & more']) for (const cfg of ['1', '3.5']) await put(one, prompt, cfg, png());
		const job = await launch({ checkpoint_filenames: [one] });
		assert.deepEqual(counts(job), ['completed', 4, 0, 4, 0]);
		await rm(path.join(stack.samples, one), { recursive: true });
		const answer = await call(job.id, 'retry-failed');
		assert.equal(answer.status, 200, answer.text);
		assert.deepEqual(counts(answer.json), ['pending', 4, 0, 0, 4]);
	});
	test('is deleted, and is gone', async () => {
		const { id } = await launch();
		assert.equal((await request(stack, 'DELETE', `${JOBS}/${id}`)).status, 204);
		assert.equal((await request(stack, 'DELETE', `${JOBS}/${id}`)).status, 404);
		assert.equal((await get(stack, `${JOBS}/${id}`)).status, 404);
		for (const name of ['stop', 'resume', 'retry-failed']) assert.equal((await call(id, name)).status, 404);
		assert.equal((await request(stack, 'GET', `${JOBS}/${id}/stop`)).status, 405);
	});
});

describe('a preview', () => {
	const look = (changes) => send(stack, 'POST', `${JOBS}/preview`, wish(changes));

	test('counts, and knows nothing of ComfyUI\'s list while it is away', async () => {
		const answer = await look();
		assert.equal(answer.status, 200, answer.text);
		const { checkpoints, images_per_checkpoint: images, total_items: total, to_render: render, unmatched, warnings, errors, estimated_seconds: seconds } = answer.json;
		assert.deepEqual([checkpoints, images, total, render, unmatched, errors, seconds], [3, 4, 12, 12, null, [], undefined]);
		assert.equal(warnings.length, 1);
		assert.deepEqual((await get(stack, JOBS)).json, []);
	});
	test('tells what the launch would be refused for, and what is not there as the launch does', async () => {
		const answer = await look({ workflow_name: 'nomodel.json' });
		assert.equal(answer.status, 200, answer.text);
		assert.equal(answer.json.errors.length, 3);
		assert.equal((await look({ training_run_name: 'nosuch' })).status, 422);
	});
	test('names the checkpoints that ComfyUI cannot see', async () => {
		const comfyui = await startComfyUI({ models: { checkpoints: [`sd/${CHECKPOINTS[0]}`, CHECKPOINTS[2]], vae: ['v.safetensors'], text_encoders: ['c.safetensors'] } });
		const other = await startStack({ config: { comfyui: comfyui.config } });
		await prepare(other.directory);
		const { id } = (await send(other, 'POST', '/api/sample-presets', values)).json;
		const answer = await send(other, 'POST', `${JOBS}/preview`, wish({ sample_preset_id: id }));
		assert.equal(answer.status, 200, answer.text);
		assert.deepEqual(answer.json.unmatched.map(({ filename }) => filename), [CHECKPOINTS[1]]);
		assert.match(answer.json.unmatched[0].reason, /ComfyUI/);
		assert.equal(answer.json.unmatched[0].to_render, 4);
		assert.deepEqual(answer.json.warnings, []);
		const odd = (await send(other, 'POST', '/api/sample-presets', { ...values, name: 'Odd', samplers: ['euler', 'nosuch'], schedulers: ['simple', 'none'] })).json;
		const { warnings } = (await send(other, 'POST', `${JOBS}/preview`, wish({ sample_preset_id: odd.id }))).json;
		assert.deepEqual(warnings.map((warning) => warning.replace(/ of node .*: /, ' … ')), [
			'ComfyUI has no "nosuch" for sampler_name … change it in the preset.',
			'ComfyUI has no "none" for scheduler … change it in the preset.',
		]);
		await other.stop();
		await comfyui.stop();
	});
	test('warns of all that would fail: the workflow\'s own files, numbers, nodes', async () => {
		const comfyui = await startComfyUI({ models: { diffusion_models: CHECKPOINTS, vae: ['flux/ae.safetensors'], text_encoders: ['clip_l.safetensors'] } });
		const other = await startStack({ config: { comfyui: comfyui.config } });
		await prepare(other.directory);
		const place = path.join(other.directory, 'workflows');
		const flux = JSON.parse(await readFile(path.join(root, 'common/comfyui/templates/flux-dev.json'), 'utf8'));
		const named = (class_type) => Object.entries(flux).find(([, node]) => node.class_type === class_type);
		await writeFile(path.join(place, 'flux.json'), JSON.stringify(flux));
		const [encoder] = named('DualCLIPLoader');
		const [vae] = named('VAELoader');
		const [latent, { class_type: size }] = Object.entries(flux).find(([, { inputs }]) => 'width' in inputs && 'batch_size' in inputs);
		const preset = { ...values, cfgs: [1], width: 8 };
		const { id } = (await send(other, 'POST', '/api/sample-presets', preset)).json;
		const look = async (changes, query = '') => {
			const answer = await send(other, 'POST', `${JOBS}/preview${query}`, wish({ sample_preset_id: id, workflow_name: 'flux.json', ...changes }));
			assert.equal(answer.status, 200, answer.text);
			return answer.json;
		};
		const about = ({ warnings }, input) => warnings.filter((warning) => warning.includes(input));
		const first = await look();
		assert.deepEqual(first.errors, []);
		assert.deepEqual(about(first, 'clip_name'), [
			`ComfyUI has no "t5xxl_fp16.safetensors" for clip_name2 of node ${encoder} (DualCLIPLoader "Load text encoders"): put the file where ComfyUI looks for it, or name another in the workflow.`,
		]);
		assert.deepEqual(about(first, 'vae_name'), [
			`ComfyUI has no "ae.safetensors" for vae_name of node ${vae} (VAELoader "Load VAE cs:vae_loader"), but "flux/ae.safetensors": put the file where ComfyUI looks for it, or choose another one for the job.`,
		]);
		assert.equal(about(first, 'width of').length, 1);
		assert.match(about(first, 'width of')[0], new RegExp(`^width of node ${latent} \\(${size}.*\\) must be at least 16, not 8: change it in the preset\\.$`));
		// What is put in instead of the workflow's own counts, and nothing else is doubted.
		const second = await look({ vae: 'flux/ae.safetensors' });
		assert.deepEqual([about(second, 'vae_name'), about(second, 'clip_name').length], [[], 1]);
		assert.equal(second.warnings.filter((warning) => / of node /.test(warning)).length, 2, second.warnings.join('\n'));
		// A node that this ComfyUI does not have, though nothing leads from it to the picture.
		flux.extra = { class_type: 'NoSuchNode', inputs: {}, _meta: { title: 'Extra' } };
		await writeFile(path.join(place, 'flux.json'), JSON.stringify(flux));
		assert.match((await look()).errors.join(), /^This ComfyUI has no node NoSuchNode, which the workflow uses \(node extra \(NoSuchNode "Extra"\)\): install what brings it, update ComfyUI, or choose another workflow\.$/);
		await other.stop();
		await comfyui.stop();
	});
	test('asks ComfyUI anew when it is told to', async () => {
		const place = await makePlace();
		const models = path.join(place, 'checkpoints');
		await prepare(place);
		await rm(path.join(models, CHECKPOINTS[2]));
		const comfyui = await startComfyUI({ modelsIn: { checkpoints: models } });
		const other = await startStack({ config: { checkpoint_dirs: [stack.checkpoints], workflow_dir: path.join(place, 'workflows'), comfyui: comfyui.config } });
		const { id } = (await send(other, 'POST', '/api/sample-presets', values)).json;
		const look = async (query = '') => {
			const { unmatched } = (await send(other, 'POST', `${JOBS}/preview${query}`, wish({ sample_preset_id: id }))).json;
			return unmatched.map(({ filename }) => filename);
		};
		assert.deepEqual(await look(), [CHECKPOINTS[2]]);
		await writeFile(path.join(models, CHECKPOINTS[2]), '');
		assert.deepEqual(await look('?refresh=1'), []);
		await other.stop();
		await comfyui.stop();
		await rm(place, { recursive: true });
	});
	test('guesses the time from the newest job with this template', async () => {
		const { id } = await launch();
		const store = database();
		store.prepare('UPDATE sample_jobs SET seconds_per_image = 2 WHERE id = ?').run(id);
		store.close();
		assert.equal((await look({ checkpoint_filenames: [CHECKPOINTS[0]] })).json.estimated_seconds, 8);
	});
});

describe('with ComfyUI there', () => {
	let comfyui;
	let own;
	let sample_preset_id;

	before(async () => {
		comfyui = await startComfyUI({ models: { checkpoints: CHECKPOINTS, vae: ['v.safetensors'], text_encoders: ['c.safetensors'] } });
		own = await startStack({ config: { comfyui: comfyui.config } });
		await prepare(own.directory);
		sample_preset_id = (await send(own, 'POST', '/api/sample-presets', values)).json.id;
	});
	after(async () => {
		await own.stop();
		await comfyui.stop();
	});
	const find = async (id) => (await get(own, `${JOBS}/${id}`)).json.job;
	const completed = (id) => eventually('it is completed', async () => (await find(id)).status === 'completed');

	test('a job renders, and its pictures are known by their recipe', async () => {
		const body = wish({ sample_preset_id, checkpoint_filenames: CHECKPOINTS.slice(0, 2) });
		const { id } = (await send(own, 'POST', JOBS, body)).json;
		await completed(id);
		assert.deepEqual(counts(await find(id)), ['completed', 8, 8, 0, 0]);
		const preview = async () => {
			const { existing_same: same, existing_other: other, estimated_seconds: seconds } = (await send(own, 'POST', `${JOBS}/preview`, body)).json;
			assert.equal(seconds, 0);
			return [same, other];
		};
		assert.deepEqual(await preview(), [8, 0]);
		// Without the database's word for it the picture's own counts.
		const store = new DatabaseSync(path.join(own.directory, 'data', 'checkpoint-sampler.db'), { timeout: 5000 });
		store.exec('DELETE FROM sample_outputs');
		store.close();
		assert.deepEqual(await preview(), [8, 0]);
		await appendFile(path.join(own.checkpoints, CHECKPOINTS[1]), 'trained on');
		assert.deepEqual(await preview(), [4, 4]);
	});
	test('the feed tells each step of a job, and its end', async () => {
		const feed = await Feed.open(own);
		const { id } = (await send(own, 'POST', JOBS, wish({ sample_preset_id, checkpoint_filenames: CHECKPOINTS.slice(0, 1), existing: 'replace' }))).json;
		const tells = (what, test) => feed.next(what, (message) => message.type === 'job_progress' && message.job_id === id && test(message));
		await tells('the launch', ({ status, pending_items: pending }) => status === 'pending' || (status === 'running' && pending === 4));
		const { current_checkpoint: checkpoint, current_item: item } = await tells('the item in work', ({ current_item: current }) => current);
		assert.equal(checkpoint, CHECKPOINTS[0]);
		assert.deepEqual([item.prompt_name, item.cfg, item.sampler_name], ['forest', 1, 'euler']);
		const end = await tells('the end', ({ status }) => status === 'completed');
		assert.deepEqual([end.completed_items, end.pending_items, end.checkpoints_completed, end.current_item], [4, 0, 1, undefined]);
		await request(own, 'DELETE', `${JOBS}/${id}`);
		assert.equal((await feed.type('job_deleted')).job_id, id);
		await feed.close();
	});
	test('the worker\'s log says what becomes of a job', async () => {
		const log = path.join(own.runtimeDirectory, 'log', 'worker', 'current');
		const body = wish({ sample_preset_id, checkpoint_filenames: CHECKPOINTS.slice(0, 1), existing: 'replace' });
		await comfyui.setMoods({ hold: true });
		const { id } = (await send(own, 'POST', JOBS, body)).json;
		/** What was logged of the job, without the time and what all lines begin with. */
		const told = async () => (await readFile(log, 'utf8')).split('\n').filter((line) => line.includes(`job=${id.slice(0, 8)} `))
			.map((line) => line.replace(/.* event=(\S+) job=\S+ run=portrait/, '$1'));
		const tells = (line) => eventually(`it tells "${line}"`, async () => (await told()).some((each) => each.startsWith(line)));
		await tells('job.started workflow=checkpoint.json done=0 total=4');
		await request(own, 'POST', `${JOBS}/${id}/stop`);
		await tells('job.stopped total=4 completed=0 failed=0 skipped=0');
		await comfyui.setMoods({ hold: false, fail_if: 'tall' });
		await request(own, 'POST', `${JOBS}/${id}/resume`);
		await tells('job.ended total=4 completed=2 failed=2 skipped=0');
		const begun = (lines) => lines.filter((line) => line.startsWith('job.started')).length;
		assert.equal(begun(await told()), 2);
		await comfyui.setMoods({ hold: true, fail_if: '' });
		await request(own, 'POST', `${JOBS}/${id}/retry-failed`);
		await eventually('it is begun again', async () => begun(await told()) === 3);
		await eventually('ComfyUI has it', async () => (await comfyui.call('GET', '/queue')).json.queue_pending.length === 1);
		await request(own, 'DELETE', `${JOBS}/${id}`);
		await tells('job.deleted');
		await comfyui.resetMoods();
		const lines = await told();
		assert.equal(lines.filter((line) => line.startsWith('job.deleted')).length, 1);
		assert.ok(!(await readFile(log, 'utf8')).includes('level=error'), 'nothing of that is an error');
	});
	test('without a worker jobs wait for one, at once for who asks and who listens, and go on with it', async () => {
		const service = path.join(own.runtimeDirectory, 'service', 'worker');
		const feed = await Feed.open(own);
		const waits = (what, test) => feed.next(what, (message) => message.type === 'job_progress' && test(message.waiting));
		await comfyui.setMoods({ hold: true });
		const body = wish({ sample_preset_id, checkpoint_filenames: CHECKPOINTS.slice(0, 1), existing: 'replace' });
		const { id } = (await send(own, 'POST', JOBS, body)).json;
		await eventually('it runs', async () => (await find(id)).status === 'running');
		feed.forget();
		execFileSync('s6-svc', ['-wD', '-d', service]);
		const { reason, since } = (await waits('that the worker is gone', (waiting) => waiting)).waiting;
		assert.match(reason, /^The worker is not running\. .*its log says why/);
		assert.ok(Date.parse(since) <= Date.now() + 1000, since);
		assert.equal((await find(id)).waiting.reason, reason);
		const [listed] = (await get(own, JOBS)).json;
		assert.equal(listed.waiting.reason, reason);
		// A job that is over waits for nobody.
		assert.ok((await get(own, JOBS)).json.slice(1).every(({ waiting }) => !waiting));
		await comfyui.setMoods({ hold: false });
		execFileSync('s6-svc', ['-u', service]);
		await waits('that it is back', (waiting) => !waiting);
		await completed(id);
		assert.equal((await find(id)).waiting, undefined);
		await feed.close();
	});
	test('a picture made otherwise is not touched, however often the job tries', async () => {
		const one = CHECKPOINTS[2];
		const file = path.join(own.samples, one, fileOf('forest', '1'));
		await mkdir(path.dirname(file), { recursive: true });
		await writeFile(file, png());
		const { id } = (await send(own, 'POST', JOBS, wish({ sample_preset_id, checkpoint_filenames: [one] }))).json;
		await completed(id);
		assert.deepEqual(counts(await find(id)), ['completed', 4, 3, 1, 0]);
		const again = async () => {
			assert.equal((await request(own, 'POST', `${JOBS}/${id}/retry-failed`)).status, 200);
			await completed(id);
		};
		await again();
		const { skipped_items: skipped, skipped_item_details: [details] } = await find(id);
		assert.deepEqual([skipped, details.code], [1, 'exists_other_recipe']);
		assert.deepEqual(await readFile(file), png());
		await rm(file);
		await again();
		assert.deepEqual(counts(await find(id)), ['completed', 4, 4, 0, 0]);
		assert.ok((await stat(file)).size > png().length);
	});
});
