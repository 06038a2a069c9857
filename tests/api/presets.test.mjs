// /api/presets over HTTP, as a browser or a script uses it.
import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { get, request, send } from './client.mjs';
import { makePlace, startStack } from './stack.mjs';

let stack;

before(async () => (stack = await startStack()));
after(() => stack.stop());
beforeEach(async () => {
	for (const { id } of (await get(stack, '/api/presets')).json) {
		assert.equal((await request(stack, 'DELETE', `/api/presets/${id}`)).status, 204);
	}
});

const mapping = { x: 'cfg', y: 'prompt_name', slider: 'checkpoint', filter_modes: { seed: 'single', steps: 'hide' }, combos: ['sampler_name'] };

async function create(name, value = mapping) {
	const answer = await send(stack, 'POST', '/api/presets', { name, mapping: value });
	assert.equal(answer.status, 201, answer.text);
	return answer.json;
}

function assertFaults(answer, expected) {
	assert.equal(answer.status, 422, answer.text);
	assert.equal(answer.json.code, 'invalid_body');
	assert.deepEqual(answer.json.errors.map(({ pointer }) => pointer).sort(), [...expected].sort());
}

describe('creating', () => {
	test('answers with the preset and its place, and lists it', async () => {
		const answer = await send(stack, 'POST', '/api/presets', { name: ' Prompts by cfg ', mapping });
		assert.equal(answer.status, 201);
		const preset = answer.json;
		assert.equal(answer.headers.location, `/api/presets/${preset.id}`);
		assert.equal(preset.name, 'Prompts by cfg');
		assert.equal(preset.created_at, preset.updated_at);
		assert.ok(Math.abs(Date.parse(preset.created_at) - Date.now()) < 60_000);
		assert.deepEqual((await get(stack, '/api/presets')).json, [preset]);
	});
	test('a mode wins over combos, and a combo without a mode is multi', async () => {
		const { mapping: stored } = await create('Combos', {
			x: 'a',
			filter_modes: { b: 'hide', c: 'single' },
			combos: ['b', 'c', 'd', 'a'],
		});
		assert.equal(stored.filter_modes.b, 'hide');
		assert.equal(stored.filter_modes.c, 'single');
		assert.equal(stored.filter_modes.d, 'multi');
		assert.deepEqual([...stored.combos].sort(), ['c', 'd']);
	});
	test('keeps names of any script, and every character that JSON can carry', async () => {
		for (const name of ['Größe 雪 🌲', '"quoted" \\ /slash', "'; DROP TABLE presets; --", '%00 %s %n', 'a'.repeat(200), '🌲'.repeat(200)]) {
			assert.equal((await create(name, { y: name.slice(0, 20) })).name, name);
		}
	});
	test('refuses a name that is taken, whatever the case', async () => {
		await create('Prompts');
		const answer = await send(stack, 'POST', '/api/presets', { name: 'PROMPTS', mapping });
		assert.equal(answer.status, 409);
		assert.equal(answer.json.code, 'name_taken');
	});
	test('names every fault of a body, not the first', async () => {
		assertFaults(await send(stack, 'POST', '/api/presets', { name: '  ', mapping: { x: 'a', y: 'a', slider: 7, filter_modes: { b: 'some' }, combos: [1] }, extra: 1 }), [
			'/extra', '/name', '/mapping/y', '/mapping/slider', '/mapping/filter_modes/b', '/mapping/combos/0',
		]);
		assertFaults(await send(stack, 'POST', '/api/presets', {}), ['/name', '/mapping']);
		assertFaults(await send(stack, 'POST', '/api/presets', { name: 'a'.repeat(201), mapping: 'x' }), ['/name', '/mapping']);
		assertFaults(await send(stack, 'POST', '/api/presets', { name: 'tab\there', mapping: { x: '', 'a/b~c': 1 } }), ['/name', '/mapping/x', '/mapping/a~1b~0c']);
		assert.deepEqual((await get(stack, '/api/presets')).json, []);
	});
	test('refuses what is not JSON as RFC 8259 has it', async () => {
		const bodies = [
			'', '{', '{"name": "a",}', "{'name': 'a'}", '{"name": NaN}', '{"a": Infinity}', '{"a": 01}', '{"a": 1} x', '/* */ {}', '{"a": "\t"}',
			'{"name": "a", "name": "b", "mapping": {}}', '{"name": "\\ud800"}', '["a"', `${'['.repeat(2000)}${']'.repeat(2000)}`,
		];
		for (const body of bodies) {
			const answer = await send(stack, 'POST', '/api/presets', body);
			assert.equal(answer.status, 400, body.slice(0, 50));
			assert.equal(answer.json.code, 'invalid_json', body.slice(0, 50));
		}
		const latin = await request(stack, 'POST', '/api/presets', { headers: { 'Content-Type': 'application/json' }, body: Buffer.from('{"name": "\xff"}', 'latin1') });
		assert.equal(latin.status, 400);
		for (const body of ['[]', '"a"', '7', 'null']) {
			assert.equal((await send(stack, 'POST', '/api/presets', body)).status, 422, body);
		}
	});
	test('refuses a body of another type', async () => {
		for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx']) {
			const answer = await request(stack, 'POST', '/api/presets', { headers: { 'Content-Type': type }, body: '{}' });
			assert.equal(answer.status, 415, type);
		}
		const accepted = await request(stack, 'POST', '/api/presets', {
			headers: { 'Content-Type': 'Application/JSON; charset=utf-8' },
			body: JSON.stringify({ name: 'Typed', mapping }),
		});
		assert.equal(accepted.status, 201);
	});
});

