// Stop, resume, delete; ends of all kinds; disks and databases that cannot be written.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmdirSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { killCampaign } from './campaign.mjs';
import { CHECKPOINTS, startRendering } from './rendering.mjs';
import { eventually, root } from './stack.mjs';

let rendering;
before(async () => {
	rendering = await startRendering({ removesCopies: true });
});
after(() => rendering.stop());

const slow = { seconds_per_step: 0.4 };
const queue = async () => (await rendering.comfyui.call('GET', '/queue')).json;
const isRendering = () => eventually('ComfyUI renders', async () => (await queue()).queue_running.length === 1);

describe('stopping', () => {
	test('lets the image in work finish, and resuming makes the rest once', async () => {
		await rendering.comfyui.setMoods(slow);
		const { id } = await rendering.launch();
		await isRendering();
		assert.equal((await rendering.call(id, 'stop')).status, 200);
		const paused = await rendering.reach(id, 'paused');
		assert.ok(paused.completed_items >= 1 && paused.completed_items < 8, `${paused.completed_items}`);
		assert.equal((await rendering.files()).length, paused.completed_items);
		const { queue_running: running, queue_pending: pending } = await queue();
		assert.deepEqual([running.length, pending.length], [0, 0]);
		await rendering.comfyui.resetMoods();
		assert.equal((await rendering.call(id, 'resume')).status, 200);
		await rendering.reach(id, 'completed');
		assert.deepEqual(await rendering.files(), rendering.expected());
		assert.ok(Object.values((await rendering.comfyui.state()).rendered).every((count) => count === 1));
		await rendering.clean(id);
	});
	test('takes a prompt back that ComfyUI has not begun', async () => {
		await rendering.comfyui.setMoods({ hold: true });
		const { id } = await rendering.launch();
		await eventually('a prompt waits', async () => (await queue()).queue_pending.length === 1);
		await rendering.call(id, 'stop');
		const paused = await rendering.reach(id, 'paused');
		assert.equal(paused.completed_items, 0);
		assert.equal((await queue()).queue_pending.length, 0);
		await rendering.clean(id);
	});
	test('is told of in the log, also where no image is in work', async () => {
		await rendering.comfyui.setMoods(slow);
		const { id } = await rendering.launch();
		await isRendering();
		const lines = async (event) => (await rendering.log()).split('\n').filter((line) =>
			line.includes(`event=${event} job=${id.slice(0, 8)} run=portrait`));
		assert.equal((await lines('job.started')).length, 1);
		// As between two images: none is leased, and the job is stopped.
		const store = rendering.database();
		store.exec('BEGIN IMMEDIATE');
		store.exec('DELETE FROM sample_job_attempts');
		store.exec("UPDATE sample_job_items SET status = 'pending', lease = NULL WHERE status = 'running'");
		store.exec("UPDATE sample_jobs SET status = 'paused'");
		store.exec('COMMIT');
		store.close();
		await rendering.comfyui.resetMoods();
		const [stopped] = await eventually('it is said to be stopped', async () => {
			const found = await lines('job.stopped');
			return found.length > 0 && found;
		});
		assert.match(stopped, / total=8 completed=0 failed=0 skipped=0$/);
		assert.equal((await rendering.call(id, 'resume')).status, 200);
		await rendering.reach(id, 'completed');
		await eventually('its end is told', async () => (await lines('job.ended')).length === 1);
		assert.equal((await lines('job.started')).length, 2);
		assert.equal((await lines('job.stopped')).length, 1);
		assert.deepEqual(await rendering.files(), rendering.expected());
		await rendering.clean(id);
	});
	test('is told of in the log where the job was resumed before the worker looked', async () => {
		const first = await rendering.launch({ existing: 'replace' });
		await rendering.reach(first.id, 'completed');
		await rendering.comfyui.setMoods(slow);
		const second = await rendering.launch({ existing: 'replace' });
		await isRendering();
		const lines = async (event, id) => (await rendering.log()).split('\n').filter((line) =>
			line.includes(`event=${event} job=${id.slice(0, 8)} run=portrait`));
		// Stopped between two images and resumed, behind one that waits.
		const store = rendering.database();
		store.exec('BEGIN IMMEDIATE');
		store.exec('DELETE FROM sample_job_attempts');
		store.exec("UPDATE sample_job_items SET status = 'pending', lease = NULL WHERE status = 'running'");
		store.prepare("UPDATE sample_job_items SET status = 'pending', output_path = NULL WHERE job_id = ?").run(first.id);
		store.exec("UPDATE sample_jobs SET status = 'pending'");
		store.exec('COMMIT');
		store.close();
		await rendering.comfyui.resetMoods();
		await rendering.reach(second.id, 'completed');
		assert.equal((await lines('job.stopped', second.id)).length, 1);
		assert.equal((await lines('job.started', second.id)).length, 2);
		await rendering.delete(first.id);
		await rendering.clean(second.id);
	});
	test('of a deleted job is told once, whichever of its images is found out first', async () => {
		await rendering.comfyui.setMoods(slow);
		const { id } = await rendering.launch();
		await isRendering();
		const store = rendering.database();
		await eventually('two images are in work', () =>
			store.prepare("SELECT count(*) AS count FROM sample_job_items WHERE status = 'running'").get().count === 2);
		// No order tells of it: the worker learns of it as it records how they ended.
		store.exec('BEGIN IMMEDIATE');
		store.exec('DELETE FROM sample_job_attempts');
		store.exec('DELETE FROM sample_jobs');
		store.exec('COMMIT');
		store.close();
		await rendering.comfyui.resetMoods();
		const lines = async (event) => (await rendering.log()).split('\n').filter((line) =>
			line.includes(`event=${event} job=${id.slice(0, 8)} run=portrait`));
		await eventually('both have ended', async () => (await lines('item.withdrawn')).length === 2);
		assert.equal((await lines('job.deleted')).length, 1);
		await rendering.clean();
	});
	test("touches nobody else's prompt, even where interrupting is for all", async () => {
		await rendering.comfyui.setMoods({ interrupt_is_global: true, hold: true });
		const { id } = await rendering.launch();
		const [[, ours, prompt]] = await eventually('a prompt waits', async () => {
			const { queue_pending: pending } = await queue();
			return pending.length === 1 && pending;
		});
		// Another one, in front of it.
		Object.values(prompt).find(({ class_type: type }) => type === 'SaveImage').inputs.filename_prefix = 'theirs';
		const { json: foreign } = await rendering.comfyui.call('POST', '/prompt', { prompt, front: true });
		await rendering.comfyui.setMoods({ hold: false, seconds_per_step: 1 });
		await isRendering();
		assert.equal((await rendering.delete(id)).status, 204);
		await eventually('ours is gone', async () => !JSON.stringify((await queue()).queue_pending).includes(ours));
		await rendering.comfyui.setMoods({ seconds_per_step: 0 });
		const entry = await eventually('theirs has ended', async () =>
			(await rendering.comfyui.call('GET', `/history/${foreign.prompt_id}`)).json[foreign.prompt_id]);
		assert.equal(entry.status.status_str, 'success');
		await rendering.clean();
	});
	test('does not wait for a ComfyUI that is away', async () => {
		await rendering.comfyui.setMoods(slow);
		const { id } = await rendering.launch();
		await isRendering();
		await rendering.comfyui.stop('SIGKILL');
		await rendering.waits(id, /ComfyUI|127\.0\.0\.1/);
		await rendering.call(id, 'stop');
		await rendering.reach(id, 'paused');
		await rendering.comfyui.start();
		await rendering.call(id, 'resume');
		await rendering.reach(id, 'completed');
		assert.deepEqual(await rendering.files(), rendering.expected());
		await rendering.clean(id);
	});
	test('leaves what it gave up meanwhile to the next worker', async () => {
		await rendering.comfyui.setMoods({ hold: true });
		const { id } = await rendering.launch();
		const [[, old]] = await eventually('a prompt waits', async () => {
			const { queue_pending: pending } = await queue();
			return pending.length === 1 && pending;
		});
		await rendering.comfyui.setMoods({ proxy: '502' });
		await rendering.call(id, 'stop');
		await rendering.reach(id, 'paused');
		await rendering.killWorker();
		await rendering.comfyui.setMoods({ proxy: '' });
		await rendering.call(id, 'resume');
		await eventually('another prompt waits in its place', async () => {
			const { queue_pending: pending } = await queue();
			assert.ok(pending.length <= 1, 'never two of ours');
			return pending.length === 1 && pending[0][1] !== old;
		});
		await rendering.comfyui.setMoods({ hold: false });
		await rendering.reach(id, 'completed');
		assert.deepEqual(await rendering.files(), rendering.expected());
		assert.ok(Object.values((await rendering.comfyui.state()).rendered).every((count) => count === 1));
		const store = rendering.database();
		assert.equal(store.prepare('SELECT count(*) AS count FROM abandoned_attempts').get().count, 0);
		store.close();
		await rendering.clean(id);
	});
	test('deleting interrupts what is rendered', async () => {
		await rendering.comfyui.setMoods({ seconds_per_step: 3 });
		const { id } = await rendering.launch();
		await isRendering();
		await rendering.comfyui.setMoods({ seconds_per_step: 0.1 });
		assert.equal((await rendering.delete(id)).status, 204);
		await eventually('ComfyUI is free', async () => (await queue()).queue_running.length === 0, 40);
		const next = await rendering.launch();
		await rendering.reach(next.id, 'completed');
		await rendering.clean(next.id);
	});
});

