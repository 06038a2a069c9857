// /api/comfyui over HTTP, through the real stack, with a ComfyUI in every mood, behind proxies, and without one.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { get, request } from './client.mjs';
import { startComfyUI } from './comfyui.mjs';
import { eventually, freePort, makePlace, startStack } from './stack.mjs';

const models = {
	checkpoints: ['base-sd15.safetensors', 'sd/größe & more.safetensors'],
	diffusion_models: ['qwen/my run-step00001000.safetensors'],
	loras: ['style.safetensors'],
	vae: ['ae.safetensors'],
	text_encoders: ['t5.safetensors'],
};

const status = async (stack) => (await get(stack, '/api/comfyui/status')).json;
const list = (stack, type, more = '&refresh=1') => get(stack, `/api/comfyui/models?type=${type}${more}`);

/** Status is kept for two seconds: the next one that tells of `part`. */
const toldOf = (stack, part) =>
	eventually(`the status tells of "${part}"`, async () => {
		const { enabled, connected, error, version, checked_at: checkedAt } = await status(stack);
		assert.equal(enabled, true);
		assert.equal(connected, error === undefined);
		assert.equal(connected, version !== undefined);
		assert.ok(Math.abs(Date.parse(checkedAt) - Date.now()) < 60_000);
		return (error ?? version).includes(part) && (error ?? version);
	});

/** A list answers 503 with a reason that a user can act on, and never an empty list. */
async function assertAway(stack, type, part) {
	const answer = await list(stack, type);
	assert.equal(answer.status, 503, answer.text);
	assert.match(answer.headers['retry-after'], /^[1-9]/);
	assert.ok(answer.json.detail.includes(part), `"${answer.json.detail}" says nothing of "${part}"`);
	return answer.json;
}

describe('without ComfyUI in the configuration', () => {
	let stack;
	before(async () => (stack = await startStack()));
	after(() => stack.stop());

	test('the status says so, and lists are a conflict', async () => {
		assert.deepEqual(await status(stack), { enabled: false, connected: false });
		const answer = await list(stack, 'vae');
		assert.equal(answer.status, 409);
		assert.equal(answer.json.code, 'comfyui_not_configured');
		assert.equal((await get(stack, '/api/settings')).json.comfyui_enabled, false);
	});
});

