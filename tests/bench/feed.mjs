// Measures the live feed on the real stack: node feed.mjs TREE POLLED. Prints rows of docs/performance.md's table.
//
// Both have checkpoints/ and samples/: TREE with many images, POLLED with many directories. Files are written into TREE,
// and taken away again.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Feed } from '../api/feed_client.mjs';
import { eventually, freePort, processesOf, startStack } from '../api/stack.mjs';

const TRIALS = 400;
const CLIENTS = 60;
const IDLE_SECONDS = 60;
const PICTURE = Buffer.from('\x89PNG\r\n\x1a\n............\0\0\0\0IEND\xae\x42\x60\x82', 'latin1');

const tree = path.resolve(process.argv[2]);
const samples = path.join(tree, 'samples');
const polled = path.resolve(process.argv[3]);
const start = (place, watch) =>
	startStack({ config: { checkpoint_dirs: [path.join(place, 'checkpoints')], sample_dir: path.join(place, 'samples'), watch } });
let stack = await start(tree, 'inotify');

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const quantile = (values, part) => values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))];
const row = (what, measured, target = '', met = '') => console.log(`| ${what} | ${measured} | | | ${target} | ${met} |`);
/** The time that 95 of 100 keep, beside that of the echo in the same turns. */
const latency = (what, { times, echoes }, limit) => {
	const [p50, p95, echo] = [quantile(times, 0.5), quantile(times, 0.95), quantile(echoes, 0.95)];
	const measured = `p95 ${p95.toFixed(1)} ms (p50 ${p50.toFixed(1)} ms)`;
	console.log(`| ${what} | ${measured} | ${echo.toFixed(1)} ms | ${(p95 / echo).toFixed(2)} | p95 at most ${limit} ms | ${p95 <= limit ? 'met' : 'missed'} |`);
};

/** The baseline: a line to websocketd and back from `cat`, without nginx, files and JSON. */
async function startEcho() {
	const port = await freePort();
	const child = spawn('websocketd', ['--address=127.0.0.1', `--port=${port}`, '--loglevel=fatal', 'cat'], { stdio: 'ignore' });
	const socket = await eventually('the echo answers', async () => {
		const attempt = new WebSocket(`ws://127.0.0.1:${port}/`);
		return new Promise((resolve) => {
			attempt.onopen = () => resolve(attempt);
			attempt.onerror = () => resolve(null);
		});
	});
	return {
		async time() {
			const back = new Promise((resolve) => (socket.onmessage = () => resolve(performance.now())));
			const begun = performance.now();
			socket.send('x'.repeat(250));
			return (await back) - begun;
		},
		stop() {
			socket.close();
			child.kill();
		},
	};
}
const echo = await startEcho();

/** Milliseconds from the end of `act` to the message that `test` is true of, for each of `feeds`. */
async function time(feeds, act, test) {
	const seen = feeds.map(
		(feed) =>
			new Promise((resolve) => {
				const listen = ({ data }) => {
					const at = performance.now();
					if (!test(JSON.parse(data))) return;
					feed.socket.removeEventListener('message', listen);
					resolve(at);
				};
				feed.socket.addEventListener('message', listen);
			}),
	);
	act();
	const begun = performance.now();
	return (await Promise.all(seen)).map((at) => Math.max(0, at - begun));
}

async function measureFiles(feeds, trials) {
	const directory = path.join(samples, readdirSync(samples).find((name) => name.endsWith('.safetensors')));
	const times = [];
	const echoes = [];
	for (let trial = 0; trial < trials; trial++) {
		const file = path.join(directory, `bench=${trial}.png`);
		const renames = trial % 2 === 1;
		const descriptor = openSync(renames ? `${file}.part` : file, 'w');
		writeSync(descriptor, PICTURE);
		if (renames) closeSync(descriptor);
		const finish = () => (renames ? renameSync(`${file}.part`, file) : closeSync(descriptor));
		times.push(...(await time(feeds, finish, ({ dimensions }) => dimensions?.bench === String(trial))));
		await time(feeds, () => unlinkSync(file), ({ type }) => type === 'image_removed');
		echoes.push(await echo.time());
		await pause(5);
	}
	return { times, echoes };
}

async function measureCommits(feeds, trials) {
	const database = new DatabaseSync(path.join(stack.directory, 'data', 'checkpoint-sampler.db'), { timeout: 5000 });
	const now = '2026-01-01T00:00:00.000Z';
	const id = '00000000-0000-4000-8000-000000000000';
	const times = [];
	const echoes = [];
	// As the worker's: what is committed is on the disk.
	database.exec('PRAGMA synchronous = FULL');
	const message = ({ type }) => type === 'job_progress';
	await time(
		feeds,
		() =>
			database.exec(`INSERT INTO sample_jobs (id, training_run_name, sample_preset_name, workflow_name, workflow_digest, width, height, mean_steps, existing, status, total_items, total_checkpoints, created_at, updated_at)
				VALUES ('${id}', 'run', 'preset', 'flux.json', '', 64, 64, 8, 'skip', 'running', 4, 2, '${now}', '${now}')`),
		message,
	);
	const change = database.prepare('UPDATE sample_jobs SET seconds_per_image = ?');
	for (let trial = 0; trial < trials; trial++) {
		times.push(...(await time(feeds, () => change.run(trial), message)));
		echoes.push(await echo.time());
		await pause(5);
	}
	database.close();
	return { times, echoes };
}