/** Runs `check` while no worker does. */
async function withoutWorker(check) {
	const service = path.join(rendering.stack.runtimeDirectory, 'service', 'worker');
	execFileSync('s6-svc', ['-wD', '-dk', service]);
	try {
		return await check();
	} finally {
		execFileSync('s6-svc', ['-u', service]);
		await rendering.worker();
	}
}

/** ComfyUI has a prompt under an id of its own, and whoever is to hear of it is killed before. */
async function submitUnheard() {
	await rendering.comfyui.setMoods({ prompt_id_ignored: true, prompt_delay: 30, hold: true });
	const { id } = await rendering.launch();
	const [[, prompt]] = await eventually('a prompt waits', async () => {
		const { queue_pending: pending } = await queue();
		return pending.length === 1 && pending;
	});
	return { id, prompt };
}

describe('a prompt under an id that nobody has heard of', () => {
	test('is found by the next worker', async () => {
		const { id } = await submitUnheard();
		await rendering.comfyui.setMoods({ prompt_delay: 0, hold: false, seconds_per_step: 2 });
		await rendering.killWorker();
		const looks = async () => (await rendering.comfyui.state()).counts['GET /queue'] ?? 0;
		const before = await looks();
		await eventually('it is looked for', async () => (await looks()) >= before + 3);
		await rendering.comfyui.setMoods({ seconds_per_step: 0 });
		await rendering.reach(id, 'completed');
		assert.deepEqual(await rendering.files(), rendering.expected());
		const { rendered, most_unfinished: most } = await rendering.comfyui.state();
		assert.ok(Object.values(rendered).every((count) => count === 1));
		assert.equal(most, 1);
		await rendering.clean(id);
	});
	test('leaves the queue with its job', async () => {
		const { id, prompt } = await submitUnheard();
		await withoutWorker(async () => {
			assert.equal((await rendering.delete(id)).status, 204);
			const { queue_pending: pending } = await queue();
			assert.equal(pending[0][1], prompt);
		});
		await eventually('the queue is empty', async () => (await queue()).queue_pending.length === 0);
		await rendering.clean();
	});
});

