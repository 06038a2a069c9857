// How the stack starts, stops and heals, as an operator sees it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { get, send } from './client.mjs';
import { eventually, freePort, Launch, makePlace, processesOf, root, startStack } from './stack.mjs';

const launcher = path.join(root, 'build', process.env.BUILD ?? 'release', 'bin', 'checkpoint-sampler');

/** Runs a launch that must refuse to start; returns what it said. */
async function refusal(environment) {
	const launch = new Launch(environment);
	const { status } = await launch.ended;
	assert.equal(status, 1, launch.output);
	return launch.output;
}

describe('stopping', () => {
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
		test(`${signal} ends everything, with status 0`, async () => {
			const stack = await startStack();
			assert.ok((await processesOf(stack.runtimeDirectory)).length > 10);
			await stack.stop(signal);
		});
	}
	test('Ctrl-C, which a terminal sends to the whole group, while a request is on its way', async () => {
		const stack = await startStack();
		const socket = net.connect(stack.port, '127.0.0.1');
		await once(socket, 'connect');
		socket.write('POST /api/presets HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{');
		socket.on('error', () => {});
		process.kill(-stack.launch.child.pid, 'SIGINT');
		const { status } = await stack.launch.ended;
		assert.equal(status, 0, stack.launch.output);
		assert.deepEqual(await processesOf(stack.runtimeDirectory), []);
		socket.destroy();
		await rm(stack.directory, { recursive: true });
	});
	test('a launcher that is killed takes everything with it', async () => {
		const stack = await startStack();
		stack.launch.child.kill('SIGKILL');
		await eventually('no process is left', async () => (await processesOf(stack.runtimeDirectory)).length === 0);
		await rm(stack.directory, { recursive: true });
	});
	test('it starts again in the same place', async () => {
		const place = await makePlace();
		for (let round = 0; round < 3; round++) {
			const stack = await startStack({ place });
			assert.equal((await get(stack, '/health')).status, 200);
			await stack.stop();
		}
		await rm(place, { recursive: true });
	});
});

describe('a process that is killed', () => {
	let stack;
	before(async () => (stack = await startStack()));
	after(() => stack.stop());

	const supervisor = (name) => new RegExp(`^s6-supervise ${name}$`);
	const kinds = [
		['a process of the catalog', /^\/.*bin\/catalog$/],
		['the keeper of the catalog\'s pool', /multiwatch .*bin\/catalog$/],
		['the keeper of the presets\' pool', /multiwatch .*bin\/presets$/],
		['the watcher', /^\/.*bin\/watcher$/],
		['the keeper of the feeds', /^websocketd /],
		['a web server worker', /^nginx: worker process/],
		['the web server', /^nginx: master process/],
		['a logger', /^s6-log .*log\/nginx/],
		['the supervisor of the catalog', supervisor('catalog')],
		['the supervisor of the web server', supervisor('nginx')],
		['the supervisor of a logger', supervisor('nginx/log')],
		['the supervisor of all', /^s6-svscan /],
	];
	/** What runs, as counts by kind; how many workers nginx has while it changes them does not matter. */
	const census = async () => {
		const list = await processesOf(stack.runtimeDirectory);
		return kinds.map(([name, pattern]) => `${name}: ${list.filter(({ command }) => pattern.test(command)).length}`);
	};
	const orphans = async () =>
		(await processesOf(stack.runtimeDirectory)).filter(({ parent, pid }) => parent === 1 && pid !== stack.launch.child.pid);

	for (const [name, pattern] of kinds) {
		test(`${name} comes back, and leaves no orphan`, async () => {
			const complete = await census();
			const victims = (await processesOf(stack.runtimeDirectory)).filter(({ command }) => pattern.test(command));
			assert.ok(victims.length > 0, 'there is one to kill');
			process.kill(victims[0].pid, 'SIGKILL');
			await eventually('all processes are there, the killed one replaced', async () => {
				const list = await processesOf(stack.runtimeDirectory);
				return !list.some(({ pid }) => pid === victims[0].pid) && (await census()).join() === complete.join();
			});
			await eventually('both programs answer', async () => {
				const answers = await Promise.all([get(stack, '/health'), get(stack, '/api/presets')]);
				return answers.every(({ status }) => status === 200);
			});
			await eventually('no orphan is left', async () => (await orphans()).length === 0);
		});
	}
	test('what was stored is still there', async () => {
		assert.equal((await send(stack, 'POST', '/api/presets', { name: 'Kept', mapping: { x: 'cfg' } })).status, 201);
		for (const { pid, command } of await processesOf(stack.runtimeDirectory)) {
			if (/^\/.*bin\/presets$/.test(command)) process.kill(pid, 'SIGKILL');
		}
		const answer = await eventually('presets answers', async () => {
			const reply = await get(stack, '/api/presets');
			return reply.status === 200 && reply;
		});
		assert.deepEqual(answer.json.map(({ name }) => name), ['Kept']);
	});
});

