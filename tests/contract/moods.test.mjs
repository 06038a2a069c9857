// Each mood of the stand-in does what its README says: a test that relies on one relies on this.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { startComfyUI } from '../api/comfyui.mjs';
import { eventually, root } from '../api/stack.mjs';
import { Listener } from './listener.mjs';
import { promptWithSeed } from './transcripts.mjs';

let comfyui;
let seed = 1000;

before(async () => {
	comfyui = await startComfyUI({ models: {}, objectInfo: ['tests/contract/recorded_classes.json'], moods: { down_seconds: 0.1 } });
});
after(() => comfyui?.stop());
afterEach(async () => {
	await comfyui.resetMoods();
	await comfyui.setMoods({ down_seconds: 0.1 });
	await eventually('it is up', async () => (await comfyui.state()).up);
});

const post = (id, fields = {}) =>
	comfyui.call('POST', '/prompt', { prompt: JSON.parse(promptWithSeed(seed++)), prompt_id: id, ...fields });
const entryOf = async (id) => (await comfyui.call('GET', `/history/${id}`)).json[id];
const ended = (id) => eventually('the prompt has ended', () => entryOf(id));
const isRunning = async (id) => (await comfyui.call('GET', '/queue')).json.queue_running.some((item) => item[1] === id);

/** Runs one prompt to its end, listening. */
async function run(moods, client = randomUUID()) {
	const listener = await Listener.open(comfyui.url, client);
	await comfyui.setMoods(moods);
	const id = randomUUID();
	const reply = await post(id, { client_id: client });
	const entry = await ended(reply.json.prompt_id);
	await eventually('the end is told', () => listener.heard.some(({ data }) => data?.node === null));
	await listener.close();
	return { id, reply, entry, heard: listener.heard };
}

async function picture(entry, node = '9') {
	const { filename, subfolder, type } = entry.outputs[node].images[0];
	const response = await fetch(`${comfyui.url}/view?${new URLSearchParams({ filename, subfolder, type })}`);
	return { status: response.status, type: response.headers.get('content-type'), bytes: Buffer.from(await response.arrayBuffer()) };
}

const isWhole = (bytes) => bytes.subarray(-8, -4).toString() === 'IEND';

test('README lists every mood', async () => {
	const moods = await (await fetch(`${comfyui.control}/stand-in/moods`)).json();
	const readme = readFileSync(path.join(root, 'tests/comfyui-stub/README.md'), 'utf8');
	for (const [name, { default: value, what }] of Object.entries(moods)) {
		const python = { true: 'true', false: 'false' }[value] ?? (typeof value === 'string' ? '""' : null);
		const line = readme.split('\n').find((candidate) => candidate.startsWith(`| \`${name}\` `));
		assert.ok(line?.endsWith(`| ${what} |`), `README.md says of ${name}: ${what}`);
		if (python) assert.ok(line.includes(`\`${python}\``), name);
	}
});

test('a mood that is unknown or of another type is refused, and none is changed', async () => {
	await assert.rejects(comfyui.setMoods({ oom: true, nonsense: 1 }), /no mood is called 'nonsense'/);
	await assert.rejects(comfyui.setMoods({ crash: 'sometimes' }), /crash/);
	assert.deepEqual((await comfyui.state()).moods, { down_seconds: 0.1 });
});

test('pace: seconds_per_step, load_seconds', async () => {
	const began = performance.now();
	await run({ seconds_per_step: 0.05, load_seconds: 0.1 });
	assert.ok(performance.now() - began > 190); // two steps, one loader
});

test('prompt_delay, prompt_reset: accepted all the same', async () => {
	for (const [mood, value] of [['prompt_delay', 0.3], ['prompt_reset', true]]) {
		await comfyui.setMoods({ [mood]: value });
		const id = randomUUID();
		const reply = post(id).catch((error) => error);
		await ended(id);
		if (mood === 'prompt_reset') assert.ok((await reply) instanceof Error);
		else assert.equal((await reply).status, 200);
	}
});

test('prompt_id_ignored, prompt_id_must_be_uuid', async () => {
	await comfyui.setMoods({ prompt_id_ignored: true });
	const mine = randomUUID();
	const other = (await post(mine)).json.prompt_id;
	assert.notEqual(other, mine);
	await ended(other);
	await comfyui.resetMoods();
	await comfyui.setMoods({ prompt_id_must_be_uuid: true });
	const refused = await post('item-7');
	assert.equal(refused.status, 400);
	assert.equal(refused.json.error.type, 'invalid_prompt_id');
});

