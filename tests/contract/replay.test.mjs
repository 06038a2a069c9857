// Replays to the stand-in what was recorded of ComfyUI: replies, messages in order, queue, history.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startComfyUI } from '../api/comfyui.mjs';
import { Listener } from './listener.mjs';
import { deleted, normalised, promptWithSeed, scenarios, twice } from './transcripts.mjs';

let comfyui, ours, other;

before(async () => {
	comfyui = await startComfyUI({ models: {}, objectInfo: ['tests/contract/recorded_classes.json'] });
	ours = await Listener.open(comfyui.url, 'C1');
	other = await Listener.open(comfyui.url, 'C2');
	// The second one's connecting told nobody but itself.
	assert.deepEqual(ours.rest(), []);
});

after(() => comfyui?.stop());

async function submit(text, id, client) {
	const fields = [`"prompt":${text}`, `"prompt_id":"${id}"`];
	if (client) fields.push(`"client_id":"${client}"`);
	const response = await fetch(`${comfyui.url}/prompt`, { method: 'POST', body: `{${fields.join(',')}}` });
	const answer = await response.text();
	return response.status === 500 ? { http: 500 } : { http: response.status, body: JSON.parse(answer) };
}

const queue = async () => (await comfyui.call('GET', '/queue')).json;
const history = async (id) => (await comfyui.call('GET', `/history/${id}`)).json;

/** Interrupts the prompt once it has told its first step. */
async function interruptAtFirstStep(id, listener) {
	for (;;) {
		if (listener.rest().some(({ type }) => type === 'progress')) break;
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
	await comfyui.call('POST', '/interrupt', { prompt_id: id });
}

async function checkMessages(expected) {
	// Both hear what is for all; what is for one client, or has none, only the client.
	const forAll = expected.filter(({ to }) => to === 'ALL');
	const asSent = (messages) => messages.map(({ type, data }) => ({ type, data: normalised(data) }));
	assert.deepEqual(asSent(await ours.take(expected.length)), asSent(expected));
	assert.deepEqual(asSent(await other.take(forAll.length)), asSent(forAll));
}

for (const { name, id, text, client, troubles, expected } of scenarios) {
	test(name, async () => {
		await comfyui.setMoods({ hold: true, ...troubles });
		const reply = await submit(text, id, client);
		const { http, body } = expected['POST /prompt'];
		assert.deepEqual(normalised(reply), normalised(http === 500 ? { http } : { http, body }));
		if (http === 200 && !expected.ws) {
			// Only its acceptance was recorded.
			await comfyui.call('POST', '/queue', { delete: [id] });
			await ours.take(2);
			await other.take(2);
		}
		if (!expected.ws) return;
		assert.deepEqual(await queue(), expected['GET /queue while pending']);
		await comfyui.setMoods({ hold: false });
		if (troubles?.hang) await interruptAtFirstStep(id, ours);
		await checkMessages(expected.ws);
		assert.deepEqual(normalised(await history(id)), normalised(expected['GET /history/{id}']));
	});
}

test('40 delete one of two pending', async () => {
	await comfyui.setMoods({ hold: true });
	const ids = ['00000040-0000-4000-8000-000000000000', '00000041-0000-4000-8000-000000000000'];
	for (const id of ids) await submit(promptWithSeed(40), id, 'C1');
	assert.deepEqual((await queue()).queue_pending.map(([, id]) => id), ids);
	await comfyui.call('POST', '/queue', { delete: [ids[0]] });
	assert.deepEqual((await queue()).queue_pending.map(([, id]) => id), [ids[1]]);
	await comfyui.call('POST', '/queue', { delete: [ids[1]] });
	await checkMessages(deleted.ws);
	assert.deepEqual(await history(ids[0]), deleted.history);
});

test('50 same prompt_id submitted twice', async () => {
	await comfyui.setMoods({ hold: true });
	const [id] = Object.keys(twice.history);
	await submit(promptWithSeed(50), id, 'C1');
	await submit(promptWithSeed(51), id, 'C1');
	assert.equal((await queue()).queue_pending.length, twice.queued);
	// The recording ran the second alone, in a fresh worker.
	await comfyui.call('POST', '/queue', { delete: [id] });
	await comfyui.call('POST', '/free', { free_memory: true });
	await comfyui.setMoods({ hold: false });
	for (let done = false; !done;) {
		done = (await ours.take(1))[0].data?.node === null;
	}
	assert.deepEqual(normalised(await history(id)), normalised(twice.history));
	await other.take(5);
});

test('nothing was told that was not recorded', async () => {
	await comfyui.call('GET', '/prompt');
	assert.deepEqual(ours.rest(), []);
	assert.deepEqual(other.rest(), []);
});
