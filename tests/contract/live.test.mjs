// What our programs rely on, asked of the ComfyUI at COMFYUI_URL, or else of the stand-in: one test for both, so that
// neither drifts from the recordings. It needs no model, and leaves some 64-pixel pictures in a folder cs-contract-….
import assert from 'node:assert/strict';
import { randomInt, randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { startComfyUI } from '../api/comfyui.mjs';
import { eventually } from '../api/stack.mjs';
import { Listener } from './listener.mjs';
import { difference, messagesWithoutModel, translateNames, withoutModel } from './model-less.mjs';
import { normalised, scenarios } from './transcripts.mjs';

const mark = randomInt(2, 0xffffff);
let comfyui, url;

before(async () => {
	url = process.env.COMFYUI_URL?.replace(/\/$/, '');
	if (!url) {
		comfyui = await startComfyUI({ models: {} });
		url = comfyui.url;
	}
});
after(() => comfyui?.stop());

async function call(method, path, body) {
	const response = await fetch(url + path, { method, body: typeof body === 'object' ? JSON.stringify(body) : body });
	const text = await response.text();
	return { status: response.status, headers: response.headers, text, get json() { return JSON.parse(text); } };
}

const entryOf = async (id) => (await call('GET', `/history/${id}`)).json[id];
const ended = (id) => eventually('the prompt has ended', () => entryOf(id), 60);

const colour = (color, prefix = 'x') => ({
	1: { class_type: 'EmptyImage', inputs: { width: 64, height: 64, batch_size: 1, color } },
	2: { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: `cs-contract-${mark}/${prefix}` } },
});

// --- The recordings, without a model

const replayed = scenarios.filter(({ number }) => ['01', '02', '03', '04', '05', '37', '38'].includes(number));

test('messages in order, and history, as recorded', async (t) => {
	const client = `contract-${mark}`;
	const listener = await Listener.open(url, client);
	for (const { name, text, expected } of replayed) {
		await t.test(name, async () => {
			const id = randomUUID();
			const prompt = withoutModel(JSON.parse(text), mark);
			const reply = await call('POST', '/prompt', { prompt, client_id: client, prompt_id: id });
			assert.equal(reply.status, 200, reply.text);
			assert.equal(reply.json.prompt_id, id);
			assert.deepEqual(Object.keys(reply.json.node_errors), Object.keys(expected['POST /prompt'].body.node_errors));

			const adapt = (value) => normalised(JSON.parse(JSON.stringify(value).replaceAll(expected['POST /prompt'].body.prompt_id, id)));
			const wanted = messagesWithoutModel(adapt(expected.ws), mark).map(({ type, data }) => ({ type, data: withoutInputs(data) }));
			const told = (await listener.take(wanted.length)).map(({ type, data }) => ({ type, data: normalised(data) }));
			assert.deepEqual(told.map(({ type }) => type), wanted.map(({ type }) => type));
			assert.equal(difference(told, wanted), '', JSON.stringify(told));

			const entry = await ended(id);
			const { outputs, status } = translateNames(adapt(Object.values(expected['GET /history/{id}'])[0]), mark);
			assert.deepEqual(normalised(entry.outputs), outputs);
			assert.deepEqual([entry.status.status_str, entry.status.completed], [status.status_str, status.completed]);
			assert.deepEqual(entry.status.messages.map(([kind]) => kind), status.messages.map(([kind]) => kind));
			assert.equal(entry.prompt[1], id);
			assert.deepEqual(entry.prompt[2], prompt);
		});
	}
	await listener.close();
});

/** An error's message and traceback are of the machine. */
function withoutInputs(data) {
	const rest = { ...data };
	for (const field of ['current_inputs', 'exception_message', 'traceback']) delete rest[field];
	return rest;
}

// --- What is refused

const refusals = {
	'no prompt': [{}, 'no_prompt'],
	'an unknown class': [{ prompt: { 5: { class_type: 'NoSuchNode', inputs: {} } } }, 'invalid_prompt', 'missing_node_type'],
	'no class': [{ prompt: { 5: { inputs: {} } } }, 'invalid_prompt', 'missing_node_type'],
	'no node': [{ prompt: {} }, 'prompt_no_outputs'],
	'a missing value': [
		{ prompt: { 1: { class_type: 'EmptyImage', inputs: { width: 64, height: 64, batch_size: 1 } }, 2: colour(0)['2'] } },
		'prompt_outputs_failed_validation',
	],
};

for (const [what, [body, ...types]] of Object.entries(refusals)) {
	test(`${what} is refused`, async () => {
		const reply = await call('POST', '/prompt', body);
		assert.equal(reply.status, 400);
		assert.ok(types.includes(reply.json.error.type), reply.text);
		if (what === 'a missing value') assert.equal(reply.json.node_errors['1'].errors[0].type, 'required_input_missing');
	});
}

test('wrong methods and broken bodies', async () => {
	assert.equal((await call('DELETE', '/queue')).status, 405);
	assert.equal((await call('POST', '/no-such-thing', {})).status, 405);
	assert.equal((await call('GET', '/no-such-thing')).status, 404);
	assert.equal((await call('POST', '/prompt', '{')).status, 500);
	assert.equal((await call('POST', '/queue', '')).status, 500);
	assert.equal((await call('GET', '/history?max_items=x')).status, 500);
});

// --- Queue and history

