// /api/sample-presets over HTTP, as a browser or a script uses it.
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { after, before, beforeEach, describe, test } from 'node:test';
import { get, request, send } from './client.mjs';
import { makePlace, startStack } from './stack.mjs';

const PATH = '/api/sample-presets';
let stack;

before(async () => (stack = await startStack()));
after(() => stack.stop());
beforeEach(async () => {
	for (const { id } of (await get(stack, PATH)).json) {
		assert.equal((await request(stack, 'DELETE', `${PATH}/${id}`)).status, 204);
	}
});

const values = {
	name: 'Portraits',
	prompts: [
		{ name: 'forest_portals', text: 'a mystical forest' },
		{ name: 'harbour & more', text: '' },
	],
	negative_prompt: 'blurry',
	steps: [4, 8],
	cfgs: [1, 3.5, 7],
	samplers: ['euler', 'res_multistep'],
	schedulers: ['simple'],
	seeds: [420, 421],
	width: 1344,
	height: 768,
};

async function create(changes = {}) {
	const answer = await send(stack, 'POST', PATH, { ...values, ...changes });
	assert.equal(answer.status, 201, answer.text);
	return answer.json;
}

async function assertFaults(changes, expected) {
	const answer = await send(stack, 'POST', PATH, { ...values, ...changes });
	assert.equal(answer.status, 422, answer.text);
	assert.equal(answer.json.code, 'invalid_body');
	assert.deepEqual(answer.json.errors.map(({ pointer }) => pointer).sort(), [...expected].sort(), answer.text);
	return answer.json.errors;
}

describe('creating', () => {
	test('answers with the preset and its place, and lists it', async () => {
		const answer = await send(stack, 'POST', PATH, values);
		assert.equal(answer.status, 201);
		const { id, created_at: created, updated_at: updated, images_per_checkpoint: images, ...rest } = answer.json;
		assert.equal(answer.headers.location, `${PATH}/${id}`);
		assert.deepEqual(rest, values);
		assert.equal(images, 2 * 2 * 3 * 2 * 1 * 2);
		assert.equal(created, updated);
		const list = await get(stack, PATH);
		assert.deepEqual(list.json, [answer.json]);
		assert.equal(list.headers['cache-control'], 'no-store');
	});
	test('keeps seeds of 64 bits exact, as integers or as strings', async () => {
		const body = JSON.stringify(values).replace('[420,421]', '[18446744073709551615,"18446744073709551614","007",9007199254740993,0]');
		const answer = await send(stack, 'POST', PATH, body);
		assert.equal(answer.status, 201, answer.text);
		const exact = '"seeds":[18446744073709551615,18446744073709551614,7,9007199254740993,0]';
		assert.ok(answer.text.includes(exact), answer.text);
		assert.ok((await get(stack, PATH)).text.includes(exact));
	});
	test('writes numbers in their shortest form', async () => {
		const body = JSON.stringify(values).replace('[1,3.5,7]', '[1.0,3.50,7e0,0.1,1.25,0.000001,-0.0]');
		const answer = await send(stack, 'POST', PATH, body);
		assert.ok(answer.text.includes('"cfgs":[1,3.5,7,0.1,1.25,0.000001,0]'), answer.text);
	});
	test('trims names, and takes the negative prompt as none when it is absent', async () => {
		const { negative_prompt: _, ...rest } = values;
		const answer = await send(stack, 'POST', PATH, { ...rest, name: ' P ', prompts: [{ name: ' Größe 雪 ', text: ' kept ' }], samplers: [' euler '] });
		assert.equal(answer.status, 201, answer.text);
		assert.equal(answer.json.name, 'P');
		assert.equal(answer.json.negative_prompt, '');
		assert.deepEqual(answer.json.prompts, [{ name: 'Größe 雪', text: ' kept ' }]);
		assert.deepEqual(answer.json.samplers, ['euler']);
	});
	test('refuses a name that is taken, whatever the case', async () => {
		await create();
		const answer = await send(stack, 'POST', PATH, { ...values, name: 'PORTRAITS' });
		assert.equal(answer.status, 409);
		assert.equal(answer.json.code, 'name_taken');
		assert.match(answer.json.detail, /Portraits/);
	});
});