describe('with a ComfyUI', () => {
	let comfyui;
	let stack;
	let place;
	let workflows;
	before(async () => {
		comfyui = await startComfyUI({ models });
		// An empty one gets the templates that are shipped.
		place = await makePlace();
		workflows = path.join(place, 'workflows');
		await mkdir(workflows);
		stack = await startStack({ place, config: { comfyui: comfyui.config, workflow_dir: workflows } });
	});
	after(async () => {
		await stack?.stop();
		await comfyui?.stop();
		await rm(place, { recursive: true });
	});
	beforeEach(async () => {
		await comfyui.resetMoods();
		await comfyui.forget();
	});

	test('many who ask at once are one question', async () => {
		await comfyui.setMoods({ object_info_seconds: 0.5 });
		const answers = await Promise.all(Array.from({ length: 10 }, () => list(stack, 'vae', '')));
		assert.deepEqual(answers.map((answer) => answer.status), Array(10).fill(200));
		assert.equal((await comfyui.calls()).filter(isVae).length, 1);
	});

	test('the status has its version', async () => {
		assert.match(await toldOf(stack, '.'), /^\d+\.\d+\.\d+$/);
		assert.equal((await get(stack, '/api/settings')).json.comfyui_enabled, true);
	});

	test('all seven types are listed as ComfyUI names them', async () => {
		for (const [type, expected] of Object.entries({
			vae: models.vae,
			clip: models.text_encoders,
			unet: models.diffusion_models,
			checkpoint: models.checkpoints,
			lora: models.loras,
		})) {
			const answer = await list(stack, type);
			assert.equal(answer.status, 200, answer.text);
			assert.deepEqual([...answer.json.models].sort(), [...expected].sort(), type);
		}
		const samplers = (await list(stack, 'sampler')).json.models;
		assert.ok(samplers.includes('euler') && samplers.length > 20);
		const schedulers = (await list(stack, 'scheduler')).json.models;
		assert.ok(schedulers.includes('karras') && !schedulers.includes('euler'));
	});

	test('the lists are those of the nodes of a workflow, where one is named', async () => {
		const of = (type, workflow) => list(stack, type, `&refresh=1&workflow=${workflow}`);
		const assertProblem = ({ status: code, json }, expected, word) => assert.deepEqual([code, json.code], [expected, word]);
		const names = async (type, workflow) => {
			const answer = await of(type, workflow);
			assert.equal(answer.status, 200, answer.text);
			return answer.json.models.sort();
		};
		assert.deepEqual(await names('vae', 'qwen-image.json'), [...models.vae].sort());
		assert.deepEqual(await names('clip', 'qwen-image.json'), [...models.text_encoders].sort());
		for (const type of ['unet', 'checkpoint', 'lora']) {
			assert.deepEqual(await names(type, 'qwen-image.json'), [...models.diffusion_models].sort());
			assert.deepEqual(await names(type, 'qwen-image-lora.json'), [...models.loras].sort());
			assert.deepEqual(await names(type, 'sd15-sdxl-checkpoint.json'), [...models.checkpoints].sort());
		}
		assert.ok((await names('sampler', 'flux-dev.json')).includes('euler'));
		assertProblem(await of('vae', 'sd15-sdxl-checkpoint.json'), 422, 'not_honoured');
		assertProblem(await of('vae', 'none.json'), 404, 'not_found');
		assertProblem(await of('vae', '..%2Fconfig.yaml'), 404, 'not_found');
		await writeFile(path.join(workflows, 'broken.json'), '{}');
		assertProblem(await of('vae', 'broken.json'), 422, 'invalid_workflow');
		const graph = JSON.parse(await readFile(path.join(workflows, 'qwen-image.json'), 'utf8'));
		Object.values(graph).find(({ class_type: type }) => type === 'CLIPLoader').class_type = 'CLIPLoaderGGUF';
		await writeFile(path.join(workflows, 'gguf.json'), JSON.stringify(graph));
		const lacking = await of('clip', 'gguf.json');
		assertProblem(lacking, 503, 'comfyui_error');
		assert.match(lacking.json.detail, /CLIPLoaderGGUF/);
	});

	test('backslashes of a Windows server stay as they are', async () => {
		await comfyui.setMoods({ windows: true });
		assert.deepEqual((await list(stack, 'unet')).json.models, ['qwen\\my run-step00001000.safetensors']);
	});

	test("Python's NaN, lone surrogates and huge integers do no harm", async () => {
		await comfyui.setMoods({ nan: true });
		for (const [type, name] of [['vae', 'ae.safetensors'], ['sampler', 'euler'], ['checkpoint', 'base-sd15.safetensors']]) {
			const answer = await list(stack, type);
			assert.equal(answer.status, 200, answer.text);
			assert.ok(answer.json.models.includes(name));
		}
		await toldOf(stack, '0.');
	});

	test('an unknown type is named', async () => {
		for (const query of ['', '?type=', '?type=vaes', '?type=VAE']) {
			const answer = await get(stack, `/api/comfyui/models${query}`);
			assert.equal(answer.status, 400);
			assert.equal(answer.json.code, 'invalid_parameter');
			assert.match(answer.json.detail, /type must be vae, clip, unet, checkpoint, lora, sampler or scheduler/);
		}
		assert.equal((await request(stack, 'POST', '/api/comfyui/status')).status, 405);
		assert.equal((await get(stack, '/api/comfyui/nonsense')).status, 404);
	});

	test('a list that was just asked for is not asked for again, unless it is wanted anew', async () => {
		await list(stack, 'vae');
		await comfyui.forget();
		for (let i = 0; i < 20; i++) assert.equal((await list(stack, 'vae', '')).status, 200);
		assert.equal((await comfyui.calls()).filter(isVae).length, 0);
		await list(stack, 'vae');
		assert.equal((await comfyui.calls()).filter(isVae).length, 1);
	});

	test('what is kept between requests may be damaged, from another time, or impossible to keep', async () => {
		const kept = path.join(stack.directory, 'data/cache/comfyui');
		await list(stack, 'vae');
		const files = (await readdir(kept)).filter((name) => !name.endsWith('.lock'));
		const vae = await Promise.all(files.map((name) => readFile(path.join(kept, name), 'utf8'))).then((texts) =>
			texts.find((text) => text.includes('class VAELoader\n')),
		);
		const [address, name, line, ...body] = vae.split('\n');
		const [at, ...rest] = line.split(' ');
		const lie = body.join('\n').replace('ae.safetensors', 'lie.safetensors');
		const write = (text) => Promise.all(files.map((file) => writeFile(path.join(kept, file), text)));
		await write([address, name, line, lie].join('\n'));
		assert.deepEqual((await list(stack, 'vae', '')).json.models, ['lie.safetensors']);
		for (const text of [
			'',
			vae.slice(0, 60),
			'\0'.repeat(5000),
			[`${address}0`, name, line, lie].join('\n'),
			[address, 'class Other', line, lie].join('\n'),
			[address, name, [Number(at) + 3_600_000, ...rest].join(' '), lie].join('\n'),
			[address, name, [Number(at) - 3_600_000, ...rest].join(' '), lie].join('\n'),
			[address, name, `${at} 99 x`, lie].join('\n'),
			[address, name, at, lie].join('\n'),
		]) {
			await write(text);
			assert.deepEqual((await list(stack, 'vae', '')).json.models, models.vae, JSON.stringify(text.slice(0, 200)));
		}
		await rm(kept, { recursive: true });
		await writeFile(kept, 'no directory');
		assert.deepEqual((await list(stack, 'vae', '')).json.models, models.vae);
		await rm(kept);
	});

	test('an answer of 30 MB is read, one beyond the bound refused', async () => {
		await comfyui.setMoods({ object_info_bytes: 30_000_000 });
		assert.deepEqual((await list(stack, 'vae')).json.models, models.vae);
		await comfyui.setMoods({ object_info_bytes: 100_000_000 });
		await assertAway(stack, 'vae', 'more than is read');
	});

	test('ComfyUI that fails on a list says where the reason is', async () => {
		await comfyui.setMoods({ object_info_fails: true });
		assert.equal((await assertAway(stack, 'vae', 'its own log')).code, 'comfyui_error');
	});

	for (const [mood, part] of [
		['401', 'comfyui.headers'],
		['403', 'refuses us'],
		['302', 'sends us elsewhere'],
		['502', 'does not reach ComfyUI'],
		['html', 'instead of JSON'],
	]) {
		test(`a proxy that answers ${mood} is told from ComfyUI`, async () => {
			await comfyui.setMoods({ proxy: mood });
			await toldOf(stack, part);
			await assertAway(stack, 'clip', part);
		});
	}

	test('it goes and comes back while the service runs', async () => {
		await comfyui.stop('SIGKILL');
		try {
			await toldOf(stack, `Nothing listens at http://127.0.0.1:${comfyui.port}`);
			await assertAway(stack, 'vae', 'start ComfyUI');
			const health = await eventually('the health notes it', async () => {
				const { status: code, json } = await get(stack, '/health');
				assert.equal(code, 200);
				return json.checks.comfyui !== 'ok' && json;
			});
			assert.equal(health.status, 'ok');
		} finally {
			await comfyui.start();
		}
		await toldOf(stack, '0.');
		await eventually('the health is well', async () => (await get(stack, '/health')).json.checks.comfyui === 'ok');
		await eventually('lists come again', async () => (await list(stack, 'vae', '')).status === 200);
	});
});

