// compose.yaml under a real Docker engine: the images, the services, the user's own directories.
//
// COMPOSE_TESTS=skip leaves it out, for machines without an engine. Images are built unless COMPOSE_BUILD=no.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { get, request, send } from '../api/client.mjs';
import { startComfyUI } from '../api/comfyui.mjs';
import { Feed, upgrade } from '../api/feed_client.mjs';
import { eventually, freePort, root } from '../api/stack.mjs';
import { codedPicture } from '../e2e/support/picture.mjs';

const { chromium } = createRequire(path.join(root, 'web/package.json'))('@playwright/test');
const run = promisify(execFile);
const SERVICES = ['api', 'feed', 'nginx', 'worker'];
const RUN = 'lantern-step00000100.safetensors';
// A user that the images know nothing of; a test that is not root has only its own.
const isRoot = process.getuid() === 0;
const [user, group] = isRoot ? [12345, 12346] : [process.getuid(), process.getgid()];
/** What each service may write, beside its memory. */
const WRITABLE = {
	api: ['/data/workflows', '/run/checkpoint-sampler', '/var/lib/checkpoint-sampler', '/var/lib/checkpoint-sampler/cache'],
	feed: ['/run/checkpoint-sampler', '/var/lib/checkpoint-sampler'],
	nginx: ['/run/checkpoint-sampler'],
	prepare: ['/run/checkpoint-sampler', '/var/lib/checkpoint-sampler', '/var/lib/checkpoint-sampler/cache'],
	worker: ['/data/samples', '/var/lib/checkpoint-sampler'],
};

/** A project of its own below `directory`, which has what a user's machine has. */
class Project {
	constructor(directory, port, settings = {}) {
		this.directory = directory;
		this.port = port;
		this.url = `http://127.0.0.1:${port}`;
		this.name = `checkpoint-sampler-test-${process.pid}-${port}`;
		this.environmentFile = path.join(directory, 'env');
		this.files = [path.join(root, 'compose.yaml')];
		this.settings = {
			CHECKPOINT_DIR: path.join(directory, 'checkpoints'),
			SAMPLE_DIR: path.join(directory, 'samples'),
			WORKFLOW_DIR: path.join(directory, 'workflows'),
			CONFIG_DIR: path.join(directory, 'config'),
			PUID: user,
			PGID: group,
			PORT: port,
			BIND_ADDRESS: '127.0.0.1',
			...settings,
		};
	}

	async compose(...words) {
		await writeFile(this.environmentFile, Object.entries(this.settings).map(([key, value]) => `${key}=${value}\n`).join(''));
		const files = this.files.flatMap((file) => ['--file', file]);
		const command = ['compose', ...files, '--project-name', this.name, '--env-file', this.environmentFile, ...words];
		return run('docker', command, { cwd: root, maxBuffer: 1 << 26 });
	}

	async up(...words) {
		await this.compose('up', '--detach', '--wait', '--wait-timeout', '120', '--no-build', ...words);
	}

	/** By service: `running healthy`, `exited`, … */
	async states() {
		const { stdout } = await this.compose('ps', '--all', '--format', 'json');
		const states = {};
		for (const line of stdout.trim().split('\n').filter(Boolean)) {
			const { Service, State, Health } = JSON.parse(line);
			states[Service] = `${State} ${Health}`.trim();
		}
		return states;
	}

	async inspect(service) {
		const container = (await this.compose('ps', '--all', '--quiet', service)).stdout.trim();
		return JSON.parse((await run('docker', ['inspect', container])).stdout)[0];
	}

	/** Runs a script in a container that is up. */
	async inside(service, script) {
		return (await this.compose('exec', '-T', service, 'sh', '-c', script)).stdout;
	}
}