const processes = async (pattern) => (await processesOf(stack.runtimeDirectory)).filter(({ command }) => pattern.test(command)).map(({ pid }) => pid);
const field = (text, name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)[1]);
const memoryOf = async (pid) => field(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8'), 'Pss') * 1024;
const workOf = async (pid) => {
	const stat = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1].split(' ');
	return {
		wakeups: field(await readFile(`/proc/${pid}/status`, 'utf8'), 'voluntary_ctxt_switches'),
		ticks: Number(stat[11]) + Number(stat[12]),
	};
};

async function measureIdle(pids) {
	const before = await Promise.all(pids.map(workOf));
	await pause(IDLE_SECONDS * 1000);
	const after = await Promise.all(pids.map(workOf));
	return after.map(({ wakeups, ticks }, index) => ({ wakeups: wakeups - before[index].wakeups, ticks: ticks - before[index].ticks }));
}

/** The part of a processor that polling takes while nothing happens. */
async function measurePolling() {
	const feed = await Feed.open(stack);
	await feed.next('that all is watched', ({ watching }) => watching === true);
	// The first rounds read all directories once more.
	await pause(15000);
	const [{ ticks }] = await measureIdle(await processes(WATCHER));
	const directories = readdirSync(path.join(polled, 'samples')).length.toLocaleString('en');
	const percent = ticks / IDLE_SECONDS;
	row(
		`Polling ${directories} directories every 2 s for any number of browsers`,
		`${percent.toFixed(2)} % of a processor`,
		'at most 5 %',
		percent <= 5 ? 'met' : 'missed',
	);
	await feed.close();
}

const FEED = /^\/.*bin\/feed$/;
const WATCHER = /^\/.*bin\/watcher$/;
const kilobytes = (bytes) => `${(bytes / 1024).toFixed(0)} KiB`;

try {
	const [watcher] = await processes(WATCHER);
	const empty = await memoryOf(watcher);
	const first = await Feed.open(stack);
	// The first look at so many files takes longer than hello waits.
	await first.next('that all is watched', ({ watching }) => watching === true);
	const [alone] = await processes(FEED);
	const one = await memoryOf(alone);
	const full = await memoryOf(watcher);
	const files = Number(/files=(\d+)/.exec(await readFile(path.join(stack.runtimeDirectory, 'log/watcher/current'), 'utf8'))[1]);

	latency('File closed or renamed → message, one browser', await measureFiles([first], TRIALS), 20);
	latency('Commit → message, one browser', await measureCommits([first], TRIALS), 50);

	const crowd = [first, ...(await Promise.all(Array.from({ length: CLIENTS - 1 }, () => Feed.open(stack))))];
	latency(`File closed or renamed → message, each of ${CLIENTS} browsers`, await measureFiles(crowd, 60), 20);

	const feeds = await processes(FEED);
	const shared = await Promise.all(feeds.map(memoryOf));
	const idle = await measureIdle([...feeds, watcher]);
	const minutes = IDLE_SECONDS / 60;
	const wakeups = Math.max(...idle.slice(0, -1).map((work) => work.wakeups)) / minutes;
	const ticks = Math.max(...idle.map((work) => work.ticks));
	row('Idle feed: wake-ups a minute, at most', wakeups.toFixed(0), 'heartbeats alone (3)', wakeups <= 4 ? 'met' : 'missed');
	row('Idle watcher: wake-ups a minute', (idle.at(-1).wakeups / minutes).toFixed(0));
	row('Processor time of any of them in that minute', `${ticks * 10} ms`, '', '');
	row('Memory of a feed (proportional), alone', kilobytes(one), 'at most 2 MiB', one <= 2 << 20 ? 'met' : 'missed');
	row(`Memory of a feed, one of ${CLIENTS}`, kilobytes(shared.reduce((sum, size) => sum + size, 0) / feeds.length));
	row(
		`Memory of the watcher, ${files.toLocaleString('en')} files`,
		`${kilobytes(full)}, ${((full - empty) / files).toFixed(0)} bytes a file`,
		'2 MiB and 24 bytes a file',
		full <= (2 << 20) + 24 * files ? 'met' : 'missed',
	);
	await Promise.all(crowd.map((feed) => feed.close()));

	await stack.stop();
	stack = await start(polled, 'poll');
	await measurePolling();
} finally {
	echo.stop();
	await stack.stop();
}
