// The live feed over the real chain: nginx → websocketd → feed → watcher.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, afterEach, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { get } from './client.mjs';
import { Feed, upgrade } from './feed_client.mjs';
import { eventually, makePlace, processesOf, root, startStack } from './stack.mjs';

const HEAD = Buffer.from('\x89PNG\r\n\x1a\n............', 'latin1');
const END = Buffer.from('\0\0\0\0IEND\xae\x42\x60\x82', 'latin1');
const PICTURE = Buffer.concat([HEAD, END]);
const ONE = 'run-step00000001.safetensors';
const TWO = 'run-step00000002.safetensors';
const OTHER = 'other.safetensors';

const clients = [];
const connect = async (stack) => {
	const feed = await Feed.open(stack);
	clients.push(feed);
	return feed;
};

/** A place with two runs: `run` of two checkpoints, `other` of one; ONE and OTHER have directories. */
async function populate(place) {
	for (const name of [ONE, TWO, OTHER]) await writeFile(path.join(place, 'checkpoints', name), '');
	for (const name of [ONE, OTHER]) await mkdir(path.join(place, 'samples', name));
	return place;
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const feeds = async (stack) => (await processesOf(stack.runtimeDirectory)).filter(({ command }) => /^\/.*bin\/feed$/.test(command));
const processNamed = async (stack, pattern) =>
	(await processesOf(stack.runtimeDirectory)).find(({ command }) => pattern.test(command));
const WATCHER = /^\/.*bin\/watcher$/;
const KEEPER = /^websocketd /;
const WORKER = /^\/.*bin\/worker$/;

for (const method of ['auto', 'poll']) {
	describe(`files, watch: ${method}`, () => {
		let stack;
		let place;
		let feed;
		let sentinels = 0;

		before(async () => {
			place = await populate(await makePlace());
			stack = await startStack({ place, config: { watch: method, watch_interval: 1 } });
			feed = await connect(stack);
			feed.forget();
		});
		after(async () => {
			await feed.close();
			await stack.stop();
			await rm(place, { recursive: true });
		});
		const sample = (...parts) => path.join(place, 'samples', ...parts);
		/** A round of polling that meets a file before its bytes tells it in the next one, maybe after what was written later. */
		const write = async (directory, name) => {
			if (method !== 'poll') return writeFile(sample(directory, name), PICTURE);
			const part = sample(directory, `.${name}.part`);
			await writeFile(part, PICTURE);
			return rename(part, sample(directory, name));
		};
		/** What was told since the last time, once a file of our own has been told after it. */
		const told = async () => {
			sentinels++;
			await write(ONE, `sentinel=${sentinels}.png`);
			await feed.next('the sentinel', ({ dimensions }) => dimensions?.sentinel === String(sentinels));
			const messages = feed.messages.filter(({ type, dimensions }) => type !== 'heartbeat' && !dimensions?.sentinel);
			feed.forget();
			return messages;
		};
		const brief = (messages) => messages.map(({ type, path: name }) => (name ? `${type} ${name}` : type));
		const idOf = async (name) => (await get(stack, '/api/training-runs')).json.find((run) => run.name === name).id;

		test('an image that is written is told as the scan tells it', async () => {
			await write(ONE, 'prompt=a%26b+c&seed=18446744073709551615&_00003_.png');
			const [message, ...rest] = await told();
			const id = await idOf('run');
			const scan = (await get(stack, `/api/training-runs/${id}/scan?refresh=1`)).json;
			const image = scan.images.find(({ relative_path: name }) => name.includes('seed'));
			assert.deepEqual(rest, []);
			assert.deepEqual(message, {
				type: 'image_added',
				path: image.relative_path,
				dimensions: image.dimensions,
				version: image.version,
				training_run_ids: [id],
			});
			assert.deepEqual(message.dimensions, { checkpoint: '1', prompt: 'a&b c', seed: '18446744073709551615' });
		});
		test('a slow writer is told once, when it is done', async () => {
			const file = await open(sample(ONE, 'slow=1.png'), 'w');
			assert.deepEqual(await told(), []);
			await file.write(HEAD);
			assert.deepEqual(await told(), []);
			await file.write(Buffer.alloc(100000));
			assert.deepEqual(await told(), []);
			await file.write(END);
			await file.close();
			await feed.next('the slow file', ({ path: name }) => name?.includes('slow'));
			assert.deepEqual(brief(await told()), [`image_added ${ONE}/slow=1.png`]);
		});
		test('a file that is renamed into place is told once', async () => {
			await write(ONE, '.renamed=1.png.part');
			assert.deepEqual(await told(), []);
			await rename(sample(ONE, '.renamed=1.png.part'), sample(ONE, 'renamed=1.png'));
			assert.deepEqual(brief(await told()), [`image_added ${ONE}/renamed=1.png`]);
		});
		test('500 files at once are told once each', async () => {
			const names = Array.from({ length: 500 }, (_, index) => `many=${index}.png`);
			await Promise.all(names.map((name) => write(OTHER, name)));
			await eventually('all are told', () => feed.all('image_added').length >= 500, 90);
			assert.deepEqual(
				brief(await told()).sort(),
				names.map((name) => `image_added ${OTHER}/${name}`).sort(),
			);
		});
		test('a cell is told by its highest counter, and its predecessor when that goes', async () => {
			await write(ONE, 'cell=1&_00002_.png');
			await told();
			await write(ONE, 'cell=1&_00001_.png');
			assert.deepEqual(await told(), []);
			await write(ONE, 'cell=1&_00010_.png');
			assert.deepEqual(brief(await told()), [`image_added ${ONE}/cell=1&_00010_.png`]);
			await rm(sample(ONE, 'cell=1&_00010_.png'));
			assert.deepEqual(brief(await told()), [
				`image_removed ${ONE}/cell=1&_00010_.png`,
				`image_added ${ONE}/cell=1&_00002_.png`,
			]);
		});
		test('a replaced file has another version', async () => {
			await write(ONE, 'replaced=1.png');
			const [first] = await told();
			await writeFile(sample(ONE, '.new'), Buffer.concat([HEAD, Buffer.alloc(7), END]));
			await rename(sample(ONE, '.new'), sample(ONE, 'replaced=1.png'));
			const [second, ...rest] = await told();
			assert.deepEqual(rest, []);
			assert.equal(second.path, first.path);
			assert.notEqual(second.version, first.version);
		});
		test('a new directory, all in it, and the runs that have samples now', async () => {
			await mkdir(sample('.prepared'));
			await write('.prepared', 'seed=1.png');
			await rename(sample('.prepared'), sample(TWO));
			assert.deepEqual(brief(await told()), [`directory_added ${TWO}`, 'training_runs_changed', `image_added ${TWO}/seed=1.png`]);
		});
		test('a directory that is removed and made again', async () => {
			await rm(sample(TWO), { recursive: true });
			await eventually('its image is gone', () => feed.all('image_removed').length === 1, 90);
			assert.ok(brief(await told()).includes(`image_removed ${TWO}/seed=1.png`));
			await mkdir(sample(TWO));
			await write(TWO, 'seed=1.png');
			await eventually('its image is back', () => feed.all('image_added').length >= 1, 90);
			const again = brief(await told());
			assert.equal(again.filter((line) => line === `image_added ${TWO}/seed=1.png`).length, 1);
			assert.equal(again.filter((line) => line === `directory_added ${TWO}`).length, 1);
		});
		test('checkpoints that come and go', async () => {
			const file = path.join(place, 'checkpoints', 'run-step00000003.safetensors');
			await writeFile(file, '');
			await feed.type('training_runs_changed');
			assert.equal((await get(stack, '/api/training-runs')).json.find(({ name }) => name === 'run').checkpoint_count, 3);
			await rm(file);
			await feed.type('training_runs_changed');
			assert.deepEqual(brief(await told()).filter((line) => line !== 'training_runs_changed'), []);
		});
		test('a client that watches one run hears of that one', async () => {
			const narrow = await connect(stack);
			const other = await idOf('other');
			narrow.send({ type: 'watch', training_run_id: other });
			assert.deepEqual(await narrow.type('watched'), { type: 'watched', training_run_id: other });
			await write(ONE, 'narrow=1.png');
			await write(OTHER, 'narrow=2.png');
			const heard = await narrow.type('image_added');
			assert.equal(heard.path, `${OTHER}/narrow=2.png`);
			narrow.send({ type: 'watch', training_run_id: null });
			assert.deepEqual(await narrow.type('watched'), { type: 'watched', training_run_id: null });
			await write(ONE, 'narrow=3.png');
			assert.equal((await narrow.type('image_added')).path, `${ONE}/narrow=3.png`);
			await narrow.close();
			await told();
		});
		test('whatever happens, who follows the feed sees what a scan would show', async () => {
			const id = await idOf('run');
			const scan = async () => (await get(stack, `/api/training-runs/${id}/scan?refresh=1`)).json.images;
			const cell = (dimensions) => JSON.stringify(Object.entries(dimensions).sort());
			const line = (name, dimensions, version) => `${cell(dimensions)} ${name} ${version}`;
			/** What a client has on screen: one image a cell. */
			const follow = (start, messages) => {
				const shown = new Map(start.map((image) => [cell(image.dimensions), { path: image.relative_path, ...image }]));
				for (const { type, path: name, dimensions, version } of messages) {
					if (type === 'image_added') shown.set(cell(dimensions), { path: name, dimensions, version });
					if (type !== 'image_removed') continue;
					for (const [key, image] of shown) if (image.path === name) shown.delete(key);
				}
				return [...shown.values()].map((image) => line(image.path, image.dimensions, image.version)).sort();
			};
			// The same every time.
			let state = 7;
			const random = (below) => (state = (state * 1103515245 + 12345) % 2147483648) % below;
			const name = () => `walk=${random(4)}${['', '&_00001_', '&_00002_', '&_00010_'][random(4)]}.png`;
			const place_of = () => sample([ONE, TWO][random(2)], name());
			const quietly = (error) => assert.ok(['ENOENT', 'ENOTEMPTY'].includes(error.code), error);
			const deeds = [
				() => writeFile(place_of(), Buffer.concat([HEAD, Buffer.alloc(random(50)), END])),
				() => writeFile(place_of(), Buffer.concat([HEAD, Buffer.alloc(random(50)), END])),
				() => rename(place_of(), place_of()),
				() => rm(place_of()),
				() => rm(sample(TWO), { recursive: true }),
				() => mkdir(sample(TWO), { recursive: true }),
				() => rename(sample(TWO), sample('.aside')),
				() => rename(sample('.aside'), sample(TWO)),
			];
			const start = await scan();
			for (let step = 0; step < 400; step++) {
				// Directories come and go less often than files.
				await deeds[random(step % 10 ? 4 : deeds.length)]().catch(quietly);
				if (step % 25 === 0) await pause(random(40));
			}
			await mkdir(sample(TWO), { recursive: true });
			await eventually(
				'both show the same',
				async () => {
					const images = await scan();
					const want = images.map((image) => line(image.relative_path, image.dimensions, image.version)).sort();
					return want.join('\n') === follow(start, feed.messages).join('\n');
				},
				120,
			);
			assert.equal(feed.all('resync').length, 0);
			await rm(sample('.aside'), { recursive: true, force: true });
			await told();
		});
		test('a sample_dir that goes and comes back', async () => {
			await rename(sample(), `${sample()}-away`);
			await feed.type('resync');
			await rename(`${sample()}-away`, sample());
			await feed.type('resync');
			feed.forget();
			await write(ONE, 'back=1.png');
			await feed.next('the image', ({ path: name }) => name === `${ONE}/back=1.png`);
		});
	});
}

describe('the connection', () => {
	let stack;
	let place;

	before(async () => {
		place = await populate(await makePlace());
		stack = await startStack({ place, config: { allowed_hosts: ['samples.example.org'] } });
	});
	afterEach(async () => {
		for (const client of clients.splice(0)) await client.close();
		await eventually('no feed is left', async () => (await feeds(stack)).length === 0);
	});
	after(async () => {
		await stack.stop();
		await rm(place, { recursive: true });
	});
	const write = (name) => writeFile(path.join(place, 'samples', ONE, name), PICTURE);
	const told = (feed, name) => feed.next(name, ({ path: told_path }) => told_path === `${ONE}/${name}`);

	test('begins with hello, of the version that /health tells', async () => {
		const feed = await connect(stack);
		const { version } = (await get(stack, '/health')).json;
		assert.deepEqual(feed.messages[0], { type: 'hello', version, watching: true });
	});
	test('hello comes first, whatever the client says and however early', async () => {
		for (let round = 0; round < 20; round++) {
			const feed = new Feed(stack);
			clients.push(feed);
			feed.socket.addEventListener('open', () => feed.send('?'));
			await feed.type('error');
			assert.deepEqual(feed.messages.map(({ type }) => type), ['hello', 'error']);
		}
	});
	test('has a heartbeat', async () => {
		const feed = await connect(stack);
		assert.deepEqual(await feed.type('heartbeat'), { type: 'heartbeat', watching: true });
	});
	test('answers what it does not understand, and goes on', async () => {
		const feed = await connect(stack);
		const answer = async (message) => {
			feed.send(message);
			return (await feed.type('error')).code;
		};
		for (const message of ['', '{', '[]', '"watch"', '{}', { type: 'unwatch' }, { type: 'watch' }, { type: 'watch', training_run_id: 7 }, { type: 7 }]) {
			assert.equal(await answer(message), 'invalid_message', JSON.stringify(message));
		}
		for (const id of ['', 'x', '0'.repeat(16), 'F'.repeat(16), '../../etc', '*', '0'.repeat(17)]) {
			assert.equal(await answer({ type: 'watch', training_run_id: id }), 'unknown_training_run', id);
		}
		assert.equal(await answer('x'.repeat(5000)), 'message_too_long');
		await write('understood=1.png');
		await told(feed, 'understood=1.png');
		assert.ok(feed.messages.every(({ type, detail }) => type !== 'error' || detail.length > 10));
	});
	test('bears a client that floods it', async () => {
		const feed = await connect(stack);
		const id = (await get(stack, '/api/training-runs')).json.find(({ name }) => name === 'run').id;
		for (let index = 0; index < 20000; index++) {
			feed.send(index % 2 ? 'x'.repeat(300) : { type: 'watch', training_run_id: id });
		}
		await write('flooded=1.png');
		await told(feed, 'flooded=1.png');
	});
	test('drops a client that never reads, and no other', async () => {
		const reader = await connect(stack);
		const { socket, status } = await upgrade(stack.port);
		assert.equal(status, 101);
		socket.pause();
		await eventually('both have a feed', async () => (await feeds(stack)).length === 2);
		const one = path.join(place, 'samples', ONE, 'there=1.png');
		const two = path.join(place, 'samples', ONE, `there=1&${'padding='.padEnd(200, 'x')}.png`);
		await write('there=1.png');
		const closed = once(socket, 'close');
		// Whatever the buffers on the way hold, some day they are full.
		for (let round = 0; (await feeds(stack)).length === 2 && round < 600; round++) {
			for (let index = 0; index < 500; index++) {
				await rename(one, two);
				await rename(two, one);
			}
			await write(`round=${round}.png`);
			await told(reader, `round=${round}.png`);
			reader.forget();
		}
		await eventually('one feed is left', async () => (await feeds(stack)).length === 1, 60);
		socket.resume();
		await closed;
		await write('still=1.png');
		await told(reader, 'still=1.png');
	});
	test('64 at once are served, the next one is told to wait', async () => {
		const crowd = await Promise.all(Array.from({ length: 64 }, () => connect(stack)));
		const refused = await upgrade(stack.port);
		assert.equal(refused.status, 429);
		assert.equal(refused.headers['content-type'], 'application/problem+json');
		assert.ok(Number(refused.headers['retry-after']) > 0);
		assert.equal(JSON.parse(refused.text).code, 'too_many_requests');
		await write('crowd=1.png');
		await Promise.all(crowd.map((feed) => told(feed, 'crowd=1.png')));
		assert.equal((await processesOf(stack.runtimeDirectory)).filter(({ command }) => WATCHER.test(command)).length, 1);
		await crowd[0].close();
		await eventually('there is room again', async () => {
			const next = await upgrade(stack.port);
			next.socket?.destroy();
			return next.status === 101;
		});
	});
});

describe('trust', () => {
	let stack;

	before(async () => (stack = await startStack({ config: { allowed_hosts: ['samples.example.org'] } })));
	after(() => stack.stop());

	const cases = [
		['no Origin', {}, 101],
		['the same Origin', { Host: 'box:1234', Origin: 'http://box:1234' }, 101],
		['the same Origin behind TLS', { Host: 'box', Origin: 'https://box' }, 101],
		['an allowed Origin', { Host: 'box', Origin: 'https://samples.example.org' }, 101],
		['a foreign Origin', { Host: 'box', Origin: 'http://evil.example' }, 403, 'cross_site'],
		['another port\'s Origin', { Host: 'box:1', Origin: 'http://box:2' }, 403, 'cross_site'],
		['a page from a file', { Host: 'box', Origin: 'null' }, 403, 'cross_site'],
		['the Origin that only nginx sets', { Host: 'box', Origin: 'http://feed.invalid' }, 403, 'cross_site'],
		['a foreign Host', { Host: 'evil.example', Origin: 'http://evil.example' }, 421, 'foreign_host'],
		['no upgrade', { Connection: 'close', Upgrade: '' }, 426, 'upgrade_required'],
		['another protocol', { Upgrade: 'h2c' }, 426, 'upgrade_required'],
	];
	for (const [name, headers, status, code] of cases) {
		test(`${name}: ${status}`, async () => {
			const answer = await upgrade(stack.port, headers);
			answer.socket?.destroy();
			assert.equal(answer.status, status);
			if (!code) return;
			assert.equal(answer.headers['content-type'], 'application/problem+json');
			assert.equal(JSON.parse(answer.text).code, code);
		});
	}
	test('other methods and paths are not the feed', async () => {
		assert.equal((await upgrade(stack.port, {}, { method: 'POST' })).status, 405);
		for (const target of ['/api/ws/', '/api/ws/x', '/api/WS']) assert.equal((await upgrade(stack.port, {}, { target })).status, 404);
	});
	test('who finds websocketd\'s own port gets nothing', async () => {
		const port = Number(await readFile(path.join(stack.runtimeDirectory, 'feed.port'), 'utf8'));
		for (const headers of [{}, { Origin: 'http://evil.example' }, { Origin: `http://127.0.0.1:${port}` }, { Origin: 'null' }]) {
			assert.equal((await upgrade(port, headers, { target: '/' })).status, 403);
		}
	});
});

describe('processes that die', () => {
	let stack;
	let place;

	before(async () => {
		place = await populate(await makePlace());
		stack = await startStack({ place });
	});
	after(async () => {
		for (const client of clients.splice(0)) await client.close();
		await stack.stop();
		await rm(place, { recursive: true });
	});
	const write = (name) => writeFile(path.join(place, 'samples', ONE, name), PICTURE);
	const told = (feed, name) => feed.next(name, ({ path: told_path }) => told_path === `${ONE}/${name}`);
	const kill = async (pattern, signal = 'SIGKILL') => process.kill((await processNamed(stack, pattern)).pid, signal);

	test('websocketd: its feeds go with it, and a browser that connects again is served', async () => {
		const feed = await connect(stack);
		const old = (await feeds(stack)).map(({ pid }) => pid);
		await kill(KEEPER);
		await eventually('the browser notices', () => feed.closed);
		await eventually('the feed is gone', async () => !(await feeds(stack)).some(({ pid }) => old.includes(pid)));
		const again = await eventually('it can connect again', async () => {
			const next = new Feed(stack);
			await eventually('an answer', () => next.closed || next.messages.length > 0);
			return next.closed ? false : next;
		});
		clients.push(again);
		await write('again=1.png');
		await told(again, 'again=1.png');
	});
	test('a feed goes with who started it, although its input stays open', async () => {
		const program = path.join(root, 'build/release/bin/feed');
		const parent = spawn('sh', ['-c', '"$0" <&3 & echo $!; wait', program], {
			stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
			env: { ...process.env, RUNTIME_DIR: stack.runtimeDirectory },
		});
		let output = '';
		parent.stdout.on('data', (data) => (output += data));
		await eventually('it says hello', () => output.includes('"hello"'));
		const pid = Number(/^(\d+)$/m.exec(output)[1]);
		const lives = () => readFile(`/proc/${pid}/cmdline`, 'utf8').then((command) => command !== '', () => false);
		try {
			assert.ok(await lives());
			parent.kill('SIGKILL');
			await eventually('it is gone', async () => !(await lives()));
		} finally {
			if (await lives()) process.kill(pid);
			parent.stdio[3].destroy();
		}
	});
	test('a message without end is not taken in whole, and the feed comes back', async () => {
		const feed = await connect(stack);
		const { socket } = await upgrade(stack.port);
		// One masked text frame of a tebibyte.
		const head = Buffer.from([0x81, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
		const part = Buffer.alloc(1 << 20, 'x');
		const closed = once(socket, 'close').catch(() => {});
		socket.write(head);
		// nginx may go on swallowing it when nobody is behind it any more.
		for (let sent = 0; !feed.closed && !socket.destroyed && sent < 400; sent++) {
			if (!socket.write(part)) await Promise.race([once(socket, 'drain').catch(() => {}), closed]);
		}
		await eventually('the other browser notices', () => feed.closed);
		socket.destroy();
		const again = await eventually('it can connect again', async () => {
			const next = new Feed(stack);
			await eventually('an answer', () => next.closed || next.messages.length > 0);
			return next.closed ? false : next;
		});
		clients.push(again);
		await write('huge=1.png');
		await told(again, 'huge=1.png');
	});
	test('the watcher: who follows it hears so, and that something may have been missed', async () => {
		const feed = await connect(stack);
		await kill(WATCHER);
		await write('missed=1.png');
		assert.deepEqual(await feed.type('heartbeat'), { type: 'heartbeat', watching: false });
		assert.deepEqual(await feed.type('heartbeat'), { type: 'heartbeat', watching: true });
		await feed.type('resync');
		await write('after=1.png');
		await told(feed, 'after=1.png');
		assert.equal(feed.closed, false);
	});
	test('a queue of events that runs over is told, and afterwards nothing is wrong', async () => {
		const feed = await connect(stack);
		const most = Number(await readFile('/proc/sys/fs/inotify/max_queued_events', 'utf8'));
		// No images: thousands of messages about them could be too much for the feed, which has a resync of its own for that.
		const one = path.join(place, 'samples', ONE, 'over.part');
		const two = path.join(place, 'samples', ONE, 'over.new');
		await writeFile(one, PICTURE);
		await write('over=1.png');
		await told(feed, 'over=1.png');
		feed.forget();
		await kill(WATCHER, 'SIGSTOP');
		for (let index = 0; index * 4 <= most; index++) {
			await rename(one, two);
			await rename(two, one);
		}
		await write('lost=1.png');
		await kill(WATCHER, 'SIGCONT');
		await feed.type('resync');
		await write('over=3.png');
		await told(feed, 'over=3.png');
		await rm(path.join(place, 'samples', ONE, 'lost=1.png'));
		await feed.next('the removal', ({ type, path: name }) => type === 'image_removed' && name === `${ONE}/lost=1.png`);
		assert.equal(feed.all('resync').length, 1);
	});
	test('/health says what is missing, and everything else goes on', async () => {
		const health = async (pattern) => {
			const { status, json } = await get(stack, '/health');
			return status === 200 && pattern.test(json.checks.feed) && json;
		};
		await eventually('all is well', () => health(/^ok$/));
		await kill(KEEPER, 'SIGKILL');
		const ill = await eventually('/health says so', () => health(/websocketd is not running/));
		assert.equal(ill.status, 'degraded');
		await eventually('all is well again', () => health(/^ok$/));
		await kill(WATCHER);
		await eventually('/health says so', () => health(/watcher is not running/));
		await eventually('all is well again', () => health(/^ok$/));
	});
	test('hello comes although sample_dir is missing, and a resync when it appears', async () => {
		await rename(path.join(place, 'samples'), path.join(place, 'away'));
		const feed = await connect(stack);
		assert.equal(feed.messages[0].watching, true);
		await eventually('/health says so', async () => /does not find sample_dir/.test((await get(stack, '/health')).json.checks.feed));
		await rename(path.join(place, 'away'), path.join(place, 'samples'));
		await feed.type('resync');
	});
	test('a websocketd that hangs is no feed, although it takes connections', async () => {
		const check = async () => (await get(stack, '/health')).json.checks.feed;
		await eventually('all is well', async () => (await check()) === 'ok');
		await kill(KEEPER, 'SIGSTOP');
		assert.match(await check(), /websocketd does not answer/);
		await kill(KEEPER, 'SIGCONT');
		await eventually('all is well again', async () => (await check()) === 'ok');
	});
});

describe('health checks', () => {
	let stack;
	let front;

	before(async () => {
		stack = await startStack();
		// As in a container, where websocketd is reached over a socket.
		const port = Number(await readFile(path.join(stack.runtimeDirectory, 'feed.port'), 'utf8'));
		front = net.createServer((socket) => socket.on('error', () => {}).pipe(net.connect(port, '127.0.0.1').on('error', () => {})).pipe(socket));
		front.listen(path.join(stack.runtimeDirectory, 'feed.sock'));
		await once(front, 'listening');
	});
	after(async () => {
		for (const client of clients.splice(0)) await client.close();
		front.close();
		await stack.stop();
	});
	const ask = () =>
		new Promise((resolve, reject) => {
			const socket = new WebSocket(`ws://127.0.0.1:${stack.port}/api/ws?check`);
			socket.addEventListener('message', ({ data }) => resolve(JSON.parse(data)));
			socket.addEventListener('close', () => reject(new Error('no answer')));
		});
	const containerHealth = (service = 'feed', environment = {}) =>
		promisify(execFile)('sh', [path.join(root, 'common/stack/container-health.sh'), service], {
			env: { ...process.env, RUNTIME_DIR: stack.runtimeDirectory, ...environment },
		}).then(
			() => 'ok',
			({ stdout }) => stdout.trim(),
		);

	test('make the watcher watch nothing', async () => {
		await eventually('/health is well', async () => (await get(stack, '/health')).json.checks.feed === 'ok');
		assert.equal(await containerHealth(), 'ok');
		assert.deepEqual(await ask(), { type: 'check', watcher: 'idle' });
		const feed = await connect(stack);
		assert.deepEqual(await ask(), { type: 'check', watcher: 'inotify' });
		await feed.close();
		assert.equal(await containerHealth(), 'ok');
		assert.equal((await get(stack, '/health')).json.checks.feed, 'ok');
	});
	test('find nothing wrong where as many browsers are served as may be', async () => {
		const crowd = await Promise.all(Array.from({ length: 64 }, () => Feed.open(stack)));
		try {
			assert.equal((await upgrade(stack.port)).status, 429);
			assert.equal(await containerHealth(), 'ok');
			assert.equal((await get(stack, '/health')).json.checks.feed, 'ok');
		} finally {
			await Promise.all(crowd.map((feed) => feed.close()));
		}
	});
	test('let pools be busy that wait or compute, and no others', async () => {
		const place = await mkdtemp(path.join(tmpdir(), 'health-'));
		const ask = (busy) => containerHealth('api', { PATH: `${place}:${process.env.PATH}`, SERVICE_DIR: path.join(place, 'service'), BUSY: busy });
		try {
			for (const pool of ['catalog', 'presets', 'previews', 'comfyui', 'jobs']) await mkdir(path.join(place, 'service', pool), { recursive: true });
			// What is asked: a pool all of whose processes are at work takes the connection and answers nothing.
			await writeFile(path.join(place, 'cgi-fcgi'), `#!/bin/sh
for socket; do :; done
case " $BUSY " in *" \${socket%.sock} "*) exec sleep 60 ;; esac
printf 'Status: 200 OK\r\n\r\n{"checks":{"database":"ok"}}'
`, { mode: 0o755 });
			assert.equal(await ask(''), 'ok');
			assert.equal(await ask('previews comfyui jobs'), 'ok');
			assert.equal(await ask('jobs presets'), 'presets: no answer');
			assert.equal(await ask('catalog'), 'catalog: no answer');
		} finally {
			await rm(place, { recursive: true });
		}
	});
	test('say what is wrong', async () => {
		const { pid } = await processNamed(stack, WATCHER);
		process.kill(pid, 'SIGSTOP');
		assert.equal(await containerHealth(), 'the watcher does not answer');
		assert.match((await get(stack, '/health')).json.checks.feed, /the watcher does not answer/);
		process.kill(pid, 'SIGCONT');
		assert.equal(await containerHealth(), 'ok');
		front.close();
		await eventually('the container says so', async () => (await containerHealth()) === 'the feed does not answer');
	});
});

describe('jobs', () => {
	let stack;
	let feed;
	let worker;
	let database;
	const JOB = '00000000-0000-4000-8000-000000000001';
	const NOW = '2026-01-02T03:04:05.678Z';

	before(async () => {
		stack = await startStack();
		// These jobs are the test's own: the worker is to leave them alone.
		worker = await eventually('the worker runs', () => processNamed(stack, WORKER));
		process.kill(worker.pid, 'SIGSTOP');
		feed = await connect(stack);
		// Another process that commits, as the worker does.
		database = new DatabaseSync(path.join(stack.directory, 'data', 'checkpoint-sampler.db'), { timeout: 5000 });
	});
	after(async () => {
		database.close();
		for (const client of clients.splice(0)) await client.close();
		process.kill(worker.pid, 'SIGCONT');
		await stack.stop();
	});
	const insertJob = (id) => {
		database.exec('BEGIN IMMEDIATE');
		database
			.prepare(
				`INSERT INTO sample_jobs (id, training_run_name, sample_preset_name, workflow_name, workflow_digest, width, height, mean_steps, existing, status, total_items, total_checkpoints, created_at, updated_at)
				VALUES (?, 'run', 'preset', 'flux.json', '', 64, 64, 8, 'skip', 'pending', 4, 2, ?, ?)`,
			)
			.run(id, NOW, NOW);
		const checkpoint = database.prepare("INSERT INTO sample_job_checkpoints (job_id, checkpoint_filename, path, size, modified, total_items) VALUES (?, ?, '', 1, 1, 2)");
		const item = database.prepare(
			`INSERT INTO sample_job_items (id, job_id, checkpoint_filename, prompt_name, steps, cfg, sampler_name, scheduler, seed, created_at, updated_at)
			VALUES (?, ?, ?, 'forest', 8, '1.25', 'euler', 'simple', '18446744073709551615', ?, ?)`,
		);
		for (const name of [ONE, TWO]) {
			checkpoint.run(id, name);
			for (let index = 0; index < 2; index++) item.run(crypto.randomUUID(), id, name, NOW, NOW);
		}
		database.exec('COMMIT');
	};
	const counts = { total_items: 4, completed_items: 0, failed_items: 0, skipped_items: 0, pending_items: 4, checkpoints_completed: 0, total_checkpoints: 2 };

	test('a job that is created, and each step of it', async () => {
		insertJob(JOB);
		assert.deepEqual(await feed.type('job_progress'), { type: 'job_progress', job_id: JOB, status: 'pending', stopping: false, ...counts });
		database.exec("UPDATE sample_jobs SET status = 'running', seconds_per_image = 2.5");
		assert.equal((await feed.type('job_progress')).seconds_remaining, 10);
		database.exec("UPDATE sample_job_items SET status = 'running', sampler_step = 3, sampler_steps = 8 WHERE number = 1");
		const { estimated_completion_time: end, ...running } = await feed.type('job_progress');
		assert.ok(Date.parse(end) > Date.now() - 60000);
		assert.deepEqual(running, {
			type: 'job_progress',
			job_id: JOB,
			status: 'running',
			stopping: false,
			...counts,
			current_checkpoint: ONE,
			current_checkpoint_progress: 0,
			current_checkpoint_total: 2,
			current_item: { prompt_name: 'forest', steps: 8, cfg: 1.25, sampler_name: 'euler', scheduler: 'simple', seed: 18446744073709552000, step: 3, step_total: 8 },
			seconds_per_image: 2.5,
			seconds_remaining: 9.062,
		});
		database.exec("UPDATE sample_job_items SET status = 'completed', output_path = 'x' WHERE number <= 2");
		const done = await feed.type('job_progress');
		assert.deepEqual([done.completed_items, done.pending_items, done.checkpoints_completed, done.current_item], [2, 2, 1, undefined]);
	});
	test('a seed of 64 bits is exact in the text', async () => {
		const texts = [];
		feed.socket.addEventListener('message', ({ data }) => texts.push(data));
		database.exec("UPDATE sample_job_items SET status = 'running' WHERE number = 3");
		await feed.type('job_progress');
		assert.ok(texts.some((text) => text.includes('"seed":18446744073709551615}')));
	});
	test('why a job waits, and that it is being stopped', async () => {
		database.exec(`UPDATE sample_jobs SET stopping = 1, waiting_reason = 'ComfyUI is away', waiting_since = '${NOW}'`);
		const message = await feed.type('job_progress');
		assert.deepEqual([message.stopping, message.waiting], [true, { reason: 'ComfyUI is away', since: NOW }]);
	});
	test('a change that is undone is not told', async () => {
		database.exec("BEGIN IMMEDIATE; UPDATE sample_jobs SET seconds_per_image = 7; ROLLBACK");
		database.exec("UPDATE sample_jobs SET status = 'paused', stopping = 0, waiting_reason = NULL, waiting_since = NULL");
		assert.equal((await feed.type('job_progress')).status, 'paused');
	});
	test('several jobs changed by one commit', async () => {
		const second = JOB.replace(/1$/, '2');
		insertJob(second);
		await feed.type('job_progress');
		feed.forget();
		database.exec("UPDATE sample_jobs SET status = 'completed'");
		await eventually('both are told', () => feed.all('job_progress').length === 2);
		assert.deepEqual(feed.all('job_progress').map(({ job_id: id }) => id).sort(), [JOB, second]);
	});
	test('a job that is deleted', async () => {
		database.exec(`DELETE FROM sample_jobs WHERE id = '${JOB}'`);
		assert.deepEqual(await feed.type('job_deleted'), { type: 'job_deleted', job_id: JOB });
	});
	test('the state of ComfyUI, when it changes', async () => {
		database.exec(`INSERT INTO comfyui_state VALUES (1, 0, NULL, 'connection refused', '${NOW}')`);
		assert.deepEqual(await feed.type('comfyui_status'), { type: 'comfyui_status', connected: false, error: 'connection refused' });
		feed.forget();
		database.exec("UPDATE comfyui_state SET checked_at = '2026-01-02T03:04:06.678Z'");
		database.exec("UPDATE comfyui_state SET connected = 1, error = NULL, version = '0.3.40'");
		assert.deepEqual(await feed.type('comfyui_status'), { type: 'comfyui_status', connected: true });
		assert.equal(feed.all('comfyui_status').length, 1);
	});
	test('a client that watches one run hears of all jobs', async () => {
		const narrow = await connect(stack);
		narrow.send({ type: 'watch', training_run_id: '0'.repeat(16) });
		await narrow.type('error');
		insertJob(JOB);
		assert.equal((await narrow.type('job_progress')).job_id, JOB);
	});
});