describe('a body with faults', () => {
	test('is told all of them at once', async () => {
		await assertFaults(
			{ name: '', prompts: [{ name: 'a', text: 'x' }, { name: 'a', text: 'y' }, { name: '\n', text: 3 }, 7], negative_prompt: null, steps: [0, 8, 8, 1.5, '4'], cfgs: [-1, 'x', 101, 0.1234567], samplers: ['', 'euler', 'euler'], schedulers: [], seeds: [-1, 1.5, '', 'x', '18446744073709551616', 1e30, 5, '05'], width: 0, height: 16385, extra: 1 },
			[
				'/name', '/prompts/1/name', '/prompts/2/name', '/prompts/2/text', '/prompts/3', '/negative_prompt',
				'/steps/0', '/steps/2', '/steps/3', '/steps/4', '/cfgs/0', '/cfgs/1', '/cfgs/2', '/cfgs/3', '/samplers/0', '/samplers/2', '/schedulers',
				'/seeds/0', '/seeds/1', '/seeds/2', '/seeds/3', '/seeds/4', '/seeds/5', '/seeds/7', '/width', '/height', '/extra',
			],
		);
		assert.deepEqual((await get(stack, PATH)).json, []);
	});
	test('that lacks everything names every field', async () => {
		const answer = await send(stack, 'POST', PATH, {});
		assert.deepEqual(answer.json.errors.map(({ pointer }) => pointer).sort(), ['/cfgs', '/height', '/name', '/prompts', '/samplers', '/schedulers', '/seeds', '/steps', '/width']);
	});
	test('names what a duplicate repeats', async () => {
		const [fault] = await assertFaults({ cfgs: [7, 1, 7.0] }, ['/cfgs/2']);
		assert.equal(fault.detail, 'is the same as /cfgs/0');
	});
	test('is one whose longest file name is no file name', async () => {
		// prompt_name=…&steps=8&cfg=3.5&sampler_name=res_multistep&scheduler=simple&seed=420.png
		const fixed = 'prompt_name=&steps=8&cfg=3.5&sampler_name=res_multistep&scheduler=simple&seed=420.png'.length;
		const fits = 'a'.repeat(255 - fixed);
		await create({ prompts: [{ name: 'short', text: '' }, { name: fits, text: '' }] });
		const [fault] = await assertFaults({ prompts: [{ name: 'short', text: '' }, { name: `${fits}b`, text: '' }] }, ['/prompts/1/name']);
		assert.match(fault.detail, /256 bytes.*255/);
		// What is percent-encoded takes three bytes each.
		await assertFaults({ prompts: [{ name: '雪'.repeat(20), text: '' }] }, ['/prompts/0/name']);
	});
	test('is one that makes more images than a job may have', async () => {
		const seeds = Array.from({ length: 1000 }, (_, i) => i);
		await assertFaults({ seeds, steps: Array.from({ length: 20 }, (_, i) => i + 1) }, ['']);
		await assertFaults({ seeds: [...seeds, 1000] }, ['/seeds']);
	});
});

describe('changing', () => {
	test('takes a preset as it was received', async () => {
		const before = await create();
		const answer = await send(stack, 'PUT', `${PATH}/${before.id}`, { ...before, name: 'After', seeds: [1] });
		assert.equal(answer.status, 200, answer.text);
		assert.equal(answer.json.id, before.id);
		assert.equal(answer.json.created_at, before.created_at);
		assert.equal(answer.json.images_per_checkpoint, 24);
		assert.deepEqual((await get(stack, PATH)).json, [answer.json]);
	});
	test('is refused for what is not there, for a name of another, and for faults', async () => {
		const one = await create();
		await create({ name: 'Other' });
		assert.equal((await send(stack, 'PUT', `${PATH}/none`, values)).status, 404);
		assert.equal((await send(stack, 'PUT', `${PATH}/${one.id}`, { ...values, name: 'other' })).status, 409);
		assert.equal((await send(stack, 'PUT', `${PATH}/${one.id}`, { ...values, steps: [] })).status, 422);
		assert.deepEqual((await get(stack, PATH)).json.map(({ name }) => name), ['Other', 'Portraits']);
	});
});

describe('deleting', () => {
	test('answers 204, then 404, and frees the name', async () => {
		const { id } = await create();
		assert.equal((await request(stack, 'DELETE', `${PATH}/${id}`)).status, 204);
		assert.equal((await request(stack, 'DELETE', `${PATH}/${id}`)).status, 404);
		await create();
	});
});

test('sample presets survive a restart', async () => {
	const place = await makePlace();
	const first = await startStack({ place });
	await send(first, 'POST', PATH, values);
	const before = (await get(first, PATH)).json;
	await first.stop();
	const second = await startStack({ place });
	assert.deepEqual((await get(second, PATH)).json, before);
	await second.stop();
	await rm(place, { recursive: true });
});
