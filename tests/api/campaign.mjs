// Kills processes of the stack at random moments of a job; nothing may be lost, made twice or left half.
import assert from 'node:assert/strict';
import { eventually, processesOf } from './stack.mjs';

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A generator of numbers from 0 to 1 that a seed repeats. */
function randomOf(seed) {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return state / 2 ** 32;
	};
}

/** Kills one process that fits; false if there is none at this moment. */
async function killOne(rendering, fits) {
	const found = (await processesOf(rendering.stack.runtimeDirectory)).filter(({ command }) => fits.test(command));
	if (!found.length) return false;
	try {
		process.kill(found[Math.floor(found.length / 2)].pid, 'SIGKILL');
	} catch (error) {
		if (error.code !== 'ESRCH') throw error;
	}
	return true;
}

/** The worker; now and then others of the stack. */
const VICTIMS = [/\/worker$/, /\/worker$/, /\/worker$/, /bin\/jobs/, /nginx: worker/, /\/watcher$/, /websocketd/];

/**
 * Launches a job of 4 x `seeds` images and kills `kills` processes while it runs.
 * @param {number} seed of the random numbers: printed, so that a failure can be repeated
 */
export async function killCampaign(t, rendering, { kills, seeds, seed = Date.now() % 2 ** 31, others = false }) {
	const random = randomOf(seed);
	const began = performance.now();
	await rendering.comfyui.setMoods({ seconds_per_step: 0.02 });
	const { id } = await rendering.launch({ seeds });
	let killed = 0;
	while (killed < kills) {
		await pause(20 + random() * 400);
		const victim = others ? VICTIMS[Math.floor(random() * VICTIMS.length)] : VICTIMS[0];
		if (await killOne(rendering, victim)) killed += 1;
	}
	const job = await eventually('the job is completed', async () => {
		const answer = await rendering.job(id).catch(() => undefined);
		return answer?.status === 'completed' && answer;
	}, 240);
	t.diagnostic(`seed ${seed}: ${killed} killed, ${job.completed_items} images, ${((performance.now() - began) / 1000).toFixed(1)} s`);
	assert.deepEqual([job.completed_items, job.failed_items, job.skipped_items], [4 * seeds, 0, 0], JSON.stringify(job));
	assert.deepEqual(await rendering.files(), rendering.expected(seeds), 'exactly the expected files');
	await rendering.assertPictures(await rendering.files());
	const state = await rendering.comfyui.state();
	assert.deepEqual(Object.entries(state.rendered).filter(([, count]) => count > 1), [], 'nothing is rendered twice');
	assert.equal(Object.keys(state.rendered).length, 4 * seeds);
	const store = rendering.database();
	assert.equal(store.prepare('PRAGMA integrity_check').get().integrity_check, 'ok');
	assert.equal(store.prepare('SELECT count(*) AS count FROM sample_job_items WHERE status = \'running\'').get().count, 0);
	store.close();
	await rendering.clean(id);
}
