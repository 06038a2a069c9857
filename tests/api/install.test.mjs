// `make install`: what it installs runs from there, without the source.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { get } from './client.mjs';
import { root, startStack } from './stack.mjs';

const run = promisify(execFile);
const prefix = '/opt/sampler';
let destination;
let home;

const make = (...words) => run('make', ['-C', root, `DESTDIR=${destination}`, `PREFIX=${prefix}`, ...words]);

before(async () => {
	destination = await mkdtemp(path.join(os.tmpdir(), 'checkpoint-sampler-install-'));
	home = path.join(destination, prefix, 'lib/checkpoint-sampler');
	await make('install');
});
after(() => rm(destination, { recursive: true, force: true }));

test('the installed stack serves the app and the API', async () => {
	const stack = await startStack({ launcher: path.join(home, 'common/stack/run.sh') });
	try {
		assert.equal((await get(stack, '/health')).json.status, 'ok');
		assert.match((await get(stack, '/')).text, /<div id="app">/);
		assert.equal(await readlink(path.join(stack.runtimeDirectory, 'links/web')), path.join(home, 'web/dist'));
	} finally {
		await stack.stop();
	}
});

test('the unit names what is installed', async () => {
	const unit = path.join(destination, prefix, 'lib/systemd/system/checkpoint-sampler@.service');
	const text = await readFile(unit, 'utf8');
	assert.match(text, new RegExp(`^ExecStart=${prefix}/lib/checkpoint-sampler/common/stack/run.sh$`, 'm'));
	assert.match(text, /^Environment=LOGS=inherited$/m);
	assert.doesNotMatch(text, /@prefix@/);
});

test('uninstalling leaves nothing', async () => {
	await make('uninstall');
	const left = await readdir(path.join(destination, prefix), { recursive: true, withFileTypes: true });
	assert.deepEqual(left.filter((entry) => !entry.isDirectory()).map(({ name }) => name), []);
});