test('newer_validation: missing_node_type', async () => {
	await comfyui.setMoods({ newer_validation: true });
	const reply = await comfyui.call('POST', '/prompt', { prompt: { 5: { class_type: 'Gone', inputs: {}, _meta: { title: 'Decode' } } } });
	// As ComfyUI 0.28.2 answered.
	assert.deepEqual(reply.json.error, {
		type: 'missing_node_type',
		message: "Node 'Decode' not found. The custom node may not be installed.",
		details: "Node ID '#5'",
		extra_info: { node_id: '5', class_type: 'Gone', node_title: 'Decode' },
	});
});

test('validation_seconds blocks the whole server', async () => {
	await comfyui.setMoods({ validation_seconds: 0.3 });
	const began = performance.now();
	const reply = post(randomUUID());
	await new Promise((resolve) => setTimeout(resolve, 50));
	await comfyui.call('GET', '/prompt');
	assert.ok(performance.now() - began > 290);
	await reply;
});

test('partial: 200 with node_errors, success without our picture', async () => {
	const { reply, entry } = await run({ partial: { value: true, times: 1 } });
	assert.equal(reply.status, 200);
	assert.deepEqual(Object.keys(reply.json.node_errors), ['9']);
	assert.deepEqual([entry.status.status_str, entry.outputs], ['success', {}]);
});

test('fail, fail_if, error_bytes', async () => {
	const { entry } = await run({ fail: { value: 'no such luck', times: 1 }, error_bytes: 3_000_000 });
	const [kind, error] = entry.status.messages.at(-1);
	assert.deepEqual([kind, error.exception_message], ['execution_error', 'no such luck\n']);
	assert.ok(JSON.stringify(error).length > 3_000_000);
	await comfyui.setMoods({ fail_if: `"seed": ${seed}` });
	assert.equal((await run({})).entry.status.status_str, 'error');
	assert.equal((await run({})).entry.status.status_str, 'success');
});

test('oom, oom_until_free', async () => {
	const first = await run({ oom: { value: true, times: 1 } });
	assert.equal(first.entry.status.messages.at(-1)[1].exception_type, 'torch.OutOfMemoryError');
	assert.equal((await run({ oom_until_free: true })).entry.status.status_str, 'error');
	await comfyui.call('POST', '/free', { unload_models: true, free_memory: true });
	assert.equal((await run({})).entry.status.status_str, 'success');
});

test('hang: one ends at /interrupt, one does not', async () => {
	await comfyui.setMoods({ hang: { value: 'interruptible', times: 1 } });
	const id = randomUUID();
	await post(id);
	await eventually('it runs', () => isRunning(id));
	await comfyui.call('POST', '/interrupt', { prompt_id: randomUUID() });
	assert.ok(await isRunning(id));
	await comfyui.call('POST', '/interrupt', { prompt_id: id });
	assert.equal((await ended(id)).status.messages.at(-1)[0], 'execution_interrupted');

	await comfyui.setMoods({ hang: { value: 'dead', times: 1 } });
	const dead = randomUUID();
	await post(dead);
	await eventually('it runs', () => isRunning(dead));
	await comfyui.call('POST', '/interrupt', { prompt_id: dead });
	await new Promise((resolve) => setTimeout(resolve, 100));
	assert.ok(await isRunning(dead));
	await comfyui.restart(0);
});

test('interrupt_is_global', async () => {
	await comfyui.setMoods({ hang: { value: 'interruptible', times: 1 }, interrupt_is_global: true });
	const id = randomUUID();
	await post(id);
	await eventually('it runs', () => isRunning(id));
	await comfyui.call('POST', '/interrupt', { prompt_id: randomUUID() });
	await ended(id);
});