/** What the engine says of the health of a project's services, from now on. */
class HealthEvents {
	constructor(project) {
		this.list = [];
		const filters = ['event=health_status', `label=com.docker.compose.project=${project.name}`].flatMap((filter) => ['--filter', filter]);
		// With --since, what happens before the engine listens to us is told, too.
		const words = ['events', '--since', `${Date.now() / 1000}`, ...filters, '--format', '{{json .}}'];
		this.child = spawn('docker', words, { stdio: ['ignore', 'pipe', 'inherit'] });
		createInterface({ input: this.child.stdout }).on('line', (line) => {
			const { Action, Actor } = JSON.parse(line);
			this.list.push(`${Actor.Attributes['com.docker.compose.service']} ${Action.replace('health_status: ', '')}`);
		});
	}

	async stop() {
		this.child.kill();
		await once(this.child, 'close');
	}
}

const healthy = { ...Object.fromEntries(SERVICES.map((service) => [service, 'running healthy'])), prepare: 'exited' };
let project;
let comfyui;

/** The address of this machine that containers know as host.docker.internal. */
async function gateway() {
	const { stdout } = await run('docker', ['network', 'inspect', 'bridge', '--format', '{{(index .IPAM.Config 0).Gateway}}']);
	return stdout.trim();
}

async function own(directory, [owner, owners] = [user, group]) {
	if (isRoot) await run('chown', ['-R', `${owner}:${owners}`, directory]);
}

async function makeDirectories() {
	const directory = await mkdtemp(path.join(os.tmpdir(), 'checkpoint sampler compose-'));
	await chmod(directory, 0o755);
	for (const name of ['checkpoints', 'config', 'workflows', `samples/${RUN}`]) await mkdir(path.join(directory, name), { recursive: true });
	await cp(path.join(root, 'tests/fixtures/comfyui/workflows/tiny_ckpt_api.json'), path.join(directory, 'workflows/tiny.json'));
	const header = Buffer.from('{}');
	const length = Buffer.alloc(8);
	length.writeBigUInt64LE(BigInt(header.length));
	await writeFile(path.join(directory, 'checkpoints', RUN), Buffer.concat([length, header]));
	await writeFile(path.join(directory, 'samples', RUN, 'prompt_name=canyon&seed=1.png'), codedPicture([1, 2, 3, 4, 5, 6]));
	await own(directory);
	return directory;
}

const say = (text) => process.stdout.write(`# ${text}\n`);
const isSkipped = process.env.COMPOSE_TESTS === 'skip';

before(async () => {
	if (isSkipped) return;
	await run('docker', ['info']).catch(() => {
		throw new Error('There is no Docker engine. Start one, or say COMPOSE_TESTS=skip.');
	});
	const directory = await makeDirectories();
	comfyui = await startComfyUI({ address: await gateway(), modelsIn: { checkpoints: path.join(directory, 'checkpoints') } });
	project = new Project(directory, await freePort(), { COMFYUI_PORT: comfyui.port, ALLOWED_HOSTS: 'samples.example.org, .example.net', API_MEMORY: '1g' });
	if (process.env.COMPOSE_BUILD !== 'no') {
		const began = Date.now();
		await project.compose('--profile', 'demo', 'build', '--quiet');
		say(`images built in ${Math.round((Date.now() - began) / 1000)} s`);
	}
	const { stdout } = await run('docker', ['images', '--format', '{{.Repository}} {{.Size}}', '--filter', 'reference=checkpoint-sampler/*']);
	for (const line of stdout.trim().split('\n')) say(line);
});

after(async () => {
	await project?.compose('down', '--volumes', '--timeout', '10');
	await comfyui?.stop();
	if (project) await rm(project.directory, { recursive: true, force: true });
});

const options = { skip: isSkipped && 'COMPOSE_TESTS=skip' };

