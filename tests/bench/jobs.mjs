// Measures sample jobs of 10,000 images: launching them, and asking for them afterwards. Prints rows of docs/performance.md.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { get, send } from '../api/client.mjs';
import { freePort, root, startStack } from '../api/stack.mjs';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 7);
const ASKS = 100;
const CHECKPOINTS = 100;
const SEEDS = 100;
const ITEMS = CHECKPOINTS * SEEDS;

const median = (times) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
const milliseconds = (time) => `${time.toFixed(time < 10 ? 1 : 0)} ms`;

async function time(act) {
	const start = performance.now();
	await act();
	return performance.now() - start;
}

/** The median of our times and the baseline's, taken in turns. */
async function measure(rounds, ours, theirs) {
	const times = [[], []];
	for (let round = 0; round < rounds; round++) {
		times[0].push(await time(ours));
		times[1].push(await time(theirs));
	}
	return times.map(median);
}

function row(what, [ours, theirs], limit) {
	const verdict = ours <= limit ? 'met' : 'missed';
	console.log(`| ${what} | ${milliseconds(ours)} | ${milliseconds(theirs)} | ${(ours / theirs).toFixed(2)} | at most ${limit.toLocaleString('en')} ms | ${verdict} |`);
}

// Nobody listens at ComfyUI's port: what is launched stays pending.
const stack = await startStack({ config: { comfyui: { host: '127.0.0.1', port: await freePort() } } });

async function prepare() {
	const workflows = path.join(stack.directory, 'workflows');
	await mkdir(workflows, { recursive: true });
	await writeFile(path.join(workflows, 'bench.json'), await readFile(path.join(root, 'tests/fixtures/comfyui/workflows/tiny_ckpt_api.json')));
	for (let index = 1; index <= CHECKPOINTS; index++) {
		await writeFile(path.join(stack.checkpoints, `bench-step${String(index).padStart(8, '0')}.safetensors`), '\x02\0\0\0\0\0\0\0{}');
	}
	const preset = {
		name: 'bench', prompts: [{ name: 'forest', text: 'a forest' }], steps: [8], cfgs: [1], samplers: ['euler'], schedulers: ['simple'],
		seeds: Array.from({ length: SEEDS }, (_, index) => index), width: 64, height: 64,
	};
	const { id } = (await send(stack, 'POST', '/api/sample-presets', preset)).json;
	return { training_run_name: 'bench', sample_preset_id: id, workflow_name: 'bench.json' };
}

/** As many rows of the same values in one synced transaction, with nothing around them. */
function insertRows(file) {
	const database = new DatabaseSync(file);
	database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
	database.exec('CREATE TABLE item (number INTEGER PRIMARY KEY, id TEXT UNIQUE, job TEXT, checkpoint TEXT, prompt TEXT, steps INTEGER, cfg TEXT, sampler TEXT, scheduler TEXT, seed TEXT, status TEXT, created TEXT, updated TEXT) STRICT');
	const insert = database.prepare('INSERT INTO item (id, job, checkpoint, prompt, steps, cfg, sampler, scheduler, seed, status, created, updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
	const job = crypto.randomUUID();
	const now = new Date().toISOString();
	database.exec('BEGIN');
	for (let index = 0; index < ITEMS; index++) {
		insert.run(crypto.randomUUID(), job, `bench-step${index}.safetensors`, 'forest', 8, '1', 'euler', 'simple', `${index}`, 'pending', now, now);
	}
	database.exec('COMMIT');
	database.close();
}

async function ask(target, status = 200) {
	const answer = await get(stack, target);
	if (answer.status !== status) throw new Error(`${target}: ${answer.status} ${answer.text}`);
}

try {
	const body = await prepare();
	let job;
	let count = 0;
	const created = await measure(
		ROUNDS,
		async () => {
			const answer = await send(stack, 'POST', '/api/sample-jobs', body);
			if (answer.status !== 201) throw new Error(answer.text);
			job = answer.json;
		},
		async () => insertRows(path.join(stack.directory, `baseline-${count++}.db`)),
	);
	if (job.total_items !== ITEMS) throw new Error(`the job has ${job.total_items} items`);
	row(`Launch of a job of ${ITEMS.toLocaleString('en')} images`, created, 2000);
	const presets = () => ask('/api/presets');
	row(`List of ${ROUNDS} such jobs`, await measure(ASKS, () => ask('/api/sample-jobs'), presets), 20);
	row('One of them', await measure(ASKS, () => ask(`/api/sample-jobs/${job.id}`), presets), 20);
} finally {
	await stack.stop();
	await rm(stack.directory, { recursive: true, force: true });
}
