// The worker renders jobs through a ComfyUI in every mood: each image is made once, or told why not.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { get } from './client.mjs';
import { startRendering } from './rendering.mjs';
import { eventually } from './stack.mjs';

const ALL = 8; // images of a launch

let rendering;
before(async () => {
	rendering = await startRendering();
});
after(() => rendering.stop());

const once = (value, times = 1) => ({ value, times });

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
	const cases = {
		'prompts are accepted slowly': { prompt_delay: 0.2 },
		'the reply to a prompt is lost': { prompt_reset: once(true, 2) },
		'the server makes its own prompt ids': { prompt_id_ignored: true },
		'the server accepts UUIDs only': { prompt_id_must_be_uuid: true, newer_validation: true },
		'the memory of the graphics card runs out once': { oom: once(true) },
		'the memory must be freed first': { oom_until_free: true },
		'the image is listed as temporary': { temp_output: true },
		'history comes late': { history_delay: 0.3 },
		'history was cleared': { forget_history: once(true) },
		'ComfyUI crashes as it accepts': { crash: once('prompt') },
		'ComfyUI crashes in a step': { crash: once('step') },
		'ComfyUI crashes after saving': { crash: once('saved') },
		'ComfyUI crashes in the download': { crash: once('view') },
		'the feed is refused': { feed: 'refused' },
		'the feed is closed at once': { feed: 'closed' },
		'the feed is deaf': { feed: 'deaf' },
		'the feed breaks off again and again': { feed_reset_after: 5 },
		'a closed feed takes the new one with it': { feed_reset_after: 9, goodbye_delay: 0.3 },
		'messages are fragmented': { frames: 'fragmented' },
		'compression would be accepted': { deflate: true },
		'previews come between the steps': { previews: true },
		'others talk on the feed': { chatter: true },
		'events lack the prompt id': { executing_without_prompt_id: true },
		'only old progress events come': { no_progress_state: true },
		'the image is missing at first': { view: once('missing', 2) },
		'the download is cut': { view: once('cut', 2) },
		'the download is reset': { view: once('reset', 2) },
		'the download is a web page': { view: once('html', 2) },
		'JSON has NaN and huge integers in it': { nan: true },
		'lists are slow': { object_info_seconds: 1 },
		'lists cannot be made at first': { object_info_fails: once(true, 2) },
		'names have backslashes': { windows: true },
		'a proxy wants a login for a while': { proxy: once('401', 3) },
		'a proxy finds no ComfyUI for a while': { proxy: once('502', 3) },
		'a proxy answers with pages for a while': { proxy: once('html', 3) },
		'validation blocks the server': { validation_seconds: 0.3 },
	};
	for (const [name, moods] of Object.entries(cases)) {
		test(name, async (t) => {
			// A worker that has just begun asks for the list of checkpoints.
			if (moods.object_info_seconds || moods.object_info_fails) await rendering.killWorker();
			const state = await weather(t, moods);
			const twice = Object.values(state.rendered).filter((count) => count > 1);
			if (!moods.oom && !moods.oom_until_free) assert.deepEqual(twice, [], 'nothing that was finished is rendered again');
		});
	}
});

describe('an image that ComfyUI has made', () => {
	test('is fetched however long a proxy says that ComfyUI is away', async () => {
		// The last image, so that nothing else is asked meanwhile.
		await rendering.comfyui.setMoods({ seconds_per_step: 0.5 });
		const { id } = await rendering.launch({ seeds: 1 });
		await eventually('one image is left', async () => (await rendering.job(id)).completed_items === 3);
		await rendering.comfyui.setMoods({ view: 'reset' });
		const asked = async () => JSON.stringify(await rendering.comfyui.calls()).split('/view').length;
		const before = await asked();
		await eventually('a picture is asked for', async () => (await asked()) > before);
		await rendering.comfyui.setMoods({ view: '', proxy: '502' });
		await rendering.waits(id, /does not reach ComfyUI/);
		// Longer than the pauses between five tries.
		await new Promise((resolve) => setTimeout(resolve, 9000));
		await rendering.comfyui.setMoods({ proxy: '' });
		const job = await rendering.reach(id, 'completed');
		assert.deepEqual([job.completed_items, job.failed_items], [4, 0]);
		assert.match(await rendering.log(), /event=job\.waiting .*does not reach ComfyUI/);
		await rendering.clean(id);
	});
});

describe('an image is given up with a reason when', () => {
	test('one of several outputs was refused', (t) => weather(t, { partial: once(true) }, { failed: 1, reason: /not in list/ }));
	test('a node fails; its traceback is kept', (t) =>
		weather(t, { fail: once('boom') }, { failed: 1, reason: /KSampler.*boom.*"error_details":".*File / }));
	test('a node fails with megabytes of inputs', (t) => weather(t, { fail: once('boom'), error_bytes: 3_000_000 }, { failed: 1, reason: /boom/ }));
	test('some always fail', (t) => weather(t, { fail_if: 'the sea' }, { failed: 4, reason: /"count":2/ }));
	test('memory runs out again', (t) => weather(t, { oom: true }, { failed: ALL, reason: /memory/ }));
	test('nothing was saved', (t) => weather(t, { no_output: once(true) }, { failed: 1, reason: /save_image/ }));
	test('the image can never be fetched', (t) => weather(t, { view: 'missing' }, { failed: ALL, reason: /no longer has the image/ }));
});