describe('listing', () => {
	test('is sorted by name without regard to case, and never cached', async () => {
		for (const name of ['beta', 'Alpha', 'alpha 2', 'Gamma']) await create(name);
		const answer = await get(stack, '/api/presets');
		assert.deepEqual(answer.json.map(({ name }) => name), ['Alpha', 'alpha 2', 'beta', 'Gamma']);
		assert.equal(answer.headers['cache-control'], 'no-store');
	});
	test('answers HEAD like GET, without a body', async () => {
		await create('One');
		const answer = await request(stack, 'HEAD', '/api/presets');
		assert.equal(answer.status, 200);
		assert.equal(answer.headers['content-type'], 'application/json');
		assert.equal(answer.bytes.length, 0);
	});
	test('shows at once, in every process, what any of them stored', async () => {
		for (let round = 0; round < 20; round++) {
			const { id } = await create(`Round ${round}`);
			const lists = await Promise.all(Array.from({ length: 4 }, () => get(stack, '/api/presets')));
			for (const list of lists) assert.ok(list.json.some((preset) => preset.id === id));
		}
	});
});

describe('changing', () => {
	test('replaces name and mapping, and takes a preset as it was received', async () => {
		const before = await create('Before');
		const answer = await send(stack, 'PUT', `/api/presets/${before.id}`, { ...before, name: 'After', mapping: { y: 'seed' } });
		assert.equal(answer.status, 200);
		assert.equal(answer.json.id, before.id);
		assert.equal(answer.json.created_at, before.created_at);
		assert.ok(answer.json.updated_at >= before.updated_at);
		assert.equal(answer.json.name, 'After');
		assert.equal(answer.json.mapping.x, undefined);
		assert.equal(answer.json.mapping.y, 'seed');
		assert.deepEqual((await get(stack, '/api/presets')).json, [answer.json]);
	});
	test('lets a preset keep its name in another case, and no other\'s', async () => {
		const one = await create('One');
		await create('Two');
		assert.equal((await send(stack, 'PUT', `/api/presets/${one.id}`, { name: 'ONE', mapping })).status, 200);
		assert.equal((await send(stack, 'PUT', `/api/presets/${one.id}`, { name: 'two', mapping })).status, 409);
	});
	test('is refused for what is not there, and for bodies with faults', async () => {
		const one = await create('One');
		assert.equal((await send(stack, 'PUT', '/api/presets/none', { name: 'x', mapping })).status, 404);
		assertFaults(await send(stack, 'PUT', `/api/presets/${one.id}`, { name: 'x' }), ['/mapping']);
		assert.deepEqual((await get(stack, '/api/presets')).json, [one]);
	});
	test('of the same preset by many at once leaves one whole state', async () => {
		const one = await create('One');
		const answers = await Promise.all(
			Array.from({ length: 12 }, (_, i) => send(stack, 'PUT', `/api/presets/${one.id}`, { name: `Name ${i}`, mapping: { x: `x${i}` } })),
		);
		assert.ok(answers.every(({ status }) => status === 200));
		const [{ name, mapping: stored }] = (await get(stack, '/api/presets')).json;
		assert.equal(stored.x, name.replace('Name ', 'x'));
	});
	test('of one name by many at once is granted to one', async () => {
		const answers = await Promise.all(Array.from({ length: 8 }, () => send(stack, 'POST', '/api/presets', { name: 'Wanted', mapping })));
		assert.deepEqual(answers.map(({ status }) => status).sort(), [201, ...Array(7).fill(409)]);
	});
});

describe('deleting', () => {
	test('answers 204, then 404, and frees the name', async () => {
		const { id } = await create('Gone');
		const answer = await request(stack, 'DELETE', `/api/presets/${id}`);
		assert.equal(answer.status, 204);
		assert.equal(answer.text, '');
		assert.equal((await request(stack, 'DELETE', `/api/presets/${id}`)).status, 404);
		await create('Gone');
	});
});

describe('other calls', () => {
	test('say which methods there are', async () => {
		const list = await request(stack, 'PATCH', '/api/presets');
		assert.equal(list.status, 405);
		assert.deepEqual(list.headers.allow.split(/, */).sort(), ['GET', 'HEAD', 'POST']);
		const one = await request(stack, 'POST', '/api/presets/x', { headers: { 'Content-Type': 'application/json' }, body: '{}' });
		assert.equal(one.status, 405);
		assert.deepEqual(one.headers.allow.split(/, */).sort(), ['DELETE', 'PUT']);
		assert.equal((await get(stack, '/api/presets/x/y')).status, 404);
		assert.equal((await get(stack, '/api/presets/')).status, 400);
	});
});

describe('presets', () => {
	test('survive a restart', async () => {
		const place = await makePlace();
		const first = await startStack({ place });
		await send(first, 'POST', '/api/presets', { name: 'Kept', mapping });
		const before = (await get(first, '/api/presets')).json;
		await first.stop();
		const second = await startStack({ place });
		assert.deepEqual((await get(second, '/api/presets')).json, before);
		await second.stop();
		await rm(place, { recursive: true });
	});
	test('in a database that cannot be read are 503, with /health saying why', async () => {
		const place = await makePlace();
		const file = path.join(place, 'data', 'checkpoint-sampler.db');
		const first = await startStack({ place });
		await first.stop();
		await writeFile(file, Buffer.concat([Buffer.from('this is no database, '.repeat(300)), await readFile(file)]));
		const second = await startStack({ place });
		const answer = await get(second, '/api/presets');
		assert.equal(answer.status, 503);
		const health = await get(second, '/health');
		assert.equal(health.status, 503);
		assert.notEqual(health.json.checks.database, 'ok');
		await second.stop();
		await rm(place, { recursive: true });
	});
});