test('no_output, temp_output, black, forget_history', async () => {
	assert.deepEqual((await run({ no_output: { value: true, times: 1 } })).entry.outputs, {});
	const temporary = await run({ temp_output: { value: true, times: 1 } });
	assert.equal(temporary.entry.outputs['9'].images[0].type, 'temp');
	assert.equal((await picture(temporary.entry)).status, 200);
	const coloured = (await picture((await run({})).entry)).bytes.length;
	assert.ok((await picture((await run({ black: { value: true, times: 1 } })).entry)).bytes.length < coloured / 2);
	await comfyui.setMoods({ forget_history: true });
	const id = randomUUID();
	await post(id);
	await eventually('it has ended', async () => (await comfyui.state()).prompts.at(-1).outcome === 'success');
	assert.equal(await entryOf(id), undefined);
});

test('history_delay: success is told before history knows', async () => {
	await comfyui.setMoods({ history_delay: 0.3 });
	const listener = await Listener.open(comfyui.url, 'late');
	const id = randomUUID();
	await post(id, { client_id: 'late' });
	await eventually('success is told', () => listener.heard.some(({ type }) => type === 'execution_success'));
	assert.equal(await entryOf(id), undefined);
	assert.ok(await isRunning(id));
	await ended(id);
	await listener.close();
});

test('a process that was killed comes back on its ports, with its pictures', async () => {
	const { entry } = await run({});
	await comfyui.stop('SIGKILL');
	await comfyui.start();
	assert.equal((await picture(entry)).status, 200);
	assert.equal((await comfyui.state()).lives, 1);
});

for (const at of ['prompt', 'step', 'saved', 'view']) {
	test(`crash at ${at}: queue, history and connections are gone, files stay`, async () => {
		const { lives } = await comfyui.state();
		const before = await run({});
		const listener = await Listener.open(comfyui.url, `crash-${at}`);
		await comfyui.setMoods({ crash: { value: at, times: 1 } });
		const id = randomUUID();
		if (at === 'view') await assert.rejects(picture(before.entry));
		else if (at === 'prompt') await assert.rejects(post(id));
		else await post(id).catch(() => {}); // it may die before the reply is out
		await eventually('it has died', () => listener.closed);
		await eventually('it is back', async () => (await comfyui.state()).lives === lives + 1 && (await comfyui.state()).up);
		assert.equal(await entryOf(before.id), undefined);
		assert.equal((await comfyui.call('GET', '/prompt')).json.exec_info.queue_remaining, 0);
		assert.equal((await picture(before.entry)).status, 200);
		const lost = (await comfyui.state()).prompts.find(({ prompt_id: prompt }) => prompt === id);
		if (at === 'saved') assert.ok(existsSync(lost.files[0]));
		if (at !== 'view') assert.equal(lost.outcome, 'lost');
	});
}

test('feed: refused, closed, deaf, deaf_until_reconnect', async () => {
	await comfyui.setMoods({ feed: 'refused' });
	const refused = new Listener(comfyui.url, 'f1');
	await eventually('it is refused', () => refused.closed);
	assert.deepEqual(refused.heard, []);

	await comfyui.setMoods({ feed: 'closed' });
	const closed = new Listener(comfyui.url, 'f2');
	await eventually('it is closed', () => closed.closed);
	assert.deepEqual(closed.heard.map(({ type }) => type), ['status']);

	await comfyui.setMoods({ feed: '' });
	const deaf = await Listener.open(comfyui.url, 'f3');
	await comfyui.setMoods({ feed: 'deaf_until_reconnect' });
	const again = await Listener.open(comfyui.url, 'f4');
	const id = randomUUID();
	await post(id, { client_id: 'f3' });
	await ended(id);
	await eventually('the new one hears', () => again.rest().length >= 3);
	assert.deepEqual(deaf.rest(), []);
	await comfyui.setMoods({ feed: 'deaf' });
	const heard = again.heard.length;
	await ended((await post(randomUUID())).json.prompt_id);
	assert.equal(again.heard.length, heard);
	await Promise.all([deaf.close(), again.close()]);
});

test('feed stalled: late, and nothing is lost', async () => {
	const listener = await Listener.open(comfyui.url, 'f7');
	await comfyui.setMoods({ feed: 'stalled' });
	const id = randomUUID();
	await post(id, { client_id: 'f7' });
	await ended(id);
	assert.deepEqual(listener.rest(), []);
	await comfyui.setMoods({ feed: '' });
	await eventually('all is told', () => listener.rest().at(-1)?.data.node === null);
	await listener.close();
});

