// The worker renders jobs through a ComfyUI in every mood: each image is made once, or told why not.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { get } from './client.mjs';
import { startRendering } from './rendering.mjs';
import { eventually } from './stack.mjs';
import { COMES, ELSEWHERE, GIVEN_UP } from './weather.mjs';

const ALL = 8; // images of a launch

let rendering;
before(async () => {
	rendering = await startRendering();
});
after(() => rendering.stop());

function isConnected() {
	const store = rendering.database();
	const { connected } = store.prepare('SELECT connected FROM comfyui_state').get();
	store.close();
	return connected === 1;
}

/** Runs a job in these moods; `failed` and `skipped` items are expected, all others must be there. */
async function weather(t, moods, { failed = 0, skipped = 0, reason, status = 'completed', made = ALL - failed - skipped } = {}) {
	await rendering.comfyui.setMoods(moods);
	const began = performance.now();
	const { id } = await rendering.launch();
	const job = await rendering.reach(id, ['completed', 'failed', 'paused'], 150);
	const seconds = ((performance.now() - began) / 1000).toFixed(1);
	const details = JSON.stringify([job.error_message, job.failed_item_details, job.skipped_item_details]);
	t.diagnostic(`${seconds} s, ${job.completed_items} made, ${failed} failed, ${skipped} skipped`);
	assert.deepEqual([job.status, job.completed_items, job.failed_items, job.skipped_items], [status, made, failed, skipped], details);
	if (reason) assert.match(details, reason);
	const files = await rendering.files();
	assert.equal(files.length, made);
	await rendering.assertPictures(files);
	const state = await rendering.comfyui.state();
	assert.ok(state.most_unfinished <= 1, 'ComfyUI never has two of our prompts');
	await rendering.comfyui.resetMoods();
	await eventually('ComfyUI is known to be there', () => isConnected());
	await rendering.clean(id);
	return state;
}

describe('a job', () => {
	test('is rendered by checkpoint, and the viewer shows it', async (t) => {
		const { id } = await rendering.launch();
		const job = await rendering.reach(id, 'completed');
		assert.equal(job.completed_items, ALL);
		const files = await rendering.files();
		assert.deepEqual(files, rendering.expected());
		await rendering.assertPictures(files);
		const { prompts } = await rendering.comfyui.state();
		assert.equal(prompts.length, ALL);
		const [run] = (await get(rendering.stack, '/api/training-runs')).json;
		assert.equal((await get(rendering.stack, `/api/training-runs/${run.id}/scan`)).json.images.length, ALL);
		assert.match(await rendering.log(), /event=item\.completed .*done=8\/8/);
		t.diagnostic(`${prompts.length} prompts`);
		await rendering.clean(id);
	});
	test('leaves ComfyUI state behind for everybody to see', async () => {
		const store = rendering.database();
		const state = store.prepare('SELECT connected, version, error FROM comfyui_state').get();
		store.close();
		assert.deepEqual([state.connected, state.version], [1, '0.3.64']);
	});
});

describe('an image comes in the end although', () => {
	for (const [name, moods] of Object.entries(COMES)) {
		test(name, async (t) => {
			// A worker that has just begun asks for the list of checkpoints.
			if (moods.object_info_seconds || moods.object_info_fails) await rendering.killWorker();
			const state = await weather(t, moods);
			const twice = Object.values(state.rendered).filter((count) => count > 1);
			if (!moods.oom && !moods.oom_until_free) assert.deepEqual(twice, [], 'nothing that was finished is rendered again');
		});
	}
});

test('every mood that the stand-in has is met', async () => {
	const met = new Map();
	for (const moods of [...Object.values(COMES), ...Object.values(GIVEN_UP).map(([moods]) => moods)]) {
		for (const [name, value] of Object.entries(moods)) met.set(name, [...(met.get(name) ?? []), value.value ?? value]);
	}
	for (const [name, { choices }] of Object.entries(await rendering.comfyui.moods())) {
		if (met.has(name)) {
			assert.deepEqual(choices.filter((choice) => !met.get(name).includes(choice)), [], `of the mood ${name}`);
		} else {
			assert.ok(ELSEWHERE[name], `a job in the mood ${name}`);
			assert.match(await readFile(new URL(ELSEWHERE[name], import.meta.url), 'utf8'), new RegExp(`\\b${name}\\b`));
		}
	}
});

describe('an image is given up with a reason when', () => {
	for (const [name, [moods, outcome]] of Object.entries(GIVEN_UP)) test(name, (t) => weather(t, moods, outcome));
	test('its picture is gone, and gone again after it was made anew', async () => {
		await rendering.comfyui.setMoods({ view: 'missing' });
		const { id } = await rendering.launch({ seeds: 1 });
		await eventually('one is given up', async () => (await rendering.job(id)).failed_items > 0);
		await rendering.comfyui.setMoods({ view: '' });
		const job = await rendering.reach(id, 'completed');
		assert.match(job.failed_item_details[0].error_message, /no longer has the image/);
		assert.equal((await rendering.files()).length, 4 - job.failed_items);
		// What the others lost before ComfyUI's directory was whole again was made again.
		const { prompts } = await rendering.comfyui.state();
		assert.ok(prompts.length >= 4 + job.failed_items, `${prompts.length} prompts`);
		await rendering.clean(id);
	});
});
