// Measures the worker with the simulated ComfyUI; prints rows of the table in docs/performance.md.
import { readFile } from 'node:fs/promises';
import { startRendering } from '../api/rendering.mjs';

const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const quantile = (values, part) => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))];
const verdict = (good) => (good ? 'met' : 'missed');

/** Processor time of a process so far, in seconds. */
async function processorTime(pid) {
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Renders 4 x `seeds` images; returns the moments at which prompts arrived and the gaps before them. */
async function render(rendering, seeds, moods) {
	await rendering.comfyui.setMoods(moods);
	const { id } = await rendering.launch({ seeds });
	const job = await rendering.reach(id, 'completed', 600);
	if (job.completed_items !== 4 * seeds) throw new Error(`${job.completed_items} images instead of ${4 * seeds}`);
	const { gaps } = await rendering.comfyui.state();
	const calls = await rendering.comfyui.calls();
	const arrivals = calls.filter(({ method, path }) => method === 'POST' && path === '/prompt').map(({ at }) => at);
	await rendering.clean(id);
	return { gaps, arrivals };
}

const rendering = await startRendering();
try {
	const { gaps } = await render(rendering, 250, { seconds_per_step: 0.02 });
	const late = quantile(gaps, 0.95) * 1000;
	console.log(`| From the end of an image to the next prompt, p95 of 1,000 images | ${late.toFixed(1)} ms | | | at most 10 ms | ${verdict(late <= 10)} |`);

	const { arrivals } = await render(rendering, 500, {});
	const rate = (arrivals.length - 1) / (arrivals.at(-1) - arrivals[0]);
	const ratio = (arrivals.at(-1) - arrivals.at(-101)) / (arrivals[100] - arrivals[0]);
	console.log(`| Images a second where rendering takes no time, 2,000 images | ${rate.toFixed(0)} | | | at least 50 | ${verdict(rate >= 50)} |`);
	console.log(`| The last 100 of them, compared with the first 100 | | | ${ratio.toFixed(2)} | at most 1.2 | ${verdict(ratio <= 1.2)} |`);

	const pid = await rendering.worker();
	await pause(3);
	const before = await processorTime(pid);
	await pause(20);
	const seconds = (await processorTime(pid)) - before;
	const dirty = Number(/Private_Dirty: *(\d+)/.exec(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]);
	console.log(`| The worker at rest, after 3,000 images: memory of its own | ${dirty} KiB | | | at most 4,096 KiB | ${verdict(dirty <= 4096)} |`);
	console.log(`| The same: processor time in 20 s | ${(seconds * 1000).toFixed(0)} ms | | | none | ${verdict(seconds < 0.02)} |`);
} finally {
	await rendering.stop();
}
