// The operator's `backup` and `restore`, under a running stack.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { get, request, send } from './client.mjs';
import { root, startStack } from './stack.mjs';

const launcher = path.join(root, 'build', process.env.BUILD ?? 'release', 'bin', 'checkpoint-sampler');
let stack;

before(async () => (stack = await startStack()));
after(() => stack.stop());

const operate = (...words) => promisify(execFile)(launcher, words, { env: { CONFIG_PATH: stack.configPath } });
const presets = async () => (await get(stack, '/api/presets')).json;
const create = async (name) => {
	const answer = await send(stack, 'POST', '/api/presets', { name, mapping: { x: 'cfg', combos: [] } });
	assert.equal(answer.status, 201, answer.text);
	return answer.json;
};

test('a backup taken and restored while the stack runs brings back what was there', async () => {
	const kept = await create('Kept');
	const backup = path.join(stack.directory, 'backup.db');
	assert.match((await operate('backup', backup)).stdout, new RegExp(`was copied to ${backup}`));

	assert.equal((await request(stack, 'DELETE', `/api/presets/${kept.id}`)).status, 204);
	await create('Made later');
	assert.match((await operate('restore', backup)).stdout, /now holds what .*\nWhat it held before is in .*before-restore-/);
	assert.deepEqual(await presets(), [kept]);
	assert.equal((await get(stack, '/health')).json.checks.database, 'ok');

	// What was replaced can be had back in the same way.
	const [before] = (await readdir(path.join(stack.directory, 'data'))).filter((name) => name.includes('.before-restore-'));
	await operate('restore', path.join(stack.directory, 'data', before));
	assert.deepEqual((await presets()).map(({ name }) => name), ['Made later']);
	assert.ok((await create('After it all')).id);
});

test('neither takes a file that is not right', async () => {
	const file = path.join(stack.directory, 'notes.txt');
	const listed = await presets();
	await writeFile(file, 'no database');
	const refused = (...words) =>
		assert.rejects(operate(...words), ({ code, stderr }) => code === 1 && stderr.trim().split('\n').length === 1 && stderr.includes(file));
	await refused('backup', file);
	assert.equal(await readFile(file, 'utf8'), 'no database');
	await refused('restore', file);
	await refused('restore', `${file}.missing`);
	assert.deepEqual(await presets(), listed);
});