describe('the worker', () => {
	test('ends within its time when asked to, and the next one takes over', async () => {
		await rendering.comfyui.setMoods({ seconds_per_step: 3.5 });
		const { id } = await rendering.launch();
		await isRendering();
		const pid = await rendering.worker();
		const began = performance.now();
		process.kill(pid, 'SIGTERM');
		await eventually('it has ended', async () => {
			try {
				process.kill(pid, 0);
				return false;
			} catch {
				return true;
			}
		});
		assert.ok(performance.now() - began < 8000, 'before the supervisor kills it');
		await rendering.comfyui.setMoods({ seconds_per_step: 0 });
		await rendering.reach(id, 'completed');
		assert.ok(Object.values((await rendering.comfyui.state()).rendered).every((count) => count === 1));
		await rendering.clean(id);
	});
	test('goes on while the clock jumps a day ahead and two days back', async () => {
		const service = path.join(rendering.stack.runtimeDirectory, 'service', 'worker');
		const clock = path.join(rendering.place, 'clock');
		const [library] = globSync('/usr/lib/*/faketime/libfaketimeMT.so.1');
		const jump = (by) => writeFile(clock, `${by}\n`);
		execFileSync('s6-svc', ['-wD', '-d', service]);
		await jump('+0');
		const worker = spawn(path.join(root, 'build', process.env.BUILD ?? 'release', 'bin', 'worker'), {
			cwd: rendering.stack.runtimeDirectory,
			stdio: ['ignore', 'ignore', 'pipe'],
			env: {
				...process.env,
				CONFIG_PATH: rendering.stack.configPath,
				RUNTIME_DIR: rendering.stack.runtimeDirectory,
				LD_PRELOAD: library,
				FAKETIME_TIMESTAMP_FILE: clock,
				FAKETIME_NO_CACHE: '1',
				DONT_FAKE_MONOTONIC: '1',
			},
		});
		let log = '';
		worker.stderr.setEncoding('utf8').on('data', (text) => (log += text));
		try {
			await rendering.comfyui.setMoods({ seconds_per_step: 0.1 });
			const { id } = await rendering.launch();
			const rendered = (count) => eventually(`${count} images are there`, async () => (await rendering.job(id)).completed_items >= count);
			await rendered(2);
			await jump('+1d');
			await rendered(4);
			await jump('-2d');
			const job = await rendering.reach(id, 'completed');
			assert.deepEqual([job.completed_items, job.failed_items], [8, 0]);
			assert.deepEqual(await rendering.files(), rendering.expected());
			assert.ok(Object.values((await rendering.comfyui.state()).rendered).every((count) => count === 1));
			const days = new Set(log.match(/^time=\d{4}-\d\d-\d\d(?=.*item\.completed)/gm));
			assert.equal(days.size, 3, `the clock did jump: ${[...days]}`);
			await rendering.clean(id);
		} finally {
			worker.kill('SIGTERM');
			await once(worker, 'close');
			execFileSync('s6-svc', ['-u', service]);
			await rendering.worker();
		}
	});
	test('says in its log how long the rest of a job will take', async () => {
		await rendering.comfyui.setMoods({ seconds_per_step: 0.2 });
		const { id } = await rendering.launch();
		await rendering.reach(id, 'completed');
		const lines = await eventually('all are told of', async () => {
			const found = (await rendering.log()).split('\n').filter((line) =>
				line.includes(`event=item.completed job=${id.slice(0, 8)} `));
			return found.length === 8 && found;
		});
		const fields = lines.map((line) => Object.fromEntries([...line.matchAll(/ (took|done|eta)=(\S+)/g)].map(([, key, value]) => [key, value])));
		assert.deepEqual(fields.map(({ done }) => done), Array.from({ length: 8 }, (_, i) => `${i + 1}/8`));
		const seconds = (text) => text.match(/\d+(?=h)/) * 3600 + text.match(/\d+(?=m)/) * 60 + text.match(/\d+(?=s)/) * 1;
		const [first] = fields;
		assert.ok(Math.abs(seconds(first.eta) - Number.parseFloat(first.took) * 7) <= 1, `${first.eta} for 7 of ${first.took}`);
		assert.ok(fields.slice(0, -1).every(({ eta }) => /^(\d+h\d\d)?(\d+m)?(\d+s)?$/.test(eta ?? '-')), lines.join('\n'));
		assert.equal(fields.at(-1).eta, undefined, 'nothing is left');
		await rendering.clean(id);
	});
	test('refuses to start beside another one, and names it', async () => {
		const pid = await rendering.worker();
		const program = path.join(root, 'build', process.env.BUILD ?? 'release', 'bin/worker');
		const child = spawn(program, { env: { ...process.env, CONFIG_PATH: rendering.stack.configPath }, stdio: ['ignore', 'ignore', 'pipe'] });
		let words = '';
		child.stderr.setEncoding('utf8').on('data', (text) => (words += text));
		const [status] = await once(child, 'close');
		assert.equal(status, 75);
		assert.match(words, new RegExp(`event=worker\\.refused .*${pid}`));
	});
	test('waits while ComfyUI is away, says so, and goes on', async (t) => {
		const { id } = await rendering.launch({ seeds: 3 });
		await rendering.comfyui.stop('SIGKILL');
		await rendering.waits(id, /127\.0\.0\.1/);
		const state = await eventually('its state is known', async () => {
			const store = rendering.database();
			const row = store.prepare('SELECT connected, error FROM comfyui_state').get();
			store.close();
			return !row.connected && row;
		});
		assert.match(state.error, /127\.0\.0\.1/);
		const began = performance.now();
		await rendering.comfyui.start();
		const job = await rendering.reach(id, 'completed');
		t.diagnostic(`${((performance.now() - began) / 1000).toFixed(1)} s after its return`);
		assert.deepEqual([job.completed_items, job.waiting], [12, undefined]);
		await rendering.clean(id);
	});
	test('skips a checkpoint that ComfyUI cannot see, and makes the others', async () => {
		const hidden = path.join(rendering.stack.checkpoints, CHECKPOINTS[0]);
		await rendering.comfyui.setMoods({ object_info_seconds: 0.5 });
		await rendering.killWorker();
		const { id } = await rendering.launch();
		await rm(hidden);
		const job = await rendering.reach(id, 'completed');
		assert.deepEqual([job.completed_items, job.skipped_items], [4, 4]);
		assert.equal(job.skipped_item_details[0].checkpoint_filename, CHECKPOINTS[0]);
		assert.match(job.skipped_item_details[0].error_message, /portrait-step00000100/);
		await writeFile(hidden, `\x02\0\0\0\0\0\0\0{}${CHECKPOINTS[0]}`);
		await rendering.comfyui.resetMoods();
		assert.equal((await rendering.call(id, 'retry-failed')).status, 200);
		assert.equal((await rendering.reach(id, 'completed')).completed_items, 8);
		await rendering.clean(id);
	});
	test('fails the job when a node type is missing', async () => {
		const file = path.join(rendering.workflows, 'small.json');
		const whole = await readFile(file, 'utf8');
		const graph = JSON.parse(whole);
		const decode = Object.values(graph).find(({ class_type: type }) => type === 'VAEDecode');
		decode.class_type = 'NoSuchNode';
		await writeFile(file, JSON.stringify(graph));
		const { id } = await rendering.launch();
		await writeFile(file, whole);
		const job = await rendering.reach(id, 'failed');
		assert.match(job.error_message, /NoSuchNode/);
		assert.equal(job.pending_items, 8);
		await rendering.clean(id);
	});
	test('fails the job when what all its images share is refused', async () => {
		const file = path.join(rendering.workflows, 'small.json');
		const whole = await readFile(file, 'utf8');
		const graph = JSON.parse(whole);
		Object.values(graph).find(({ class_type: type }) => type === 'KSampler').inputs.denoise = 7;
		await writeFile(file, JSON.stringify(graph));
		const { id } = await rendering.launch();
		await writeFile(file, whole);
		const job = await rendering.reach(id, ['failed', 'completed']);
		assert.match(job.error_message, /have in common.*denoise/);
		assert.deepEqual([job.pending_items, job.failed_items], [8, 0]);
		await rendering.clean(id);
	});
	test('writes over no picture that came while it rendered', async () => {
		await rendering.comfyui.setMoods(slow);
		const { id } = await rendering.launch();
		await isRendering();
		const [first] = rendering.expected();
		await mkdir(path.join(rendering.samples, path.dirname(first)), { recursive: true });
		await writeFile(path.join(rendering.samples, first), 'mine');
		await rendering.comfyui.setMoods({ seconds_per_step: 0 });
		const job = await rendering.reach(id, 'completed');
		assert.deepEqual([job.completed_items, job.skipped_items, job.skipped_item_details[0].code], [7, 1, 'exists_other_recipe']);
		assert.equal(await readFile(path.join(rendering.samples, first), 'utf8'), 'mine');
		await rendering.clean(id);
	});
	test('waits for a database that a backup holds, and ends when asked to meanwhile', async (t) => {
		await rendering.comfyui.setMoods(slow);
		const { id } = await rendering.launch();
		await isRendering();
		const store = rendering.database();
		store.exec('BEGIN IMMEDIATE');
		const began = performance.now();
		const pid = await rendering.worker();
		const stopped = async () => (await rendering.log()).split('event=worker.stopped').length;
		const before = await stopped();
		// Longer than a lock is waited for.
		await eventually('that is told of', async () => (await rendering.log()).split(`event=worker.started`).at(-1).includes('event=database.failed'));
		const asked = performance.now();
		process.kill(pid, 'SIGTERM');
		await eventually('it has ended by itself', async () => (await stopped()) > before);
		const ended = performance.now();
		store.exec('ROLLBACK');
		store.close();
		t.diagnostic(`locked for ${((ended - began) / 1000).toFixed(1)} s, ended ${((ended - asked) / 1000).toFixed(1)} s after it was asked to`);
		assert.match((await rendering.log()).split('event=worker.stopped').at(-1), /^ left_in_work=[12]\n/);
		await rendering.comfyui.resetMoods();
		const job = await rendering.reach(id, 'completed');
		assert.equal(job.completed_items, 8);
		assert.ok(Object.values((await rendering.comfyui.state()).rendered).every((count) => count === 1));
		await rendering.clean(id);
	});
	test('waits for a database that cannot be opened, without haste', async () => {
		const database = path.join(rendering.place, 'data', 'checkpoint-sampler.db');
		const ticks = (pid) => {
			const [user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ').slice(11, 13);
			return Number(user) + Number(system);
		};
		const parts = ['', '-wal', '-shm'].filter((part) => existsSync(database + part));
		await withoutWorker(async () => {
			for (const part of parts) renameSync(database + part, `${database}.away${part}`);
			mkdirSync(database);
		});
		try {
			const log = async () => (await rendering.log()).split('event=worker.started').at(-1);
			await eventually('it has tried for a while', async () => /event=database\.failed .*cannot be opened/.test(await log()));
			// Five seconds at least: a loop that does not wait would have used most of them.
			assert.ok(ticks(await rendering.worker()) < 150, 'it waits between two tries');
		} finally {
			rmdirSync(database);
			for (const part of parts) renameSync(`${database}.away${part}`, database + part);
		}
		const { id } = await rendering.launch();
		await rendering.reach(id, 'completed');
		await rendering.clean(id);
	});
});

describe('killed at random moments', () => {
	test('it loses nothing and makes nothing twice', (t) => killCampaign(t, rendering, { kills: 8, seeds: 12 }));
});

/** Only root may, and not in every container. */
function mayMount() {
	const directory = mkdtempSync(path.join(tmpdir(), 'checkpoint-sampler-mount-'));
	const mounted = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', directory]).status === 0;
	if (mounted) execFileSync('umount', [directory]);
	rmdirSync(directory);
	return mounted;
}

describe('where pictures cannot be written', { skip: !mayMount() && 'nothing can be mounted here' }, () => {
	const mount = (...words) => execFileSync('mount', words);
	const unmount = () => execFileSync('umount', [rendering.samples]);
	const heals = async (t, reason, mend) => {
		const { id } = await rendering.launch();
		await rendering.waits(id, reason);
		const files = await rendering.files();
		assert.ok(files.every((file) => !path.basename(file).startsWith('.')), 'no debris');
		const began = performance.now();
		await mend();
		const job = await rendering.reach(id, 'completed');
		t.diagnostic(`${((performance.now() - began) / 1000).toFixed(1)} s after it was mended`);
		assert.deepEqual([job.completed_items, job.failed_items, job.waiting], [8, 0, undefined]);
		assert.deepEqual(await rendering.files(), rendering.expected());
		assert.ok(Object.values((await rendering.comfyui.state()).rendered).every((count) => count === 1));
		await rendering.clean(id);
	};
	test('a full disk is waited out', async (t) => {
		mount('-t', 'tmpfs', '-o', 'size=24k', 'tmpfs', rendering.samples);
		try {
			await heals(t, /full/, () => mount('-o', 'remount,size=4m', rendering.samples));
		} finally {
			unmount();
		}
	});
	test('a read-only disk is waited out', async (t) => {
		mount('-t', 'tmpfs', '-o', 'ro', 'tmpfs', rendering.samples);
		try {
			await heals(t, /read-only/, () => mount('-o', 'remount,rw', rendering.samples));
		} finally {
			unmount();
		}
	});
});

describe("ComfyUI's own copy", () => {
	test('goes once ours is safe, and nothing else', async () => {
		const copies = path.join(rendering.comfyui.output, 'output');
		await writeFile(path.join(copies, 'mine.png'), 'mine');
		// A worker that was killed, and a picture that was not wanted, may have left some.
		const names = async () => (await readdir(copies, { recursive: true })).filter((name) => name.endsWith('.png')).sort().join();
		const before = await names();
		const { id } = await rendering.launch();
		await rendering.reach(id, 'completed');
		await eventually('none of its own is left', async () => (await names()) === before);
		await rendering.clean(id);
	});
	test('stays where a link leads out of the output directory', async () => {
		const shared = path.join(rendering.comfyui.output, 'output', 'cs');
		const elsewhere = path.join(rendering.comfyui.output, 'elsewhere');
		await rm(shared, { recursive: true, force: true });
		await mkdir(elsewhere);
		await symlink(elsewhere, shared);
		const { id, total_items: total } = await rendering.launch();
		await rendering.reach(id, 'completed');
		assert.equal((await readdir(elsewhere, { recursive: true })).filter((name) => name.endsWith('.png')).length, total);
		await rm(shared);
		await rendering.clean(id);
	});
	test('goes with all others of its prompt, and not with those of other nodes', async () => {
		const copies = path.join(rendering.comfyui.output, 'output');
		const names = async () => (await readdir(copies, { recursive: true })).filter((name) => name.endsWith('.png')).sort();
		const file = path.join(rendering.workflows, 'small.json');
		const whole = await readFile(file, 'utf8');
		const graph = JSON.parse(whole);
		Object.values(graph).find(({ class_type: type }) => type === 'EmptyLatentImage').inputs.batch_size = 3;
		const [, save] = Object.entries(graph).find(([, { class_type: type }]) => type === 'SaveImage');
		graph[20] = structuredClone(save);
		graph[21] = structuredClone(save);
		delete graph[21]._meta;
		graph[21].inputs.filename_prefix = 'cs/theirs';
		await writeFile(file, JSON.stringify(graph));
		const before = await names();
		const { id } = await rendering.launch();
		await writeFile(file, whole);
		await rendering.reach(id, 'completed');
		const kept = await eventually('all of its own are gone', async () => {
			const found = (await names()).filter((name) => !before.includes(name));
			return !found.some((name) => name.includes(id.slice(0, 8))) && found;
		});
		assert.deepEqual(kept, Array.from({ length: 24 }, (_, i) => `cs/theirs_${`${i + 1}`.padStart(5, '0')}_.png`));
		assert.deepEqual(await rendering.files(), rendering.expected());
		await rendering.clean(id);
	});
});