describe('with a ComfyUI that takes questions and never answers', () => {
	const asked = [];
	const sockets = new Set();
	let server;
	let stack;

	before(async () => {
		server = net.createServer((socket) => {
			sockets.add(socket);
			socket.on('data', (bytes) => {
				const [, target] = bytes.toString().split(' ');
				if (target?.startsWith('/object_info/')) asked.push(target);
			});
			socket.on('error', () => {});
		});
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		stack = await startStack({ config: { comfyui: { host: '127.0.0.1', port: server.address().port } } });
	});
	after(async () => {
		for (const socket of sockets) socket.destroy();
		server?.close();
		await stack?.stop();
	});

	test('it holds up what needs it, and nothing else', async () => {
		let answered = 0;
		const types = ['vae', 'clip', 'unet', 'checkpoint', 'lora', 'sampler', 'vae', 'clip', 'lora', 'scheduler'];
		const hanging = types.map(async (type) => {
			const answer = await list(stack, type, '');
			answered++;
			return answer;
		});
		await eventually('four lists are asked for', () => asked.length === 4);
		// More is refused than may wait; what needs no ComfyUI is answered.
		const crowd = Array.from({ length: 30 }, () => list(stack, 'vae', ''));
		for (const target of ['/api/training-runs', '/api/workflows', '/health']) {
			assert.equal((await get(stack, target)).status, 200, target);
		}
		for (const answer of await Promise.all(crowd)) assert.equal(answer.status, 503);
		assert.ok(answered <= 6);
		assert.equal(asked.length, 4);
		// It ends: each has its reason, and no question was put twice.
		for (const socket of sockets) socket.destroy();
		const answers = await Promise.all(hanging);
		for (const answer of answers) {
			assert.equal(answer.status, 503);
			assert.equal(answer.json.code, 'comfyui_unreachable');
			assert.match(answer.json.detail, /broke the connection off|has not answered yet/);
		}
		assert.equal(new Set(asked).size, asked.length);
	});

	test('the status says after a while that it hangs', async () => {
		await toldOf(stack, 'gave no answer within 5 s');
	});
});

