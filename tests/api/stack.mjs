// Starts and stops the real stack (nginx, FastCGI, SQLite) for tests, in a temporary directory of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, mkdir, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** A TCP port of 127.0.0.1 that nobody listens on at this moment. */
export async function freePort() {
	const server = net.createServer();
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address();
	server.close();
	await once(server, 'close');
	return port;
}

/** A temporary directory with `checkpoints/` and `samples/`, the usual place for a test's files. */
export async function makePlace() {
	const place = await mkdtemp(path.join(os.tmpdir(), 'checkpoint-sampler-test-'));
	await mkdir(path.join(place, 'checkpoints'));
	await mkdir(path.join(place, 'samples'));
	return place;
}

/**
 * The processes that belong to a RUNTIME_DIR: those that work in it or hold a file of it open.
 * @returns {Promise<{pid: number, parent: number, command: string}[]>}
 */
export async function processesOf(runtimeDirectory) {
	const found = [];
	for (const name of await readdir('/proc')) {
		if (!/^\d+$/.test(name)) continue;
		try {
			const links = [await readlink(`/proc/${name}/cwd`)];
			for (const descriptor of await readdir(`/proc/${name}/fd`)) {
				links.push(await readlink(`/proc/${name}/fd/${descriptor}`).catch(() => ''));
			}
			if (!links.some((link) => `${link}/`.startsWith(`${runtimeDirectory}/`))) continue;
			const stat = await readFile(`/proc/${name}/stat`, 'utf8');
			const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
			const command = (await readFile(`/proc/${name}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim();
			found.push({ pid: Number(name), parent, command });
		} catch (error) {
			// A process may end while it is looked at, and those of other users are not ours.
			if (!['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(error.code)) throw error;
		}
	}
	return found;
}

/** Repeats `check` until it returns something true; fails with `what` after a generous while. */
export async function eventually(what, check, seconds = 30) {
	const end = Date.now() + seconds * 1000;
	for (;;) {
		const result = await check();
		if (result) return result;
		if (Date.now() > end) throw new Error(`it never came true that ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 25));
	}
}

/** run.sh as a child process, with what it printed so far in `output`. */
export class Launch {
	/**
	 * @param {string} [launcher] instead of run.sh
	 * @param {string} [directory] the working directory, where a config.yaml would be found
	 */
	constructor(environment, launcher = 'common/stack/run.sh', directory = root) {
		this.output = '';
		// A group of its own: a test may press Ctrl-C on it as a terminal does.
		this.child = spawn('sh', [path.resolve(root, launcher)], {
			cwd: directory,
			detached: true,
			stdio: ['ignore', 'pipe', 'pipe'],
			env: { ...process.env, CONFIG_PATH: undefined, PORT: undefined, RUNTIME_DIR: undefined, ...environment },
		});
		for (const stream of [this.child.stdout, this.child.stderr]) {
			stream.setEncoding('utf8');
			stream.on('data', (text) => (this.output += text));
		}
		this.ended = once(this.child, 'close').then(([status, signal]) => ({ status, signal }));
	}

	/** Waits for the line that says the service runs; fails if run.sh ends before. */
	async ready() {
		const started = eventually('the stack runs', () => this.output.includes('is running: '), 60);
		const ended = this.ended.then(({ status }) => {
			throw new Error(`run.sh ended with status ${status}:\n${this.output}`);
		});
		ended.catch(() => {});
		await Promise.race([started, ended]);
	}
}

/**
 * Starts a stack and waits until it answers.
 * @param {object} options
 * @param {string} [options.place] a directory made by makePlace; by default a new one, removed by stop()
 * @param {object|string} [options.config] keys on top of the place's checkpoints/ and samples/; or the file's text
 * @param {object} [options.environment] for run.sh
 * @param {string} [options.launcher] another run.sh than the source's
 */
export async function startStack({ place, config = {}, environment = {}, launcher } = {}) {
	const own = place === undefined;
	const directory = place ?? (await makePlace());
	const port = await freePort();
	const configPath = path.join(directory, 'config.yaml');
	const runtimeDirectory = path.join(directory, 'run');
	const settings = {
		checkpoint_dirs: [path.join(directory, 'checkpoints')],
		sample_dir: path.join(directory, 'samples'),
		ip_address: '127.0.0.1',
		port,
		...config,
	};
	// JSON is YAML.
	await writeFile(configPath, typeof config === 'string' ? config : JSON.stringify(settings, null, '\t').replaceAll('\t', '  '));
	const launch = new Launch({ CONFIG_PATH: configPath, RUNTIME_DIR: runtimeDirectory, ...environment }, launcher);
	await launch.ready();

	return {
		port,
		url: `http://127.0.0.1:${port}`,
		directory,
		configPath,
		runtimeDirectory,
		samples: path.join(directory, 'samples'),
		checkpoints: path.join(directory, 'checkpoints'),
		launch,
		/** Stops it with `signal`; fails unless run.sh ends with status 0 and leaves no process behind. */
		async stop(signal = 'SIGTERM') {
			launch.child.kill(signal);
			const { status } = await launch.ended;
			const left = await processesOf(runtimeDirectory);
			if (status !== 0) throw new Error(`run.sh ended with status ${status}:\n${launch.output}`);
			if (left.length) throw new Error(`processes were left behind: ${JSON.stringify(left)}`);
			if (own) await rm(directory, { recursive: true, force: true });
		},
	};
}