test('every route exists with and without /api', async () => {
	for (const path of ['/prompt', '/queue', '/history?max_items=1', '/system_stats', '/features', '/models', '/object_info/SaveImage']) {
		const [bare, prefixed] = [await call('GET', path), await call('GET', `/api${path}`)];
		assert.deepEqual([bare.status, prefixed.status], [200, 200], path);
		assert.deepEqual(Object.keys(prefixed.json), Object.keys(bare.json), path);
	}
	assert.match((await call('GET', '/system_stats')).json.system.comfyui_version, /^\d+\.\d+/);
});

test('deleting and interrupting what is not there is well', async () => {
	for (const [path, body] of [['/queue', { delete: [randomUUID()] }], ['/interrupt', { prompt_id: randomUUID() }], ['/free', {}]]) {
		const reply = await call('POST', path, body);
		assert.deepEqual([reply.status, reply.text], [200, ''], path);
	}
	assert.deepEqual((await call('GET', `/history/${randomUUID()}`)).json, {});
});

test('history forgets what it is told to', async () => {
	const id = randomUUID();
	await call('POST', '/prompt', { prompt: colour(mark, 'forgotten'), prompt_id: id });
	await ended(id);
	await call('POST', '/history', { delete: [id] });
	assert.deepEqual((await call('GET', `/history/${id}`)).json, {});
});

// --- Pictures

test('a picture: numbered, with the prompt and what we add in its text', async () => {
	const added = { recipe: 'ü', seed: '18446744073709551615' };
	const files = [];
	for (const turn of [1, 2]) {
		const id = randomUUID();
		// Another colour each time: an identical prompt is answered from the cache.
		const prompt = colour((mark + turn) % 0xffffff, 'numbered');
		await call('POST', '/prompt', { prompt, prompt_id: id, extra_data: { extra_pnginfo: { checkpoint_sampler: added } } });
		const { filename, subfolder, type } = (await ended(id)).outputs['2'].images[0];
		files.push(filename);
		const query = new URLSearchParams({ filename, subfolder, type });
		const response = await fetch(`${url}/view?${query}`);
		assert.equal(response.headers.get('content-type'), 'image/png');
		assert.match(response.headers.get('content-disposition'), new RegExp(`filename="${filename}"`));
		const text = textOf(Buffer.from(await response.arrayBuffer()));
		assert.deepEqual(JSON.parse(text.prompt), prompt);
		assert.deepEqual(JSON.parse(text.checkpoint_sampler), added);
	}
	assert.deepEqual(files, ['numbered_00001_.png', 'numbered_00002_.png']);
});

/** The tEXt chunks of a PNG. */
function textOf(png) {
	const texts = {};
	let kind;
	for (let at = 8; kind !== 'IEND'; at += 12 + png.readUInt32BE(at)) {
		kind = png.toString('latin1', at + 4, at + 8);
		const data = png.subarray(at + 8, at + 8 + png.readUInt32BE(at));
		if (kind === 'tEXt') texts[data.toString('latin1', 0, data.indexOf(0))] = data.toString('latin1', data.indexOf(0) + 1);
	}
	return texts;
}

test('/view refuses what leads elsewhere', async () => {
	const status = async (query) => (await call('GET', `/view?${query}`)).status;
	assert.equal(await status('filename=a..b.png'), 400);
	assert.equal(await status('filename=/etc/passwd'), 400);
	assert.equal(await status('filename=x.png&type=nonsense'), 400);
	assert.equal(await status('filename=x.png&type=output&subfolder=../..'), 403);
	assert.equal(await status(`filename=none-${mark}.png&type=output`), 404);
	assert.equal(await status('type=output'), 404);
});

// --- Models, classes, feed, origin

test('models by folder, choices by class', async () => {
	const folders = (await call('GET', '/models')).json;
	for (const folder of ['checkpoints', 'loras', 'vae', 'text_encoders', 'diffusion_models']) assert.ok(folders.includes(folder), folder);
	assert.ok(Array.isArray((await call('GET', '/models/loras')).json));
	assert.equal((await call('GET', '/models/no-such-folder')).status, 404);
	assert.deepEqual((await call('GET', '/object_info/NoSuchNode')).json, {});
	const { KSampler } = (await call('GET', '/object_info/KSampler')).json;
	const [choices] = KSampler.input.required.sampler_name;
	assert.ok(choices.includes('euler') || KSampler.input.required.sampler_name[1].options.includes('euler'));
	assert.deepEqual((await call('GET', '/object_info/VAELoader')).json.VAELoader.input.required.vae_name[0].at(-1), 'pixel_space');
});

test('a new connection is told its sid, and features when it asks', async () => {
	const listener = await Listener.open(url, `features-${mark}`);
	assert.equal(listener.welcome.data.sid, `features-${mark}`);
	assert.equal(typeof listener.welcome.data.status.exec_info.queue_remaining, 'number');
	listener.socket.send(JSON.stringify({ type: 'feature_flags', data: { supports_preview_metadata: true } }));
	await eventually('features are told', () => listener.rest().some(({ type }) => type === 'feature_flags'));
	await listener.close();
	assert.equal((await call('GET', '/ws')).status, 400);
});

test('a page of another site may not call a server on loopback', async () => {
	const { hostname, host } = new URL(url);
	const status = async (origin) => (await fetch(`${url}/prompt`, { headers: { Origin: origin } })).status;
	const foreign = hostname === '127.0.0.1' ? 403 : 200; // elsewhere nothing is checked
	assert.deepEqual(
		[await status(`http://${host}`), await status('http://127.0.0.1:9'), await status('http://evil.example')],
		[200, foreign, foreign],
	);
});