test('comes up healthy, as the user who owns the images, with the least of rights', options, async () => {
	const began = Date.now();
	await project.up();
	say(`all services healthy after ${((Date.now() - began) / 1000).toFixed(1)} s`);
	assert.deepEqual(await project.states(), healthy);
	const health = (await get(project, '/health')).json;
	assert.equal(health.status, 'ok', JSON.stringify(health));
	for (const [service, writable] of Object.entries(WRITABLE)) {
		const { HostConfig, Config, Mounts } = await project.inspect(service);
		const isServant = service !== 'prepare';
		assert.equal(Config.User, isServant ? `${user}:${group}` : '0:0');
		assert.equal(HostConfig.ReadonlyRootfs, true);
		assert.deepEqual(HostConfig.CapDrop, ['ALL']);
		assert.deepEqual(HostConfig.SecurityOpt, ['no-new-privileges:true']);
		assert.equal(HostConfig.RestartPolicy.Name, isServant ? 'unless-stopped' : 'no');
		assert.ok(HostConfig.Memory > 0 && HostConfig.PidsLimit > 0);
		assert.deepEqual(Mounts.filter(({ RW }) => RW).map(({ Destination }) => Destination).sort(), writable, service);
	}
	for (const service of SERVICES) {
		assert.equal(await project.inside(service, 'command -v gcc cc npm node || :'), '');
		const status = await project.inside(service, 'cat /proc/self/status');
		assert.match(status, /^CapEff:\t0+$/m, service);
		const { stdout } = await run('docker', ['image', 'inspect', '--format', '{{.Config.User}}', (await project.inspect(service)).Image]);
		assert.equal(stdout.trim(), '1000:1000');
	}
});

test('makes no more previews at once than the memory holds, and serves with few processes', options, async () => {
	// 1 GiB: 384 MiB for one, as much for the other pools.
	assert.equal(await project.inside('api', 'cat /tmp/service/previews/processes'), '1\n');
	const [, workers] = /^worker_processes (\d+);$/m.exec(await project.inside('nginx', 'cat /run/checkpoint-sampler/nginx.conf'));
	assert.ok(Number(workers) <= 4, workers);
});

test('answers under the names that .env allows, and no others', options, async () => {
	const as = async (host) => (await get(project, '/api/settings', { Host: host })).status;
	assert.deepEqual([await as('samples.example.org'), await as('a.example.net'), await as('example.com')], [200, 200, 421]);
});

test('is browsed through the published port', options, async () => {
	const browser = await chromium.launch({
		executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
		args: isRoot ? ['--no-sandbox'] : [],
	});
	try {
		const page = await browser.newPage();
		await page.goto(project.url);
		const cell = page.getByRole('gridcell').first();
		await cell.locator('img, canvas').waitFor();
		assert.equal(await cell.getAttribute('data-status'), 'ready');
	} finally {
		await browser.close();
	}
});

test('a file written on the host is told to the browser', options, async () => {
	const feed = await Feed.open(project);
	const name = 'prompt_name=market&seed=1.png';
	const file = path.join(project.directory, 'samples', RUN, name);
	await writeFile(file, codedPicture([6, 5, 4, 3, 2, 1]));
	const added = await feed.type('image_added');
	assert.equal(added.path, `${RUN}/${name}`);
	assert.equal(added.dimensions.prompt_name, 'market');
	await feed.close();
});

test('64 browsers are served, the next one is told to wait', options, async () => {
	const crowd = await Promise.all(Array.from({ length: 64 }, () => Feed.open(project)));
	try {
		const refused = await upgrade(project.port);
		assert.equal(refused.status, 429);
		assert.equal(JSON.parse(refused.text).code, 'too_many_requests');
		// The container is no less well for it: its check meets the same refusal.
		const full = new Date();
		const look = await eventually('the engine has looked at the feed meanwhile', async () => {
			const { Log } = (await project.inspect('feed')).State.Health;
			return Log.find(({ Start }) => new Date(Start) > full);
		}, 60);
		assert.equal(look.ExitCode, 0, look.Output);
		assert.ok(crowd.every(({ closed }) => !closed));
		assert.deepEqual(await project.states(), healthy);
	} finally {
		await Promise.all(crowd.map((feed) => feed.close()));
	}
});