const isVae = (call) => call.path.endsWith('/object_info/VAELoader');

describe('behind a proxy with TLS, a path and a password', () => {
	let comfyui;
	let proxy;
	let place;
	let url;
	const seen = [];

	before(async () => {
		place = await mkdtemp(path.join(os.tmpdir(), 'checkpoint-sampler-tls-'));
		execFileSync('openssl', [
			...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
			...['-addext', 'subjectAltName=DNS:localhost', '-keyout', path.join(place, 'key.pem'), '-out', path.join(place, 'ca.pem')],
		], { stdio: 'ignore' });
		comfyui = await startComfyUI({ models });
		const port = await freePort();
		proxy = https.createServer(
			{ key: await readFile(path.join(place, 'key.pem')), cert: await readFile(path.join(place, 'ca.pem')) },
			(incoming, outgoing) => {
				seen.push(incoming.url);
				if (incoming.headers.authorization !== 'Bearer let me in') {
					outgoing.writeHead(401, { 'Content-Type': 'text/html' }).end('<html>Who are you?</html>');
					return;
				}
				const target = { host: '127.0.0.1', port: comfyui.port, path: incoming.url.replace(/^\/comfy/, '') };
				http.get(target, (answer) => answer.pipe(outgoing.writeHead(answer.statusCode, answer.headers)));
			},
		);
		proxy.listen(port, 'localhost');
		await once(proxy, 'listening');
		url = `https://localhost:${port}/comfy/`;
	});
	after(async () => {
		proxy?.close();
		proxy?.closeAllConnections();
		await comfyui?.stop();
		await rm(place, { recursive: true, force: true });
	});

	async function withStack(settings, check) {
		const stack = await startStack({ config: { comfyui: { url, ...settings } } });
		try {
			await check(stack);
		} finally {
			await stack.stop();
		}
	}

	test('its own authority and the header let us in', () =>
		withStack({ ca_file: path.join(place, 'ca.pem'), headers: { Authorization: 'Bearer let me in' } }, async (stack) => {
			await toldOf(stack, '0.');
			assert.deepEqual((await list(stack, 'vae')).json.models, models.vae);
			assert.ok(seen.every((target) => target.startsWith('/comfy/')));
		}));
	test('without the authority the certificate is not trusted', () =>
		withStack({ headers: { Authorization: 'Bearer let me in' } }, async (stack) => {
			await toldOf(stack, 'comfyui.ca_file');
			await assertAway(stack, 'vae', 'cannot be trusted');
		}));
	test('insecure believes any certificate, and the password is still wanted', () =>
		withStack({ insecure: true }, async (stack) => {
			await toldOf(stack, 'wants a login (HTTP 401)');
		}));
});