describe('starting', () => {
	test('two stacks run side by side and know nothing of each other', async () => {
		const [one, two] = await Promise.all([startStack(), startStack()]);
		try {
			await send(one, 'POST', '/api/presets', { name: 'One', mapping: { x: 'cfg' } });
			assert.equal((await get(one, '/api/presets')).json.length, 1);
			assert.equal((await get(two, '/api/presets')).json.length, 0);
		} finally {
			await one.stop();
		}
		assert.equal((await get(two, '/health')).status, 200);
		await two.stop();
	});
	test('a port that is taken is one sentence', async () => {
		const stack = await startStack();
		const place = await makePlace();
		const file = path.join(place, 'config.yaml');
		await writeFile(file, (await readFile(stack.configPath, 'utf8')).replaceAll(stack.directory, place));
		const said = await refusal({ CONFIG_PATH: file, RUNTIME_DIR: path.join(place, 'run') });
		assert.equal(said.trim(), `Port ${stack.port} is taken by another program. Stop it, or choose another \`port\` in ${file}.`);
		assert.deepEqual(await processesOf(path.join(place, 'run')), []);
		assert.equal((await get(stack, '/health')).status, 200);
		await stack.stop();
		await rm(place, { recursive: true });
	});
	test('a second start in the same RUNTIME_DIR is refused, and harms nothing', async () => {
		const stack = await startStack();
		const said = await refusal({ CONFIG_PATH: stack.configPath, RUNTIME_DIR: stack.runtimeDirectory });
		assert.match(said, /^Checkpoint Sampler is already running in .*\. Stop it/);
		assert.equal((await get(stack, '/health')).status, 200);
		await stack.stop();
	});
	test('faults of the configuration are all named, each with its place, and nothing starts', async () => {
		const place = await makePlace();
		const file = path.join(place, 'config.yaml');
		await writeFile(file, 'checkpoint_dirs: []\nsample_dir: [a]\nport: 70000\nporrt: 1\n');
		const said = await refusal({ CONFIG_PATH: file, RUNTIME_DIR: path.join(place, 'run') });
		assert.deepEqual(said.trim().split('\n'), [
			`${file}:1:18: checkpoint_dirs: found an empty list; allowed is a list of at least one directory`,
			`${file}:2:13: sample_dir: found a list; allowed is a path`,
			`${file}:3:7: port: found 70000; allowed is a whole number from 1 to 65535, without quotes`,
			`${file}:4:1: porrt: unknown key; did you mean port?`,
			'The configuration cannot be used; nothing was started.',
		]);
		await rm(place, { recursive: true });
	});
	test('a configuration that is not there is a sentence that says what to do', async () => {
		const said = await refusal({ CONFIG_PATH: '/nowhere/config.yaml' });
		assert.match(said, /^\/nowhere\/config\.yaml: there is no such file; copy config\.example\.yaml there/);
	});
	test('an address that this machine does not have is a sentence', async () => {
		const place = await makePlace();
		const file = path.join(place, 'config.yaml');
		await writeFile(file, JSON.stringify({ checkpoint_dirs: [place], sample_dir: place, port: await freePort(), ip_address: '192.0.2.77' }));
		const said = await refusal({ CONFIG_PATH: file, RUNTIME_DIR: path.join(place, 'run') });
		assert.match(said, /192\.0\.2\.77 is not an address of this machine\. Change `ip_address`/);
		await rm(place, { recursive: true });
	});
	test('a missing directory is a warning, and the service heals when it appears', async () => {
		const place = await makePlace();
		await rm(path.join(place, 'samples'), { recursive: true });
		const stack = await startStack({ place });
		const missing = /^(?:warning: )?sample_dir: .*\/samples does not exist\.$/m;
		assert.match(stack.launch.output, missing);
		assert.equal((await get(stack, '/health')).json.status, 'degraded');
		const ask = (question) => promisify(execFile)(launcher, [question], { env: { CONFIG_PATH: stack.configPath } });
		await eventually('the worker runs', async () => missing.test((await ask('worker').catch(({ stderr }) => ({ stderr }))).stderr));
		await assert.rejects(ask('samples'), ({ code, stderr }) => code === 1 && missing.test(stderr));
		await mkdir(stack.samples);
		await Promise.all([ask('worker'), ask('samples')]);
		await writeFile(path.join(stack.samples, 'seed=1.png'), 'x');
		assert.equal((await get(stack, '/health')).json.status, 'ok');
		assert.equal((await get(stack, '/api/images/seed%3D1.png')).status, 200);
		await stack.stop();
		await rm(place, { recursive: true });
	});
	test('with LOGS=inherited, all that the programs say is in the launcher\'s own output', async () => {
		const stack = await startStack({ environment: { LOGS: 'inherited' } });
		await eventually('the worker says that it runs', () => /level=info .*event=worker\.started/.test(stack.launch.output));
		assert.deepEqual(await readdir(path.join(stack.runtimeDirectory, 'log')), []);
		await stack.stop();
		assert.match(stack.launch.output, /event=worker\.stopped/);
	});
	test('RUNTIME_DIR may be longer than a socket\'s path, and have spaces', async () => {
		const place = await makePlace();
		const runtime = path.join(place, 'a long name with spaces, '.repeat(6), 'run');
		const stack = await startStack({ place, environment: { RUNTIME_DIR: runtime } });
		assert.ok(runtime.length > 108);
		assert.equal((await get(stack, '/api/presets')).status, 200);
		await stack.stop();
		assert.deepEqual(await processesOf(runtime), []);
		await rm(place, { recursive: true });
	});
	test('the effective configuration is printed as one that means the same', async () => {
		const place = await makePlace();
		const file = path.join(place, 'config.yaml');
		await writeFile(file, `checkpoint_dirs: ['it''s "here"', ./b/]\nsample_dir: "a: \\u00fc # {b}"\ncomfyui: {}\nallowed_hosts: [.Example.org]\n`);
		const run = promisify(execFile);
		const print = async () => (await run(launcher, ['config'], { env: { CONFIG_PATH: file } })).stdout;
		const first = await print();
		assert.match(first, /port: 8080\n/);
		await writeFile(file, first);
		assert.equal(await print(), first);
		await rm(place, { recursive: true });
	});
});
