// What takes minutes: the long kill campaign, and a ComfyUI that stalls. `make test-long` runs it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { killCampaign } from '../api/campaign.mjs';
import { get } from '../api/client.mjs';
import { startRendering } from '../api/rendering.mjs';
import { eventually } from '../api/stack.mjs';

let rendering;
before(async () => {
	rendering = await startRendering({ comfyui: { stall_minutes: 1 } });
});
after(() => rendering.stop());

const KILLS = Number(process.env.KILLS ?? 60);

test('processes of the stack killed at random moments', (t) => killCampaign(t, rendering, { kills: KILLS, seeds: KILLS, others: true }));

test('an image that stalls is interrupted, and the others are made', async () => {
	await rendering.comfyui.setMoods({ hang: { value: 'interruptible', times: 1 } });
	const { id } = await rendering.launch();
	const job = await rendering.reach(id, 'completed', 120);
	assert.deepEqual([job.completed_items, job.failed_items], [7, 1]);
	assert.match(job.failed_item_details[0].error_message, /no progress for 1 minutes/);
	await rendering.clean(id);
});

test('a ComfyUI whose render thread is dead is told of, and gone on with after its restart', async () => {
	await rendering.comfyui.setMoods({ hang: { value: 'dead', times: 1 } });
	const { id } = await rendering.launch();
	await rendering.waits(id, /Restart ComfyUI/, 150);
	await rendering.comfyui.restart();
	const job = await rendering.reach(id, 'completed', 120);
	assert.deepEqual([job.completed_items, job.failed_items], [7, 1]);
	assert.match(job.failed_item_details[0].error_message, /did not react/);
	await rendering.clean(id);
});

test('stopping does not wait for a ComfyUI that takes questions and never answers', async () => {
	await rendering.comfyui.setMoods({ seconds_per_step: 1 });
	const { id } = await rendering.launch();
	await eventually('ComfyUI renders', async () => (await rendering.comfyui.call('GET', '/queue')).json.queue_running.length === 1);
	await rendering.comfyui.setMoods({ silent: true });
	await rendering.call(id, 'stop');
	// Asking takes half a minute each time: it is asked once.
	await rendering.reach(id, 'paused', 55);
	await rendering.comfyui.setMoods({ silent: false, seconds_per_step: 0 });
	await rendering.call(id, 'resume');
	const job = await rendering.reach(id, 'completed', 120);
	assert.deepEqual([job.completed_items, job.failed_items], [8, 0]);
	await rendering.clean(id);
});

test('an image that ComfyUI has made is fetched however often a proxy says that ComfyUI is away', async () => {
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
	const refused = await asked();
	// More often than a picture that is there, and bad, is tried.
	await eventually('it is asked for again and again', async () => (await asked()) >= refused + 7, 300);
	await rendering.comfyui.setMoods({ proxy: '' });
	const job = await rendering.reach(id, 'completed');
	assert.deepEqual([job.completed_items, job.failed_items], [4, 0]);
	assert.match(await rendering.log(), /event=job\.waiting .*does not reach ComfyUI/);
	await rendering.clean(id);
});

test('a feed that is deaf is opened anew', async () => {
	await rendering.comfyui.setMoods({ feed: 'deaf_until_reconnect', seconds_per_step: 2.5 });
	const { id } = await rendering.launch({ seeds: 1 });
	const step = async () => (await get(rendering.stack, `/api/sample-jobs/${id}`)).json.progress.current_item?.step;
	await eventually('steps are heard of', async () => (await step()) > 0, 90);
	await rendering.comfyui.setMoods({ seconds_per_step: 0 });
	await rendering.reach(id, 'completed');
	await rendering.clean(id);
});