const preset = {
	name: 'Quick look',
	prompts: [{ name: 'harbour', text: 'a harbour' }],
	negative_prompt: '',
	steps: [2],
	cfgs: [1],
	samplers: ['euler'],
	schedulers: ['simple'],
	seeds: [7],
	width: 64,
	height: 64,
};
let job;

test('a job against ComfyUI on the host writes files that belong to the host’s user', options, async () => {
	await eventually('ComfyUI is reached over host.docker.internal', async () => (await get(project, '/api/comfyui/status')).json.connected);
	const { json: stored, text } = await send(project, 'POST', '/api/sample-presets', preset);
	assert.ok(stored.id, text);
	const answer = await send(project, 'POST', '/api/sample-jobs', {
		training_run_name: 'lantern',
		sample_preset_id: stored.id,
		workflow_name: 'tiny.json',
	});
	assert.equal(answer.status, 201, answer.text);
	job = await eventually('the job is completed', async () => {
		const { job } = (await get(project, `/api/sample-jobs/${answer.json.id}`)).json;
		return ['completed', 'failed'].includes(job.status) && job;
	}, 60);
	assert.deepEqual([job.status, job.completed_items], ['completed', 1], JSON.stringify(job));
	const directory = path.join(project.directory, 'samples', RUN);
	const [file] = (await readdir(directory)).filter((name) => name.includes('prompt_name=harbour'));
	const { uid, gid } = await stat(path.join(directory, file));
	assert.deepEqual([uid, gid], [user, group]);
});

test('a service that is killed comes back, and the others stay as they are', options, async () => {
	for (const service of SERVICES) {
		const others = SERVICES.filter((other) => other !== service);
		const { State, RestartCount } = await project.inspect(service);
		if (isRoot) process.kill(State.Pid, 'SIGKILL');
		else await project.inside(service, 'kill -TERM 1');
		await eventually(`${service} was started again`, async () => {
			const states = await project.states();
			for (const other of others) assert.equal(states[other], 'running healthy', `${other} while ${service} comes back`);
			return (await project.inspect(service)).RestartCount > RestartCount && states[service] === 'running healthy';
		}, 60);
		assert.equal((await get(project, '/health')).json.status, 'ok');
	}
});

const stopped = (name) => ({ harm: `kill -STOP $(pidof ${name})`, mend: `kill -CONT $(pidof ${name})` });
const down = (service) => ({ harm: `s6-svc -d /tmp/service/${service}`, mend: `s6-svc -u /tmp/service/${service}` });
const lock = '/var/lib/checkpoint-sampler/checkpoint-sampler.db.worker';
/** What breaks inside while the container stays up. */
const INJURIES = [
	{ service: 'api', what: 'a pool is gone', ...down('presets') },
	{ service: 'feed', what: 'websocketd is gone', ...down('websocketd') },
	{ service: 'feed', what: 'the watcher is gone', ...down('watcher') },
	{ service: 'nginx', what: 'the web server hangs', ...stopped('nginx') },
	// It may be silent for two minutes; they have passed when its last sign is old.
	{ service: 'worker', what: 'it hangs', ...stopped('worker'), age: `touch -d '10 minutes ago' ${lock}` },
];

test('a service that is broken inside is the one that turns unhealthy, until it is mended', options, async (t) => {
	// Looked at more often, so that it takes less time.
	const override = path.join(project.directory, 'often.yaml');
	await writeFile(override, JSON.stringify({
		services: Object.fromEntries(SERVICES.map((service) => [service, { healthcheck: { interval: '2s', retries: 2, start_period: '15s' } }])),
	}));
	project.files.push(override);
	await project.up();
	for (const { service, what, harm, mend, age = ':' } of INJURIES) {
		await t.test(`${service}: ${what}`, async () => {
			const events = new HealthEvents(project);
			try {
				await project.inside(service, `${harm} && ${age}`);
				await eventually('it is unhealthy', () => events.list.includes(`${service} unhealthy`), 90);
				assert.equal((await project.states())[service], 'running unhealthy');
				await project.inside(service, mend);
				await eventually('it is healthy again', () => events.list.at(-1) === `${service} healthy`, 90);
				assert.deepEqual(events.list, [`${service} unhealthy`, `${service} healthy`]);
			} finally {
				await events.stop();
			}
		});
	}
	assert.deepEqual(await project.states(), healthy);
});

