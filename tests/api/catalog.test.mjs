// What the catalog answers about a directory tree, over HTTP: hand-made names, hostile files, caches.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import { get, raw, request } from './client.mjs';
import { makePlace, startStack } from './stack.mjs';

// --- Files as other programs write them ----------------------------------------------------------

function chunk(type, data) {
	const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
	const frame = Buffer.alloc(8);
	frame.writeUInt32BE(data.length, 0);
	frame.writeUInt32BE(crc32(body), 4);
	return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** A grey PNG of one pixel with the given text chunks. */
function png(...text) {
	const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
	return Buffer.concat([
		Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
		chunk('IHDR', header),
		...text,
		chunk('IDAT', deflateSync(Buffer.from([0, 128]))),
		chunk('IEND', Buffer.alloc(0)),
	]);
}

const tEXt = (key, value) => chunk('tEXt', Buffer.concat([Buffer.from(`${key}\0`, 'latin1'), Buffer.from(value, 'latin1')]));
const zTXt = (key, value) => chunk('zTXt', Buffer.concat([Buffer.from(`${key}\0\0`, 'latin1'), deflateSync(Buffer.from(value, 'latin1'))]));
const iTXt = (key, value) => chunk('iTXt', Buffer.concat([Buffer.from(`${key}\0\0\0en\0\0`, 'latin1'), Buffer.from(value)]));

function safetensors(metadata) {
	const header = Buffer.from(JSON.stringify({ ...(metadata && { __metadata__: metadata }), w: { dtype: 'F16', shape: [1], data_offsets: [0, 2] } }));
	const length = Buffer.alloc(8);
	length.writeBigUInt64LE(BigInt(header.length));
	return Buffer.concat([length, header, Buffer.alloc(2)]);
}

// --- The tree ------------------------------------------------------------------------------------

let place;
let stack;
const checkpointFile = (name) => path.join(place, 'checkpoints', name);
const sampleFile = (...names) => path.join(place, 'samples', ...names);

async function put(file, content) {
	await mkdir(path.dirname(file), { recursive: true });
	await writeFile(file, content);
}

before(async () => {
	place = await makePlace();
	// The example of the specification, with batch counters and a second checkpoint directory.
	for (const suffix of ['', '-step00004500', '-step00004750']) {
		await put(checkpointFile(`qwen/psai4rt-v0.3.0-no-reg${suffix}.safetensors`), safetensors());
	}
	for (const suffix of ['', '-step00004500']) {
		for (const cfg of ['1', '3', '10']) {
			await put(sampleFile(`psai4rt-v0.3.0-no-reg${suffix}.safetensors`, `index=0&prompt_name=forest_portals&seed=420&cfg=${cfg}&_00001_.png`), png());
		}
	}
	await put(sampleFile('psai4rt-v0.3.0-no-reg-step00004500.safetensors', 'index=0&prompt_name=forest_portals&seed=420&cfg=1&_00002_.png'), png());
	await put(sampleFile('psai4rt-v0.3.0-no-reg-step00004500.safetensors', 'notes.png'), png());
	await put(sampleFile('psai4rt-v0.3.0-no-reg-step00004500.safetensors', 'notes.txt'), 'not an image');

	// Names that are hard to say, one of them not UTF-8 at all.
	await put(checkpointFile('odd/größe & co=1%20#+\'".safetensors'), safetensors());
	await put(sampleFile('größe & co=1%20#+\'".safetensors', 'p=a%26b+c%25&q="x"&r=%E9%9B%AA&seed=18446744073709551615.PNG'), png());
	await put(sampleFile('größe & co=1%20#+\'".safetensors', 'p=100%&q=x&r=%2F..%2F&seed=2.webp'), 'RIFF');
	execFileSync('sh', ['-c', 'printf x > "$(printf "q=\\377.png")"'], { cwd: sampleFile('größe & co=1%20#+\'".safetensors') });

	// What may not hurt: directories, links, pipes, emptiness, endless names.
	const hostile = 'hostile-000001.safetensors';
	await put(checkpointFile(`hostile/${hostile}`), safetensors());
	await put(checkpointFile('hostile/hostile-000002.safetensors'), safetensors());
	await put(sampleFile(hostile, 'seed=1.png'), png());
	await put(sampleFile(hostile, 'seed=2.png'), '');
	await put(sampleFile(hostile, `seed=${'9'.repeat(246)}.png`), png());
	await mkdir(sampleFile(hostile, 'seed=3.png'));
	await mkdir(sampleFile('hostile-000002.safetensors'));
	execFileSync('mkfifo', [sampleFile(hostile, 'seed=4.png')]);
	await symlink('/etc/passwd', sampleFile(hostile, 'seed=5.png'));
	await symlink('nowhere', sampleFile(hostile, 'seed=6.png'));
	await symlink('/etc', checkpointFile('escaping'));
	await symlink('nowhere', checkpointFile('hostile/dangling.safetensors'));
	execFileSync('mkfifo', [checkpointFile('hostile/pipe.safetensors')]);
	await mkdir(checkpointFile('hostile/directory.safetensors'));
	await put(checkpointFile('hostile/some-state/optimizer.safetensors'), safetensors());

	// A run by epochs, and one without samples.
	for (const epoch of ['-000002', '-000004', '']) await put(checkpointFile(`lora/style${epoch}.safetensors`), safetensors());
	await put(sampleFile('style-000002.safetensors', 'seed=1.png'), png());
	await put(checkpointFile('fresh/new-run.safetensors'), safetensors());

	stack = await startStack({ place });
});

after(async () => {
	await stack?.stop();
	await rm(place, { recursive: true, force: true });
});

async function findRun(name) {
	const run = (await get(stack, '/api/training-runs')).json.find((candidate) => candidate.name === name);
	assert.ok(run, `there is a run ${name}`);
	return run;
}

async function scan(name, query = '') {
	const { id } = await findRun(name);
	const answer = await get(stack, `/api/training-runs/${id}/scan${query}`);
	assert.equal(answer.status, 200, answer.text);
	return answer.json;
}

/** Makes a directory and its files look as if nobody had touched them for long: such a scan may be kept. */
async function age(directory, time) {
	for (const name of [...(await readdir(directory)), '.']) await utimes(path.join(directory, name), new Date(time), new Date(time));
}

const imageUrl = ({ relative_path: relativePath, version }) =>
	`/api/images/${relativePath.split('/').map(encodeURIComponent).join('/')}?v=${version}`;

describe('training runs', () => {
	test('are found, named, sorted, and their checkpoints in training order', async () => {
		const runs = (await get(stack, '/api/training-runs')).json;
		assert.deepEqual(runs.map(({ name }) => name), ['fresh/new-run', 'hostile/hostile', 'lora/style', 'odd/größe & co=1%20#+\'"', 'qwen/psai4rt-v0.3.0-no-reg']);
		const example = runs.at(-1);
		assert.equal(example.checkpoint_count, 3);
		assert.deepEqual(
			example.checkpoints.map(({ filename, step_number: step, value, has_samples: has }) => [filename, step, value, has]),
			[
				['psai4rt-v0.3.0-no-reg-step00004500.safetensors', 4500, '4500', true],
				['psai4rt-v0.3.0-no-reg-step00004750.safetensors', 4750, '4750', false],
				['psai4rt-v0.3.0-no-reg.safetensors', null, 'final', true],
			],
		);
		assert.deepEqual(runs[2].checkpoints.map(({ value }) => value), ['2', '4', 'final']);
	});
	test('are filtered by has_samples, and a bad filter is refused', async () => {
		const names = async (query) => (await get(stack, `/api/training-runs?${query}`)).json.map(({ name }) => name);
		assert.ok(!(await names('has_samples=true')).includes('fresh/new-run'));
		assert.deepEqual(await names('has_samples=false'), ['fresh/new-run']);
		assert.equal((await names('refresh=1')).length, 5);
		const answer = await get(stack, '/api/training-runs?has_samples=perhaps');
		assert.equal(answer.status, 400);
		assert.equal(answer.json.code, 'invalid_parameter');
	});
	test('keep their ids, whatever else comes and goes', async () => {
		const before = new Map((await get(stack, '/api/training-runs')).json.map(({ name, id }) => [name, id]));
		await put(checkpointFile('aaa/first.safetensors'), safetensors());
		const during = (await get(stack, '/api/training-runs')).json;
		await rm(checkpointFile('aaa'), { recursive: true });
		assert.equal(during.length, before.size + 1);
		for (const { name, id } of during) if (before.has(name)) assert.equal(id, before.get(name));
		assert.equal((await get(stack, `/api/training-runs/${during.find(({ name }) => name === 'aaa/first').id}/scan`)).status, 404);
	});
	test('that do not exist are 404', async () => {
		assert.equal((await get(stack, '/api/training-runs/0123456789abcdef/scan')).status, 404);
		assert.equal((await get(stack, '/api/training-runs/%F0%9F%8C%B2/scan')).status, 404);
		assert.equal((await get(stack, '/api/training-runs/x')).status, 404);
	});
});

describe('scans', () => {
	test('give every image once with its dimensions, and the dimensions with their types', async () => {
		const { images, dimensions, skipped, skipped_count: skippedCount } = await scan('qwen/psai4rt-v0.3.0-no-reg');
		assert.equal(images.length, 6);
		const newest = images.find(({ dimensions: values }) => values.checkpoint === '4500' && values.cfg === '1');
		assert.match(newest.relative_path, /_00002_\.png$/);
		assert.deepEqual(newest.dimensions, { checkpoint: '4500', index: '0', prompt_name: 'forest_portals', seed: '420', cfg: '1' });
		assert.deepEqual(dimensions, [
			{ name: 'cfg', type: 'int', values: ['1', '3', '10'] },
			{ name: 'checkpoint', type: 'string', values: ['4500', 'final'] },
			{ name: 'index', type: 'int', values: ['0'] },
			{ name: 'prompt_name', type: 'string', values: ['forest_portals'] },
			{ name: 'seed', type: 'int', values: ['420'] },
		]);
		assert.equal(skippedCount, 1);
		assert.equal(skipped[0].path, 'psai4rt-v0.3.0-no-reg-step00004500.safetensors/notes.png');
	});
	test('carry names of every kind to a URL that gives the file', async () => {
		const { images, skipped } = await scan('odd/größe & co=1%20#+\'"');
		assert.deepEqual(images.map(({ dimensions: { p, q, r, seed } }) => [p, q, r, seed]).sort(), [
			['100%', 'x', '/../', '2'],
			['a&b c%', '"x"', '雪', '18446744073709551615'],
		]);
		for (const image of images) assert.equal((await get(stack, imageUrl(image))).status, 200, image.relative_path);
		assert.equal(skipped.length, 1);
		assert.match(skipped[0].path, /q=\ufffd\.png$/);
	});
	test('pass over what is no image file, with a reason for each', async () => {
		const { images, skipped } = await scan('hostile/hostile');
		assert.deepEqual(images.map(({ dimensions }) => dimensions.seed).sort(), ['1', '9'.repeat(246)]);
		const reasons = new Map(skipped.map(({ path: name, reason }) => [name.split('/').pop(), reason]));
		for (const name of ['seed=2.png', 'seed=4.png', 'seed=5.png', 'seed=6.png']) {
			assert.ok(reasons.get(name), `${name} is skipped with a reason`);
		}
		for (const image of images) assert.equal((await get(stack, imageUrl(image))).status, 200);
	});
	test('of runs without samples are empty, not an error', async () => {
		const { images, skipped_count: skippedCount } = await scan('fresh/new-run');
		assert.deepEqual(images, []);
		assert.equal(skippedCount, 0);
	});
	test('show a new, a replaced and a removed file at the next request', async () => {
		const file = sampleFile('style-000002.safetensors', 'seed=7.png');
		const find = async () => (await scan('lora/style')).images.find(({ dimensions }) => dimensions.seed === '7');
		assert.equal(await find(), undefined);
		await put(file, png());
		const first = await find();
		assert.ok(first);
		await put(`${file}.part`, png(tEXt('a', 'other')));
		await rename(`${file}.part`, file);
		const second = await find();
		assert.notEqual(second.version, first.version);
		await rm(file);
		assert.equal(await find(), undefined);
	});
	test('are 304 for a client that has them, also once they come from the cache', async () => {
		const { id } = await findRun('lora/style');
		const directory = sampleFile('style-000002.safetensors');
		const target = `/api/training-runs/${id}/scan`;
		await age(directory, '2024-01-01T00:00:00Z');
		const first = await get(stack, target);
		const second = await get(stack, target);
		assert.equal(second.text, first.text);
		assert.equal(second.headers.etag, first.headers.etag);
		for (const name of [second.headers.etag, `"x", ${second.headers.etag}`, '*']) {
			const answer = await get(stack, target, { 'If-None-Match': name });
			assert.equal(answer.status, 304, name);
		}
		assert.ok((await readdir(path.join(place, 'data', 'cache'))).some((name) => name.includes(id)));
		await put(path.join(directory, 'seed=8.png'), png());
		const changed = await get(stack, target, { 'If-None-Match': second.headers.etag });
		assert.equal(changed.status, 200);
		assert.ok(changed.json.images.some(({ dimensions }) => dimensions.seed === '8'));
	});
	test('say the same gzipped and plain, cached or made anew, and to HEAD', async () => {
		const { id } = await findRun('lora/style');
		await age(sampleFile('style-000002.safetensors'), '2024-02-01T00:00:00Z');
		for (const query of ['', '?refresh=1', '']) {
			const target = `/api/training-runs/${id}/scan${query}`;
			const zipped = await get(stack, target, { 'Accept-Encoding': 'gzip, br' });
			const plain = await get(stack, target);
			assert.equal(zipped.headers['content-encoding'], 'gzip');
			assert.equal(plain.headers['content-encoding'], undefined);
			assert.equal(zipped.text, plain.text);
			assert.match(plain.headers.vary, /accept-encoding/i);
			assert.equal(plain.headers['last-modified'], undefined);
			const head = await request(stack, 'HEAD', target);
			assert.equal(head.status, 200);
			assert.equal(head.bytes.length, 0);
		}
	});
	test('by many clients at once are all whole', async () => {
		const { id } = await findRun('qwen/psai4rt-v0.3.0-no-reg');
		const answers = await Promise.all(Array.from({ length: 24 }, (_, i) => get(stack, `/api/training-runs/${id}/scan${i % 3 ? '' : '?refresh=1'}`)));
		for (const { status, json } of answers) {
			assert.equal(status, 200);
			assert.equal(json.images.length, 6);
		}
	});
	test('notice a file that was rewritten in place when asked to look anew', async () => {
		const file = sampleFile('style-000002.safetensors', 'seed=1.png');
		const version = async (query) => (await scan('lora/style', query)).images.find(({ dimensions }) => dimensions.seed === '1').version;
		const before = await version('');
		const { mtime } = await stat(path.dirname(file));
		await writeFile(file, png(tEXt('a', 'longer than before')));
		await utimes(path.dirname(file), mtime, mtime);
		assert.notEqual(await version('?refresh=1'), before);
	});
});

describe('the text inside images', () => {
	const directory = 'style-000002.safetensors';
	const metadata = (name) => get(stack, `/api/images/${directory}/${encodeURIComponent(name)}/metadata`);

	test('is given unchanged, whatever chunk it is in', async () => {
		const prompt = '{"3": {"inputs": {"seed": 18446744073709551615, "text": "a \\"b\\""}}}';
		await put(sampleFile(directory, 'text=1.png'), png(tEXt('prompt', prompt), zTXt('workflow', '{"z": 1}'), iTXt('Größe', '雪'), tEXt('caf\xe9', 'na\xefve')));
		const answer = await metadata('text=1.png');
		assert.equal(answer.json.metadata.prompt, prompt);
		assert.equal(answer.json.metadata.workflow, '{"z": 1}');
		assert.ok(Object.values(answer.json.metadata).includes('雪'));
		assert.equal(answer.json.metadata['café'], 'naïve');
	});
	test('is empty where there is none', async () => {
		await put(sampleFile(directory, 'text=2.png'), png());
		await put(sampleFile(directory, 'text=2.jpg'), 'JPEG');
		assert.deepEqual((await metadata('text=2.png')).json, { metadata: {} });
		assert.deepEqual((await metadata('text=2.jpg')).json, { metadata: {} });
	});
	test('of a file that is being written is "try again", of a damaged one 422', async () => {
		const whole = png(tEXt('prompt', 'x'.repeat(1000)));
		await put(sampleFile(directory, 'text=3.png'), whole.subarray(0, 500));
		const early = await metadata('text=3.png');
		assert.equal(early.status, 503);
		assert.equal(early.json.code, 'file_incomplete');
		assert.ok(early.headers['retry-after']);
		const damaged = Buffer.from(whole);
		damaged[60] ^= 1;
		await put(sampleFile(directory, 'text=4.png'), damaged);
		assert.equal((await metadata('text=4.png')).status, 422);
		await put(sampleFile(directory, 'text=5.png'), 'this is not a picture at all, but long enough to be one');
		assert.equal((await metadata('text=5.png')).json.code, 'damaged_file');
	});
	test('that would inflate beyond all bounds is refused', async () => {
		const bomb = chunk('zTXt', Buffer.concat([Buffer.from('bomb\0\0', 'latin1'), deflateSync(Buffer.alloc(200 << 20))]));
		await put(sampleFile(directory, 'text=6.png'), png(bomb));
		assert.equal((await metadata('text=6.png')).status, 422);
		await rm(sampleFile(directory, 'text=6.png'));
	});
	test('of what is not there, or led to by a link, is not given', async () => {
		assert.equal((await metadata('none.png')).status, 404);
		const link = await get(stack, '/api/images/hostile-000001.safetensors/seed%3D5.png/metadata');
		assert.ok([403, 404].includes(link.status));
		const pipe = await get(stack, '/api/images/hostile-000001.safetensors/seed%3D4.png/metadata');
		assert.ok([404, 422].includes(pipe.status));
		const empty = await get(stack, '/api/images/hostile-000001.safetensors/seed%3D2.png/metadata');
		assert.ok([422, 503].includes(empty.status));
	});
});

describe('the headers of checkpoints', () => {
	const metadata = (name, query = '') => get(stack, `/api/checkpoints/${encodeURIComponent(name)}/metadata${query}`);
	const file = (name) => checkpointFile(`headers/${name}.safetensors`);

	test('are told apart by ss_ and given as text', async () => {
		await put(file('good'), safetensors({ ss_output_name: 'good', ss_tag_frequency: '{"a": {"b": 1}}', 'modelspec.title': 'T "x" 雪' }));
		assert.deepEqual((await metadata('good.safetensors')).json, {
			metadata: { ss_output_name: 'good', ss_tag_frequency: '{"a": {"b": 1}}' },
			other: { 'modelspec.title': 'T "x" 雪' },
		});
		assert.deepEqual((await metadata('new-run.safetensors')).json, { metadata: {}, other: {} });
	});
	test('of equal names are chosen by the training run', async () => {
		await put(checkpointFile('one/same.safetensors'), safetensors({ ss_epoch: '1' }));
		await put(checkpointFile('two/same.safetensors'), safetensors({ ss_epoch: '2' }));
		for (const [name, epoch] of [['one/same', '1'], ['two/same', '2']]) {
			const { id } = await findRun(name);
			assert.equal((await metadata('same.safetensors', `?training_run=${id}`)).json.metadata.ss_epoch, epoch);
		}
		assert.equal((await metadata('same.safetensors', '?training_run=none')).status, 404);
		assert.equal((await metadata('same.safetensors')).status, 200);
	});
	test('that lie about their length or are no JSON are 422, and cost nothing', async () => {
		const length = (value) => {
			const bytes = Buffer.alloc(8);
			bytes.writeBigUInt64LE(value);
			return bytes;
		};
		const cases = {
			huge: Buffer.concat([length(2n ** 63n), Buffer.from('{}')]),
			all: Buffer.concat([length(2n ** 64n - 1n), Buffer.from('{}')]),
			beyond: Buffer.concat([length(1000n), Buffer.from('{"__metadata__":{"ss_a":"b"}}')]),
			zero: Buffer.concat([length(0n), Buffer.from('{}')]),
			short: Buffer.from('1234'),
			garbage: Buffer.concat([length(9n), Buffer.from('not JSON!')]),
			empty: Buffer.alloc(0),
		};
		for (const [name, content] of Object.entries(cases)) {
			await put(file(name), content);
			const answer = await metadata(`${name}.safetensors`);
			assert.ok([422, 503].includes(answer.status), `${name}: ${answer.status}`);
		}
	});
	test('are not read from what is no checkpoint', async () => {
		for (const name of ['none.safetensors', 'passwd', '../secret', 'dangling.safetensors', 'pipe.safetensors', 'optimizer.safetensors', '\ufffd']) {
			const answer = await metadata(name);
			assert.ok([400, 403, 404].includes(answer.status), `${name}: ${answer.status}`);
		}
	});
});

describe('health and settings', () => {
	test('are well, and nobody keeps them', async () => {
		const health = await get(stack, '/health');
		assert.deepEqual([health.json.status, health.json.checks], ['ok', { database: 'ok', sample_dir: 'ok', checkpoint_dirs: 'ok', feed: 'ok' }]);
		assert.equal(health.headers['cache-control'], 'no-store');
		assert.equal((await request(stack, 'HEAD', '/health')).status, 200);
	});
	test('tell what the search for checkpoints left out, and why', async () => {
		const { demo, comfyui_enabled: comfyui, config_path: file, skipped, excluded_count: excluded, warnings } = (await get(stack, '/api/settings')).json;
		assert.deepEqual([demo, comfyui, file, warnings], [false, false, stack.configPath, []]);
		assert.ok(excluded >= 1);
		const names = skipped.map(({ path: name }) => name).join('\n');
		for (const name of ['escaping', 'dangling.safetensors']) assert.match(names, new RegExp(name));
	});
	test('a directory that goes away is a warning while it is away', async () => {
		const samples = path.join(place, 'samples');
		await rename(samples, `${samples}-away`);
		try {
			const health = await get(stack, '/health');
			assert.equal(health.status, 200);
			assert.equal(health.json.status, 'degraded');
			assert.match((await get(stack, '/api/settings')).json.warnings.join(), /sample_dir: .*does not exist/);
			assert.ok((await get(stack, '/api/training-runs')).json.every(({ has_samples: has }) => !has));
			assert.equal((await get(stack, '/api/images/x/seed%3D1.png')).status, 404);
		} finally {
			await rename(`${samples}-away`, samples);
		}
		assert.equal((await get(stack, '/health')).json.status, 'ok');
		assert.deepEqual((await get(stack, '/api/settings')).json.warnings, []);
	});
	test('a query of nonsense is an answer, not a crash', async () => {
		for (const query of ['%', 'a=%zz', '&&&', '=', 'a=%00', `${'a=1&'.repeat(100)}`, '%ff=%fe']) {
			const answer = await raw(stack, `GET /api/training-runs?${query} HTTP/1.1\r\nHost: a\r\n\r\n`);
			assert.ok([200, 400].includes(answer.status), `${query}: ${answer.status}`);
		}
	});
});
