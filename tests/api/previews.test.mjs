// Previews over HTTP: what nginx sends by itself, what is made and kept, and for how long.
import assert from 'node:assert/strict';
import { link, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import { get, raw, request } from './client.mjs';
import { eventually, makePlace, startStack } from './stack.mjs';

const checkpoint = 'model-step00000100.safetensors';

function chunk(type, data) {
	const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
	const frame = Buffer.alloc(8);
	frame.writeUInt32BE(data.length, 0);
	frame.writeUInt32BE(crc32(body), 4);
	return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** A PNG in RGB; `colour(x, y)` gives the three values; after `colour.rows` rows they repeat. */
function png(width, height, colour) {
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header[8] = 8;
	header[9] = 2;
	const rows = Buffer.alloc(height * (width * 3 + 1));
	const row = width * 3 + 1;
	for (let y = 0; y < height; y++) {
		if (y >= colour.rows) rows.copy(rows, y * row, (y % colour.rows) * row, (y % colour.rows + 1) * row);
		else for (let x = 0; x < width; x++) rows.set(colour(x, y), y * row + 1 + x * 3);
	}
	return Buffer.concat([
		Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
		chunk('IHDR', header),
		chunk('IDAT', deflateSync(rows, { level: 1 })),
		chunk('IEND', Buffer.alloc(0)),
	]);
}

const flat = (...colour) => () => colour;
const noise = (x, y) => [(x * 7919 + y * 104729 + x * y * 31) & 255, (x * x + y * 13) & 255, (x ^ (y * 57)) & 255];

/** Width and height of a JPEG, from its frame header. */
function sizeOf(jpeg) {
	for (let at = 2; at < jpeg.length; at += 2 + jpeg.readUInt16BE(at + 2)) {
		if (jpeg[at + 1] === 0xc0) return [jpeg.readUInt16BE(at + 7), jpeg.readUInt16BE(at + 5)];
	}
	throw new Error('no frame header');
}

async function start(environment = {}) {
	const place = await makePlace();
	await writeFile(path.join(place, 'checkpoints', checkpoint), Buffer.from('\x02\0\0\0\0\0\0\0{}', 'latin1'));
	await mkdir(path.join(place, 'samples', checkpoint));
	const stack = await startStack({ place, environment: { LOG_LEVEL: 'debug', ...environment } });
	return {
		...stack,
		kept: path.join(place, 'data', 'cache', 'previews', checkpoint),
		stop: async () => {
			await stack.stop();
			await rm(place, { recursive: true });
		},
	};
}

/** Puts an image in place as other programs do: whole, under its name. */
async function put(stack, name, bytes) {
	const file = path.join(stack.samples, checkpoint, name);
	await writeFile(`${stack.samples}/.new`, bytes);
	await rename(`${stack.samples}/.new`, file);
	return file;
}

/** The image's `version`, as the scan tells it. */
async function versionOf(stack, name) {
	const [run] = (await get(stack, '/api/training-runs')).json;
	const { images } = (await get(stack, `/api/training-runs/${run.id}/scan?refresh=1`)).json;
	return images.find(({ relative_path }) => relative_path === `${checkpoint}/${name}`).version;
}

const target = (width, name, query = '') => `/api/previews/${width}/${checkpoint}/${encodeURIComponent(name)}${query && `?${query}`}`;

/** The lines of the program's log for an event. */
async function logged(stack, event) {
	const log = await readFile(path.join(stack.runtimeDirectory, 'log', 'previews', 'current'), 'utf8');
	return log.split('\n').filter((line) => line.includes(` event=${event} `));
}

/** Waits until a marked request stands in the log, and with it all that came before. */
let marks = 0;
async function settled(stack) {
	const mark = `/api/previews/256/mark-${++marks}.png`;
	assert.equal((await get(stack, mark)).status, 404);
	await eventually('the log is written', async () => (await logged(stack, 'request.answered')).some((line) => line.includes(mark)));
}

const immutable = 'max-age=31536000, immutable';

describe('a preview', () => {
	let stack;
	before(async () => (stack = await start()));
	after(() => stack.stop());

	test('has the width asked for, may be kept for ever, and is sent by nginx alone the second time', async () => {
		await put(stack, 'p=1.png', png(1344, 900, noise));
		const version = await versionOf(stack, 'p=1.png');
		for (const [width, height] of [[256, 171], [512, 343], [1024, 686]]) {
			const first = await get(stack, target(width, 'p=1.png', `v=${version}`));
			assert.equal(first.status, 200, first.text);
			assert.equal(first.headers['content-type'], 'image/jpeg');
			assert.equal(first.headers['cache-control'], immutable);
			assert.equal(first.headers['last-modified'], undefined);
			assert.deepEqual(sizeOf(first.bytes), [width, height]);
			await settled(stack);
			const answered = (await logged(stack, 'request.answered')).length;
			const second = await get(stack, target(width, 'p=1.png', `v=${version}`));
			assert.deepEqual(second.bytes, first.bytes);
			assert.equal(second.headers['content-type'], 'image/jpeg');
			assert.equal(second.headers['cache-control'], immutable);
			assert.equal(second.headers.etag, first.headers.etag);
			assert.equal((await get(stack, target(width, 'p=1.png', `v=${version}`), { 'If-None-Match': first.headers.etag })).status, 304);
			const head = await request(stack, 'HEAD', target(width, 'p=1.png', `v=${version}`));
			assert.equal(Number(head.headers['content-length']), first.bytes.length);
			await settled(stack);
			assert.equal((await logged(stack, 'request.answered')).length, answered + 1, 'only the mark asked the program');
		}
	});
	test('is made once when fifty ask for it at the same moment', async () => {
		await put(stack, 'p=2.png', png(1500, 1500, noise));
		const version = await versionOf(stack, 'p=2.png');
		const answers = await Promise.all(Array.from({ length: 50 }, () => get(stack, target(512, 'p=2.png', `v=${version}`))));
		for (const answer of answers) {
			assert.equal(answer.status, 200);
			assert.deepEqual(answer.bytes, answers[0].bytes);
		}
		await settled(stack);
		assert.equal((await logged(stack, 'preview.made')).filter((line) => line.includes('p=2.png')).length, 1);
	});
	test('follows its image, whatever version the client asks for', async () => {
		await put(stack, 'p=3.png', png(300, 300, flat(200, 10, 10)));
		const old = await versionOf(stack, 'p=3.png');
		const red = await get(stack, target(256, 'p=3.png', `v=${old}`));
		assert.equal(red.headers['cache-control'], immutable);
		await put(stack, 'p=3.png', png(300, 300, flat(10, 10, 200)));
		const version = await versionOf(stack, 'p=3.png');
		assert.notEqual(version, old);
		const blue = await get(stack, target(256, 'p=3.png', `v=${version}`));
		assert.equal(blue.headers['cache-control'], immutable);
		assert.notDeepEqual(blue.bytes, red.bytes);
		// No version, an old one, and what is none: the image as it is, not to be relied on.
		for (const query of ['', `v=${old}`, 'v=', 'v=..%2F..%2F..', 'v=../../../../etc', `v=${version}%00`, `v=${version}/x`]) {
			const answer = await get(stack, target(256, 'p=3.png', query));
			if (query.includes('%00')) {
				assert.equal(answer.status, 400);
				continue;
			}
			assert.equal(answer.status, 200, query);
			assert.deepEqual(answer.bytes, blue.bytes, query);
			assert.equal(answer.headers['cache-control'], 'no-cache', query);
			assert.equal((await get(stack, target(256, 'p=3.png', query), { 'If-None-Match': answer.headers.etag })).status, 304);
		}
		assert.deepEqual(await readdir(path.join(stack.kept, 'p=3.png')), [`${version}-256.jpg`]);
	});
	test('exists for every name that a file can have', async () => {
		for (const name of ['a&b=c 100%+ü#?;"\'$v{x}.png', `${'n='.padEnd(251, 'n')}.png`, '%2e%2e=1.PNG', '$document_root=@.png']) {
			await put(stack, name, png(20, 10, flat(1, 2, 3)));
			const version = await versionOf(stack, name);
			for (let i = 0; i < 2; i++) {
				const answer = await get(stack, target(256, name, `v=${version}`));
				assert.equal(answer.status, 200, name);
				assert.deepEqual(sizeOf(answer.bytes), [20, 10], 'it is not enlarged');
				assert.equal(answer.headers['cache-control'], immutable);
			}
			assert.deepEqual(await readdir(path.join(stack.kept, name)), [`${version}-256.jpg`]);
		}
	});
	test('leaves the original alone', async () => {
		const file = await put(stack, 'p=4.png', png(300, 300, noise));
		const [bytes, status, names] = [await readFile(file), await stat(file), await readdir(path.dirname(file))];
		assert.equal((await get(stack, target(256, 'p=4.png'))).status, 200);
		assert.deepEqual(await readFile(file), bytes);
		assert.equal((await stat(file)).mtimeMs, status.mtimeMs);
		assert.deepEqual(await readdir(path.dirname(file)), names);
	});
});

describe('what is refused', () => {
	let stack;
	before(async () => {
		stack = await start();
		await put(stack, 'p=1.png', png(100, 100, noise));
	});
	after(() => stack.stop());

	test('other widths, other parameters, other methods, what is not there', async () => {
		for (const width of ['300', '0', '-256', '0512', '512px', '99999999999999999999']) {
			const answer = await get(stack, target(width, 'p=1.png'));
			assert.equal(answer.status, 404, width);
			assert.match(answer.json.detail, /256, 512 or 1024/);
		}
		assert.equal((await get(stack, target(256, 'nosuch.png'))).status, 404);
		assert.equal((await get(stack, `/api/previews/256/${checkpoint}`)).status, 404);
		assert.equal((await get(stack, '/api/previews/256')).status, 404);
		assert.equal((await get(stack, '/api/previews/')).status, 400);
		assert.equal((await get(stack, target(256, 'p=1.png', 'priority=high'))).json.code, 'invalid_parameter');
		const posted = await request(stack, 'POST', target(256, 'p=1.png'));
		assert.equal(posted.status, 405);
		assert.match(posted.headers.allow, /GET/);
	});
	test('ways out of the directory, in every encoding', async () => {
		const secret = 'config.yaml';
		await writeFile(path.join(stack.directory, 'secret=1.png'), png(9, 9, noise));
		for (const way of ['..', '%2e%2e', '%2E.', '..%2f', '..%5c', '.%00./', '/', './']) {
			for (const name of [secret, 'secret=1.png']) {
				const answer = await raw(stack, `GET /api/previews/256/${way}/${name} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
				assert.ok(answer.status >= 400 && answer.status < 500, `${way} ${answer.status}`);
			}
		}
		assert.equal((await raw(stack, 'GET /_previews/x.jpg HTTP/1.1\r\nHost: localhost\r\n\r\n')).status, 404);
	});
	test('a damaged image, which is looked into once', async () => {
		const sound = png(400, 400, noise);
		const damaged = Buffer.from(sound);
		damaged.fill(0xaa, 2000, 2400);
		const file = await put(stack, 'p=2.png', damaged);
		await utimes(file, 1000, 1000);
		for (let i = 0; i < 3; i++) {
			const answer = await get(stack, target(256, 'p=2.png'));
			assert.equal(answer.status, 422);
			assert.equal(answer.json.code, 'damaged_file');
		}
		await settled(stack);
		assert.equal((await logged(stack, 'preview.refused')).filter((line) => line.includes('p=2.png')).length, 1);
		await put(stack, 'p=2.png', sound);
		assert.equal((await get(stack, target(256, 'p=2.png'))).status, 200);
	});
	test('what only seems to be an image, and what is far too large', async () => {
		await put(stack, 'p=3.png', Buffer.from('<!doctype html><title>no image</title>'));
		const text = await get(stack, target(256, 'p=3.png'));
		assert.equal(text.status, 415);
		assert.equal(text.json.code, 'not_an_image');
		const huge = png(1, 1, flat(0, 0, 0));
		const header = Buffer.from(huge.subarray(16, 29));
		header.writeUInt32BE(100_000, 0);
		header.writeUInt32BE(100_000, 4);
		await put(stack, 'p=4.png', Buffer.concat([huge.subarray(0, 8), chunk('IHDR', header), huge.subarray(33)]));
		const large = await get(stack, target(256, 'p=4.png'));
		assert.equal(large.status, 422);
		assert.equal(large.json.code, 'picture_too_large');
	});
	test('an image that is still being written: later', async () => {
		const whole = png(400, 400, noise);
		await put(stack, 'p=5.png', whole.subarray(0, whole.length / 2));
		const early = await get(stack, target(256, 'p=5.png'));
		assert.equal(early.status, 503);
		assert.equal(early.json.code, 'file_incomplete');
		assert.ok(Number(early.headers['retry-after']) >= 1);
		await put(stack, 'p=5.png', whole);
		assert.equal((await get(stack, target(256, 'p=5.png'))).status, 200);
	});
	test('the work for a client that has gone', async () => {
		// Half a second of work.
		await put(stack, 'p=6.png', png(8000, 8000, Object.assign((...place) => noise(...place), { rows: 8 })));
		const socket = net.connect(stack.port, '127.0.0.1');
		socket.write(`GET ${target(512, 'p=6.png')} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
		await new Promise((resolve) => setTimeout(resolve, 50));
		socket.destroy();
		await eventually('it was given up', async () =>
			(await logged(stack, 'request.answered')).some((line) => line.includes(encodeURIComponent('p=6.png')) && line.includes(' status=499 ')),
		);
		assert.equal((await logged(stack, 'preview.made')).filter((line) => line.includes('p=6.png')).length, 0);
	});
	test('more at once than a crowd may ask for', async () => {
		const file = await put(stack, 'p=0.png', png(1200, 1200, noise));
		const names = Array.from({ length: 50 }, (_, i) => `q=${i}.png`);
		for (const name of names) await link(file, path.join(path.dirname(file), name));
		const answers = await Promise.all(names.flatMap((name) => [256, 512, 1024].map((width) => get(stack, target(width, name)))));
		const refused = answers.filter(({ status }) => status !== 200);
		assert.ok(answers.length - refused.length >= 64);
		assert.ok(refused.length > 0);
		for (const answer of refused) {
			assert.equal(answer.status, 503);
			assert.equal(answer.json.code, 'overloaded');
			assert.ok(Number(answer.headers['retry-after']) >= 1);
		}
	});
});

describe('a full cache', () => {
	let stack;
	const names = Array.from({ length: 5 }, (_, i) => `p=${i}.png`);
	const versions = {};
	const ask = (name, query = '') => get(stack, target(512, name, `v=${versions[name]}${query}`));
	const file = (name) => path.join(stack.kept, name, `${versions[name]}-512.jpg`);
	const isKept = (name) => stat(file(name)).then(() => true, () => false);

	before(async () => {
		stack = await start({ PREVIEW_CACHE_MIB: '1' });
		for (const name of names) {
			await put(stack, name, png(900, 900, noise));
			versions[name] = await versionOf(stack, name);
		}
	});
	after(() => stack.stop());

	test('lets go of what was not asked for longest', async () => {
		const size = (await ask(names[0])).bytes.length;
		assert.ok(size > 265_000 && size < 310_000, `three fit, four do not: ${size}`);
		for (const name of names.slice(1, 3)) assert.equal((await ask(name)).status, 200);
		// As if made yesterday, in their order; then nginx sends the oldest to somebody.
		for (const [i, name] of names.slice(0, 3).entries()) {
			await utimes(file(name), Date.now() / 1000 - 3600 + i, (await stat(file(name))).mtimeMs / 1000);
		}
		assert.equal((await ask(names[0])).status, 200);
		const noted = Date.now() - (await stat(file(names[0]))).atimeMs < 60_000;
		assert.equal((await ask(names[3])).status, 200);
		// A file system that notes no accesses can only tell what was made first.
		const victim = names[noted ? 1 : 0];
		await eventually('it goes', async () => !(await isKept(victim)));
		assert.equal(await isKept(names[noted ? 0 : 1]), true);
		assert.equal(await isKept(names[3]), true);
	});
	test('refuses background work rather than displace what is in use', async () => {
		assert.equal((await ask(names[4])).status, 200);
		const answer = await ask(names[1], '&priority=background');
		assert.equal(answer.status, 503);
		assert.equal(answer.json.code, 'cache_full');
		assert.equal(await isKept(names[4]), true);
		assert.equal((await ask(names[1])).status, 200);
	});
});