test('a recreated container is found again', options, async () => {
	await project.compose('up', '--detach', '--wait', '--no-build', '--force-recreate', '--no-deps', 'api');
	await project.compose('up', '--detach', '--wait', '--no-build', '--force-recreate', '--no-deps', 'feed');
	assert.equal((await get(project, '/health')).json.status, 'ok');
	await (await Feed.open(project)).close();
});

test('backup and restore through the service’s own command', options, async () => {
	const backups = path.join(project.directory, 'backups');
	await mkdir(backups);
	await own(backups);
	const operate = (...words) => project.compose('run', '--rm', '--no-deps', '--volume', `${backups}:/backups`, 'api', 'checkpoint-sampler', ...words);
	await operate('backup', '/backups/one.db');
	const { uid } = await stat(path.join(backups, 'one.db'));
	assert.equal(uid, user);
	const [stored] = (await get(project, '/api/sample-presets')).json;
	assert.equal((await request(project, 'DELETE', `/api/sample-presets/${stored.id}`)).status, 204);
	await operate('restore', '/backups/one.db');
	assert.deepEqual((await get(project, '/api/sample-presets')).json, [stored]);
});

test('down and up keep presets and jobs', options, async () => {
	await project.compose('down', '--timeout', '20');
	await project.up();
	assert.deepEqual((await get(project, '/api/sample-presets')).json.map(({ name }) => name), [preset.name]);
	assert.equal((await get(project, `/api/sample-jobs/${job.id}`)).json.job.status, 'completed');
});

test('a database of the version before is upgraded, and kept as it was', options, async () => {
	const database = '/var/lib/checkpoint-sampler/checkpoint-sampler.db';
	await project.compose('down', '--timeout', '20');
	const { DatabaseSync } = await import('node:sqlite');
	const old = path.join(project.directory, 'old.db');
	const made = new DatabaseSync(old);
	made.exec(await readFile(path.join(root, 'migrations/0001_presets.sql'), 'utf8'));
	made.exec('PRAGMA user_version = 1; PRAGMA application_id = 0x43537072');
	made.exec(`INSERT INTO presets VALUES ('0b6e2f3c-8d0a-4c59-9d63-0f6b0c9d8b1e', 'From before', 'from before', '{"x":"cfg","combos":[]}',
		'2026-03-01T12:00:00.000Z', '2026-03-01T12:00:00.000Z')`);
	made.close();
	if (isRoot) await chown(old, user, group);
	const inData = (script) => project.compose('run', '--rm', '--no-deps', '--volume', `${old}:/old.db:ro`, 'api', 'sh', '-c', script);
	await inData(`rm -f ${database}* && cp /old.db ${database}`);
	await project.up();
	assert.deepEqual((await get(project, '/api/presets')).json.map(({ name }) => name), ['From before']);
	const { stdout } = await inData(`ls /var/lib/checkpoint-sampler`);
	assert.equal(stdout.match(/checkpoint-sampler\.db\.version-1-/g)?.length, 1, stdout);
});

