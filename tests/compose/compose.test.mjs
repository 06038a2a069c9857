// compose.yaml under a real Docker engine: the images, the services, the user's own directories.
//
// COMPOSE_TESTS=skip leaves it out, for machines without an engine. Images are built unless COMPOSE_BUILD=no.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, chown, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { get, request, send } from '../api/client.mjs';
import { startComfyUI } from '../api/comfyui.mjs';
import { Feed } from '../api/feed_client.mjs';
import { eventually, freePort, root } from '../api/stack.mjs';
import { codedPicture } from '../e2e/support/picture.mjs';

const { chromium } = createRequire(path.join(root, 'web/package.json'))('@playwright/test');
const run = promisify(execFile);
const SERVICES = ['api', 'feed', 'nginx', 'worker'];
const RUN = 'lantern-step00000100.safetensors';
// A user that the images know nothing of; a test that is not root has only its own.
const isRoot = process.getuid() === 0;
const [user, group] = isRoot ? [12345, 12346] : [process.getuid(), process.getgid()];

/** A project of its own below `directory`, which has what a user's machine has. */
class Project {
	constructor(directory, port, settings = {}) {
		this.directory = directory;
		this.port = port;
		this.url = `http://127.0.0.1:${port}`;
		this.name = `checkpoint-sampler-test-${process.pid}-${port}`;
		this.environmentFile = path.join(directory, 'env');
		this.settings = {
			CHECKPOINT_DIR: path.join(directory, 'checkpoints'),
			SAMPLE_DIR: path.join(directory, 'samples'),
			WORKFLOW_DIR: path.join(directory, 'workflows'),
			PUID: user,
			PGID: group,
			PORT: port,
			BIND_ADDRESS: '127.0.0.1',
			...settings,
		};
	}

	async compose(...words) {
		await writeFile(this.environmentFile, Object.entries(this.settings).map(([key, value]) => `${key}=${value}\n`).join(''));
		const command = ['compose', '--project-name', this.name, '--env-file', this.environmentFile, ...words];
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

	async container(service) {
		return (await this.compose('ps', '--quiet', service)).stdout.trim();
	}
}

const healthy = Object.fromEntries(SERVICES.map((service) => [service, 'running healthy']));
let project;
let comfyui;

/** The address of this machine that containers know as host.docker.internal. */
async function gateway() {
	const { stdout } = await run('docker', ['network', 'inspect', 'bridge', '--format', '{{(index .IPAM.Config 0).Gateway}}']);
	return stdout.trim();
}

async function own(directory) {
	if (isRoot) await run('chown', ['-R', `${user}:${group}`, directory]);
}

async function makeDirectories() {
	const directory = await mkdtemp(path.join(os.tmpdir(), 'checkpoint-sampler-compose-'));
	await chmod(directory, 0o755);
	for (const name of ['checkpoints', 'workflows', `samples/${RUN}`]) await mkdir(path.join(directory, name), { recursive: true });
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
	project = new Project(directory, await freePort(), { COMFYUI_PORT: comfyui.port });
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
	for (const service of SERVICES) {
		const { stdout } = await run('docker', ['inspect', await project.container(service)]);
		const [{ HostConfig, Config }] = JSON.parse(stdout);
		assert.equal(Config.User, `${user}:${group}`);
		assert.equal(HostConfig.ReadonlyRootfs, true);
		assert.deepEqual(HostConfig.CapDrop, ['ALL']);
		assert.equal(HostConfig.RestartPolicy.Name, 'unless-stopped');
		assert.ok(HostConfig.Memory > 0 && HostConfig.PidsLimit > 0);
		const writable = JSON.parse(stdout)[0].Mounts.filter(({ RW }) => RW).map(({ Destination }) => Destination);
		assert.equal(writable.includes('/data/samples'), service === 'worker', `${service} writes ${writable}`);
		assert.equal(writable.includes('/data/checkpoints'), false);
		const { stdout: tools } = await project.compose('exec', '-T', service, 'sh', '-c', 'command -v gcc cc npm node || :');
		assert.equal(tools, '');
	}
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
		const container = await project.container(service);
		const { stdout } = await run('docker', ['inspect', '--format', '{{.State.Pid}} {{.RestartCount}}', container]);
		const [pid, restarts] = stdout.trim().split(' ').map(Number);
		if (isRoot) process.kill(pid, 'SIGKILL');
		else await project.compose('exec', '-T', service, 'sh', '-c', 'kill -TERM 1');
		await eventually(`${service} was started again`, async () => {
			const { stdout: count } = await run('docker', ['inspect', '--format', '{{.RestartCount}}', container]);
			const states = await project.states();
			for (const other of others) assert.equal(states[other], 'running healthy', `${other} while ${service} comes back`);
			return Number(count) > restarts && states[service] === 'running healthy';
		}, 60);
		assert.equal((await get(project, '/health')).json.status, 'ok');
	}
});

test('a service that hangs is the one that turns unhealthy', { ...options, timeout: 180_000 }, async () => {
	const container = await project.container('feed');
	await run('docker', ['pause', container]);
	try {
		await eventually('the feed is unhealthy', async () => {
			const { stdout } = await run('docker', ['inspect', '--format', '{{.State.Health.Status}}', container]);
			return stdout.trim() === 'unhealthy';
		}, 120).catch(async (error) => {
			// A paused container is not asked at all by some engines: then its state says so.
			assert.match((await project.states()).feed, /paused/, error.message);
		});
		for (const other of ['api', 'nginx', 'worker']) assert.equal((await project.states())[other], 'running healthy');
	} finally {
		await run('docker', ['unpause', container]);
	}
	await eventually('the feed is healthy again', async () => (await project.states()).feed === 'running healthy', 90);
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
});

test('a sample directory of another user is told in words', options, async () => {
	if (!isRoot) return;
	const samples = path.join(project.directory, 'samples');
	await run('chown', ['-R', '54321:54321', samples]);
	await run('chmod', ['-R', 'go-w', samples]);
	await project.compose('restart', 'worker');
	const { stdout, stderr } = await project.compose('logs', '--no-log-prefix', '--tail', '20', 'worker');
	assert.match(stdout + stderr, /cannot be written by user 12345.*belongs to 54321, group 54321.*PUID and PGID/s);
	await own(samples);
});

test('the demonstration brings its own images and a simulated ComfyUI', options, async () => {
	const directory = await mkdtemp(path.join(os.tmpdir(), 'checkpoint-sampler-demo-'));
	await chmod(directory, 0o755);
	for (const name of ['checkpoints', 'samples', 'workflows']) await mkdir(path.join(directory, name));
	await own(directory);
	const demo = new Project(directory, await freePort(), {
		COMPOSE_PROFILES: 'demo',
		CHECKPOINT_SAMPLER_DEMO: 1,
		DEMO_DIR: directory,
		COMFYUI_HOST: 'demo',
	});
	try {
		await demo.up();
		await eventually('the demo’s runs are there', async () => {
			const runs = (await get(demo, '/api/training-runs?has_samples=true')).json;
			return runs.length > 0;
		}, 120);
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
		await demo.compose('down', '--volumes', '--timeout', '10');
		await rm(directory, { recursive: true, force: true });
	}
});