test('cache_keeps: the answer to a prompt before the last is an old picture', async () => {
	const images = async () => (await comfyui.state()).images;
	const prompt = JSON.parse(promptWithSeed(seed++));
	const submit = async () => {
		const id = randomUUID();
		await comfyui.call('POST', '/prompt', { prompt, prompt_id: id });
		return (await ended(id)).outputs['9'].images[0].filename;
	};
	for (const keeps of [false, true]) {
		await comfyui.setMoods({ cache_keeps: keeps });
		const first = await submit();
		await run({});
		const before = await images();
		assert.equal((await submit()) === first, keeps);
		assert.equal(await images(), keeps ? before : before + 1);
	}
});

test('extra_data null kills the worker thread: the queue stands still, all else goes on', async () => {
	const id = randomUUID();
	assert.equal((await post(id, { extra_data: null })).status, 200);
	await eventually('it is taken', () => isRunning(id));
	const listener = await Listener.open(comfyui.url, 'f8');
	const waiting = randomUUID();
	await post(waiting);
	assert.equal((await listener.take(1))[0].data.status.exec_info.queue_remaining, 2);
	await comfyui.call('POST', '/interrupt', { prompt_id: id });
	assert.ok(await isRunning(id));
	await listener.close();
	await comfyui.restart(0);
});

test('feed_reset_after', async () => {
	await comfyui.setMoods({ feed_reset_after: { value: 3, times: 1 } });
	const listener = new Listener(comfyui.url, 'f5');
	await post(randomUUID(), { client_id: 'f5' });
	await eventually('the connection is reset', () => listener.closed);
	assert.ok(listener.heard.length <= 3);
});

test('goodbye_delay: the old connection takes the new one with it', async () => {
	await comfyui.setMoods({ goodbye_delay: 0.2 });
	const old = await Listener.open(comfyui.url, 'f6');
	await old.close();
	const young = await Listener.open(comfyui.url, 'f6');
	await new Promise((resolve) => setTimeout(resolve, 400));
	await ended((await post(randomUUID(), { client_id: 'f6' })).json.prompt_id);
	assert.deepEqual(young.rest(), []);
	await young.close();
});

test('frames fragmented, deflate: the same messages', async () => {
	const kinds = ({ heard }) => heard.map(({ type }) => type);
	const plain = kinds(await run({}));
	assert.deepEqual(kinds(await run({ frames: 'fragmented' })), plain);
	await comfyui.setMoods({ frames: '' });
	assert.deepEqual(kinds(await run({ deflate: true })), plain);
});

/** The bytes a server sends after a WebSocket's handshake. */
async function rawFeed(offer) {
	const socket = net.connect(comfyui.port, '127.0.0.1');
	let bytes = Buffer.alloc(0);
	socket.on('data', (part) => (bytes = Buffer.concat([bytes, part])));
	const extension = offer ? 'Sec-WebSocket-Extensions: permessage-deflate\r\n' : '';
	socket.write(
		`GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${extension}` +
			'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
	);
	await eventually('a frame comes', () => bytes.indexOf('\r\n\r\n') > 0 && bytes.length > bytes.indexOf('\r\n\r\n') + 20);
	socket.destroy();
	return { head: bytes.subarray(0, bytes.indexOf('\r\n\r\n')).toString(), frame: bytes[bytes.indexOf('\r\n\r\n') + 4] };
}

test('frames on the wire: whole, in parts, deflated where offered', async () => {
	assert.equal((await rawFeed(true)).frame, 0x81);
	await comfyui.setMoods({ frames: 'fragmented' });
	assert.equal((await rawFeed(false)).frame, 0x01);
	await comfyui.setMoods({ frames: '', deflate: true });
	const deflated = await rawFeed(true);
	assert.match(deflated.head, /permessage-deflate/i);
	assert.equal(deflated.frame, 0xc1);
	assert.equal((await rawFeed(false)).frame, 0x81);
});