test('mistakes in .env are met with a sentence', options, async () => {
	const mistaken = async (settings, pattern) => {
		const other = new Project(project.directory, await freePort(), { ...project.settings, ...settings });
		other.environmentFile = path.join(project.directory, 'mistaken-env');
		try {
			await assert.rejects(other.compose('up', '--detach', '--no-build'), ({ stderr }) => {
				assert.match(stderr, pattern);
				return true;
			});
		} finally {
			await other.compose('down', '--volumes').catch(() => {});
		}
	};
	await mistaken({ CHECKPOINT_DIR: '' }, /CHECKPOINT_DIR.*say in \.env where your checkpoints are/s);
	await mistaken({ SAMPLE_DIR: path.join(project.directory, 'nowhere') }, /nowhere/);
	await mistaken({ PORT: project.port }, /port is already allocated|address already in use/);
	await mistaken({ ALLOWED_HOSTS: 'https://example.org' }, /service "prepare" didn't complete successfully/);
});

test('a configuration file is used if it is there, and one that cannot work is met with a sentence', options, async () => {
	const directory = project.settings.CONFIG_DIR;
	const example = await readFile(path.join(root, 'config/config.example.yaml'), 'utf8');
	const judge = async (files) => {
		await rm(directory, { recursive: true });
		await mkdir(directory);
		for (const [name, content] of Object.entries(files)) await writeFile(path.join(directory, name), content);
		await own(directory);
		const judged = await project.compose('run', '--rm', '-T', 'prepare').catch((error) => error);
		assert.deepEqual([judged.code ?? 0, judged.stdout], [judged.code ? 1 : 0, ''], judged.stderr);
		return judged.code ? judged.stderr.trim().split('\n').at(-1) : 'accepted';
	};
	assert.equal(await judge({ 'config.example.yaml': 'nonsense', '.gitignore': '*' }), 'accepted');
	assert.equal(await judge({ 'config.yaml': example }), 'accepted');
	assert.match(await judge({ 'config.yml': example }), /^CONFIG_DIR has no config\.yaml, but: config\.yml\. Rename/);
	assert.match(await judge({ 'config.yaml': `${example}port: 9000\n` }), /^port: 9000 .* set PORT in \.env\.$/);
	assert.match(await judge({ 'config.yaml': `${example}ip_address: 127.0.0.1\n` }), /^ip_address: .* set BIND_ADDRESS in \.env\.$/);
	assert.match(await judge({ 'config.yaml': example.replace(/^db_path.*$/m, '') }), /^db_path: \/etc\/.* Write db_path: \/var\/lib\//);
	assert.match(await judge({ 'config.yaml': `${example}porrt: 1\n` }), /porrt: unknown key; did you mean port\?/);

	// Instead of what .env says of ComfyUI and of names.
	assert.equal(await judge({ 'config.yaml': `${example}allowed_hosts: [only.example.com]\n` }), 'accepted');
	await project.up('--force-recreate');
	const as = async (host) => (await get(project, '/api/settings', { Host: host })).status;
	assert.deepEqual([await as('samples.example.org'), await as('only.example.com')], [421, 200]);
	await rm(path.join(directory, 'config.yaml'));
	await mkdir(path.join(directory, 'config.yaml'));
	const { stderr } = await project.compose('run', '--rm', '-T', 'prepare').catch((error) => error);
	assert.match(stderr, /config\.yaml in CONFIG_DIR is no regular file/);
	await rm(path.join(directory, 'config.yaml'), { recursive: true });
});

/** What the worker's container says of its health. */
const workerComplains = (pattern) =>
	eventually(`the worker’s health says ${pattern}`, async () => {
		const { Status, Log } = (await project.inspect('worker')).State.Health;
		return Status === 'unhealthy' && pattern.test(Log.at(-1).Output);
	}, 90);

test('samples of another user: the advice is given, and followed, and nothing is lost', { ...options, skip: options.skip || (!isRoot && 'needs root') }, async () => {
	const other = [54321, 54322];
	const samples = path.join(project.directory, 'samples');
	const stored = await send(project, 'POST', '/api/presets', { name: 'Kept', mapping: { x: 'cfg', combos: [] } });
	assert.equal(stored.status, 201, stored.text);
	let kept = stored.json;
	await own(samples, other);
	await project.compose('up', '--detach', '--no-build', '--force-recreate');
	await workerComplains(/cannot be written by user 12345, group 12346: it belongs to user 54321, group 54322/);
	const { stdout, stderr } = await project.compose('logs', '--no-log-prefix', 'worker');
	assert.match(stdout + stderr, /warning: sample_dir: .* belongs to user 54321, .*\. Set PUID and PGID in \.env to these and type docker compose up -d\.$/m);

	// Root, last, owns what some network drives show.
	for (const [PUID, PGID] of [other, [0, 0]]) {
		await own(samples, [PUID, PGID]);
		Object.assign(project.settings, { PUID, PGID });
		await project.up();
		assert.deepEqual(await project.states(), healthy);
		assert.equal((await get(project, '/health')).json.status, 'ok');
		assert.deepEqual((await get(project, '/api/presets')).json.find(({ id }) => id === kept.id), kept);
		const written = await send(project, 'PUT', `/api/presets/${kept.id}`, { name: kept.name, mapping: kept.mapping });
		assert.equal(written.status, 200, written.text);
		kept = written.json;
		assert.equal((await get(project, `/api/images/${RUN}/prompt_name%3Dcanyon%26seed%3D1.png`)).status, 200);
		await (await Feed.open(project)).close();
	}
	// Where they are mounted read-only, no owner helps.
	const refused = await project.compose('run', '--rm', '--no-deps', '-T', 'api', 'checkpoint-sampler', 'samples').catch((error) => error);
	assert.match(refused.stderr, /^sample_dir: \/data\/samples is on a read-only file system/m);
});

test('the demonstration brings its own images and a simulated ComfyUI, and is a project of its own', options, async () => {
	const directory = await mkdtemp(path.join(os.tmpdir(), 'checkpoint-sampler-demo-'));
	await chmod(directory, 0o755);
	for (const name of ['checkpoints', 'config', 'samples', 'workflows']) await mkdir(path.join(directory, 'demo', name), { recursive: true });
	await own(directory);
	const demo = { port: await freePort() };
	const words = ['compose', '--env-file', path.join(root, '.env.demo'), '--file', path.join(root, 'compose.yaml'), '--project-directory', directory];
	const environment = { ...process.env, PUID: user, PGID: group, PORT: demo.port };
	const compose = (...more) => run('docker', [...words, ...more], { env: environment, maxBuffer: 1 << 26 });
	const named = ['--project-name', `checkpoint-sampler-test-demo-${process.pid}`];
	try {
		assert.equal(JSON.parse((await compose('config', '--format', 'json')).stdout).name, 'checkpoint-sampler-demo');
		await compose(...named, 'up', '--detach', '--wait', '--wait-timeout', '120', '--no-build');
		await eventually('the demo’s runs are there', async () => {
			const runs = (await get(demo, '/api/training-runs?has_samples=true')).json;
			return runs.length > 0;
		}, 600);
		const status = await eventually('the simulated ComfyUI is reached', async () => {
			const { json } = await get(demo, '/api/comfyui/status');
			return json.connected && json;
		}, 60);
		assert.equal(status.version, '0.3.64 (simulated)');
		assert.equal((await get(demo, '/api/settings')).json.comfyui_simulated, true);
		const [run] = (await get(demo, '/api/training-runs')).json;
		const stored = await send(demo, 'POST', '/api/sample-presets', preset);
		const launched = await send(demo, 'POST', '/api/sample-jobs', {
			training_run_name: run.name,
			sample_preset_id: stored.json.id,
			workflow_name: 'qwen-image.json',
			checkpoint_filenames: [run.checkpoints[0].filename],
		});
		assert.equal(launched.status, 201, launched.text);
		await eventually('it renders', async () => (await get(demo, `/api/sample-jobs/${launched.json.id}`)).json.job.status === 'completed', 60);
	} finally {
		await compose(...named, 'down', '--volumes', '--timeout', '10');
		await rm(directory, { recursive: true, force: true });
	}
});
