// What takes minutes: the long kill campaign, and a ComfyUI that stalls. `make test-long` runs it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { killCampaign } from '../api/campaign.mjs';
import { startRendering } from '../api/rendering.mjs';

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