test('previews, chatter, executing_without_prompt_id, no_progress_state, no_execution_success', async () => {
	const previews = (await run({ previews: true })).heard.filter((message) => message instanceof ArrayBuffer);
	assert.deepEqual([...new Set(previews.map((message) => new DataView(message).getUint32(0)))], [1, 3, 4]);
	const { heard, id } = await run({ chatter: true });
	assert.ok(heard.some(({ type }) => type === 'crystools.monitor'));
	assert.ok(heard.some(({ type, data }) => type === 'execution_interrupted' && data.prompt_id !== id));
	const bare = await run({ executing_without_prompt_id: true, no_progress_state: true });
	assert.ok(bare.heard.some(({ type, data }) => type === 'executing' && data.node === '3' && !('prompt_id' in data)));
	assert.ok(!bare.heard.some(({ type }) => type === 'progress_state'));
	const old = await run({ no_execution_success: true });
	assert.ok(!old.heard.some(({ type }) => type === 'execution_success'));
	assert.deepEqual(old.entry.status.messages.map(([kind]) => kind), ['execution_start', 'execution_cached']);
	assert.equal(old.entry.status.status_str, 'success');
});

test('view: missing, cut, reset, html, slow', async () => {
	const { entry } = await run({});
	assert.ok(isWhole((await picture(entry)).bytes));
	await comfyui.setMoods({ view: { value: 'missing', times: 1 } });
	assert.equal((await picture(entry)).status, 404);
	await comfyui.setMoods({ view: { value: 'cut', times: 1 } });
	const cut = await picture(entry);
	assert.deepEqual([cut.status, isWhole(cut.bytes)], [200, false]);
	await comfyui.setMoods({ view: { value: 'reset', times: 1 } });
	await assert.rejects(picture(entry));
	await comfyui.setMoods({ view: { value: 'html', times: 1 } });
	assert.match((await picture(entry)).type, /text\/html/);
	await comfyui.setMoods({ view: { value: 'slow', times: 1 } });
	assert.ok(isWhole((await picture(entry)).bytes));
	assert.ok(isWhole((await picture(entry)).bytes));
});

test('nan: what json.loads of Python takes and JSON.parse does not', async () => {
	const { id } = { id: randomUUID() };
	await comfyui.setMoods({ nan: true });
	await post(id);
	await eventually('history has it', async () => (await comfyui.call('GET', `/history/${id}`)).text.length > 2);
	const { text } = await comfyui.call('GET', `/history/${id}`);
	for (const strange of ['NaN', 'Infinity', '\\udc80', '1180591620717411303424']) assert.ok(text.includes(strange), strange);
	assert.ok((await comfyui.call('GET', '/object_info/KSampler')).text.includes('NaN'));
	await comfyui.setMoods({ nan: false });
	const png = (await picture(await entryOf(id))).bytes.toString('latin1');
	assert.ok(png.includes('"is_changed": NaN'));
});

test('object_info_seconds, object_info_bytes, object_info_fails', async () => {
	await comfyui.setMoods({ object_info_seconds: 0.2, object_info_bytes: 1_000_000 });
	const began = performance.now();
	assert.ok((await comfyui.call('GET', '/object_info/KSampler')).text.length > 1_000_000);
	assert.ok(performance.now() - began > 190);
	await comfyui.setMoods({ object_info_fails: true });
	assert.equal((await comfyui.call('GET', '/object_info/KSampler')).status, 500);
});

test('windows: names with backslashes, and only those', async () => {
	await comfyui.setMoods({ windows: true });
	const info = (await comfyui.call('GET', '/object_info/UNETLoader')).json.UNETLoader;
	assert.deepEqual(info.input.required.unet_name[0], ['a\\one.safetensors', 'two.safetensors']);
	const { entry } = await run({});
	assert.equal(entry.outputs['9'].images[0].subfolder, 'cs\\j1');
	assert.equal((await picture(entry)).status, 200);
});

test('proxy: its pages instead of answers', async () => {
	const seen = {};
	for (const proxy of ['401', '403', '302', '502', 'html']) {
		await comfyui.setMoods({ proxy });
		const response = await new Promise((resolve) => http.get(`${comfyui.url}/system_stats`, resolve));
		response.resume();
		seen[proxy] = response.statusCode;
	}
	assert.deepEqual(seen, { 401: 401, 403: 403, 302: 302, 502: 502, html: 200 });
});

test('silent: connections are taken, nothing is answered', async () => {
	await comfyui.setMoods({ silent: true });
	await assert.rejects(fetch(`${comfyui.url}/prompt`, { signal: AbortSignal.timeout(200) }), { name: 'TimeoutError' });
	await comfyui.restart(0);
});
