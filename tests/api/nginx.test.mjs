// What nginx itself decides: whom to trust, which paths to refuse, how files are served, what its errors look like.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { get, raw, request, send } from './client.mjs';
import { eventually, makePlace, processesOf, root, startStack } from './stack.mjs';

const CSP =
	"default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";
const SECRET = 'nobody may read this';
const PICTURE = Buffer.from('\x89PNG\r\n\x1a\n0123456789', 'latin1');

let stack;
let place;

before(async () => {
	place = await makePlace();
	const samples = path.join(place, 'samples');
	await mkdir(path.join(samples, 'run.safetensors'));
	await mkdir(path.join(samples, 'run.safetensors', 'directory.png'));
	await mkdir(path.join(samples, 'odd "dir$uri;}'));
	await mkdir(path.join(place, 'outside'));
	const write = (name, content) => writeFile(path.join(samples, name), content);
	await write('run.safetensors/a=1&b=c%20#+"?.png', PICTURE);
	await write('run.safetensors/seed=1.PNG', PICTURE);
	await write('run.safetensors/seed=2.jpg', PICTURE);
	await write('run.safetensors/seed=3.webp', PICTURE);
	await write('run.safetensors/notes.txt', SECRET);
	await write('run.safetensors/metadata', SECRET);
	await write('run.safetensors/line\nbreak.png', PICTURE);
	await write('odd "dir$uri;}/ü ö.png', PICTURE);
	await write('top.png', PICTURE);
	await writeFile(path.join(place, 'secret.png'), SECRET);
	await writeFile(path.join(place, 'outside', 'secret.png'), SECRET);
	await symlink('../../secret.png', path.join(samples, 'run.safetensors', 'link.png'));
	await symlink('seed=1.PNG', path.join(samples, 'run.safetensors', 'inner.png'));
	await symlink('../outside', path.join(samples, 'linked'));
	execFileSync('mkfifo', [path.join(samples, 'run.safetensors', 'pipe.png')]);
	// sample_dir itself may be a link, and be called what it likes.
	await symlink('samples', path.join(place, 'my "samples" $uri;}'));
	stack = await startStack({
		place,
		config: {
			sample_dir: path.join(place, 'my "samples" $uri;}'),
			allowed_hosts: ['samples.example.org', '.Example.net'],
		},
	});
});

after(async () => {
	await stack?.stop();
	await rm(place, { recursive: true, force: true });
});

const image = (name) => `/api/images/${name.split('/').map(encodeURIComponent).join('/')}`;

function assertProblem(answer, status, code) {
	assert.equal(answer.status, status);
	assert.equal(answer.headers['content-type'], 'application/problem+json');
	assert.equal(JSON.parse(answer.text).code, code);
}

describe('trust: the name a request is addressed to', () => {
	const everywhere = ['/health', '/api/presets', '/api/images/top.png', '/', '/docs/'];
	const trusted = [
		'127.0.0.1', '127.0.0.1:8080', '192.168.1.20', '10.0.0.1:1', '[::1]', '[fe80::1]:8080', '[2001:DB8::7]',
		'localhost', 'LOCALHOST:9', 'workstation', 'gpu-box_2', 'nas.local', 'a.b.lan', 'x.home', 'x.internal',
		'x.home.arpa', 'x.localdomain', 'x.intranet', 'x.corp', 'x.private', 'x.test', 'nas.local.',
		os.hostname(), 'samples.example.org', 'Samples.Example.Org:444', 'example.net', 'a.example.net', 'a.b.example.net',
	];
	const foreign = [
		'evil.example', 'example.org', 'x.samples.example.org', 'samples.example.org.evil.example', 'evilexample.net',
		'samplesxexample.org', 'local.evil.example', 'home.arpa.evil.example', 'x.arpa', '127.0.0.1.evil.example', '1.2.3.4.nip.example',
		'1.2.3', '1.2.3.4.5', 'x.localhost.evil.example', 'xn--80ak6aa92e.example', 'evil.example:8080', 'evil.example.',
	];

	for (const host of trusted) {
		test(`${host} is trusted`, async () => {
			assert.equal((await get(stack, '/health', { Host: host })).status, 200);
		});
	}
	for (const host of foreign) {
		test(`${host} is foreign`, async () => {
			for (const target of everywhere) {
				assertProblem(await get(stack, target, { Host: host }), 421, 'foreign_host');
			}
		});
	}
	test('the refusal has the line to add to the configuration', async () => {
		const { json } = await get(stack, '/health', { Host: 'photos.example.com:8080' });
		assert.match(json.detail, /allowed_hosts: \[photos\.example\.com\]/);
	});
	test('a person gets a page, under /api a problem', async () => {
		const headers = { Host: 'photos.example.com', Accept: 'text/html,*/*;q=0.8' };
		const page = await get(stack, '/some/route', headers);
		assert.equal(page.status, 421);
		assert.match(page.headers['content-type'], /^text\/html/);
		assert.match(page.text, /allowed_hosts:\n {2}- photos\.example\.com/);
		assertProblem(await get(stack, '/api/presets', headers), 421, 'foreign_host');
	});
	test('a name that could break out of the answer is not repeated', async () => {
		const answer = await raw(stack, 'GET /health HTTP/1.1\r\nHost: a"<b>\\c\r\n\r\n');
		assertProblem(answer, 421, 'foreign_host');
		assert.doesNotMatch(answer.text, /<b>/);
	});
	test('a request without Host names nobody', async () => {
		assertProblem(await raw(stack, 'GET /health HTTP/1.0\r\n\r\n'), 421, 'foreign_host');
		assertProblem(await raw(stack, 'GET /health HTTP/1.1\r\n\r\n'), 400, 'bad_request');
	});
	test('the host in the request line counts, and two Hosts are refused', async () => {
		assertProblem(await raw(stack, 'GET http://evil.example/health HTTP/1.1\r\nHost: localhost\r\n\r\n'), 421, 'foreign_host');
		assertProblem(await raw(stack, 'GET /health HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n'), 400, 'bad_request');
	});
});

describe('trust: the site a request comes from', () => {
	const host = () => `127.0.0.1:${stack.port}`;
	const calls = [['GET', '/health'], ['GET', '/api/presets'], ['POST', '/api/presets'], ['DELETE', '/api/presets/x'], ['GET', '/api/images/top.png']];

	test('no Origin, this host with any scheme, and allowed_hosts are trusted', async () => {
		const origins = [undefined, `http://${host()}`, `https://${host()}`, 'https://samples.example.org', 'http://a.example.net:81', 'HTTPS://EXAMPLE.NET'];
		for (const origin of origins) {
			const headers = { Host: host(), ...(origin && { Origin: origin }) };
			assert.equal((await get(stack, '/api/presets', headers)).status, 200, origin);
		}
		// TLS may end in front of the service, which then sees the public name as Host.
		assert.equal((await get(stack, '/health', { Host: 'samples.example.org', Origin: 'https://samples.example.org' })).status, 200);
	});
	test('every other Origin is refused, whatever the method', async () => {
		const origins = [
			'null', 'http://evil.example', 'http://127.0.0.1', `http://127.0.0.1:${stack.port + 1}`, `http://localhost:${stack.port}`,
			`http://evil.example|127.0.0.1:${stack.port}`, `http://127.0.0.1:${stack.port}.evil.example`, 'https://samples.example.org.evil.example',
			'https://xsamples.example.org', 'https://evilexample.net', 'file://', 'chrome-extension://samples.example.org', `${stack.port}`,
		];
		for (const origin of origins) {
			for (const [method, target] of calls) {
				const answer = await request(stack, method, target, { headers: { Host: host(), Origin: origin } });
				assertProblem(answer, 403, 'cross_site');
			}
		}
	});
});

describe('paths', () => {
	const faulty = [
		'/api/images/../secret.png', '/api/images/run.safetensors/../../../secret.png', '/api/images/%2e%2e/secret.png',
		'/api/images/.%2E/secret.png', '/api/images/%2e./%2e%2e/secret.png', '/api/images/..%2fsecret.png', '/api/images/..%2Fsecret.png',
		'/api/images/%2e%2e%2fsecret.png', '/api/images/run.safetensors%2fseed=1.PNG', '/api/images/..\\secret.png', '/api/images/..%5csecret.png',
		'/api/images/..%5Csecret.png', '/api/images//etc/passwd', '//etc/passwd', '/api//images/top.png', '/api/images/./top.png',
		'/api/images/%2e/top.png', '/api/images/top.png/..', '/api/images/..', '/api/images/.', '/api/images/top%00.png', '/api/images/top.png%00.txt',
		'/api/images/%', '/api/images/%zz.png', '/api/images/%2', '/../etc/passwd', '/..', '/%2e%2e/%2e%2e/etc/passwd', '/assets/../../secret.png',
		'/assets/..%2f..%2fsecret.png', '/docs/../index.html', '/docs//index.html', '/api/training-runs/../presets', '/api/presets/%2f',
		'/api/images/top.png#x', '/health/..', '/api/checkpoints/..%2f..%2fsecret.png/metadata',
	];
	for (const target of faulty) {
		test(`${target} is refused`, async () => {
			const answer = await raw(stack, `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
			assertProblem(answer, 400, 'invalid_path');
			assert.doesNotMatch(answer.text, new RegExp(SECRET));
		});
	}
	const nowhere = [
		'/api/images../secret.png', '/api/images/%252e%252e/secret.png', '/api/images/..;/secret.png', '/api/images/%c0%ae%c0%ae/secret.png',
		'/api/images/%ef%bc%8e%ef%bc%8e/secret.png', '/api/images/...', '/api/images/~/secret.png', '/api/images/',
	];
	for (const target of nowhere) {
		test(`${target} leads nowhere`, async () => {
			assertProblem(await raw(stack, `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`), 404, 'not_found');
		});
	}
	test('the same holds where the request line names the host, and not for what is in a query', async () => {
		const absolute = (target) => raw(stack, `GET http://localhost${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
		assertProblem(await absolute('/api/images/..%2fsecret.png'), 400, 'invalid_path');
		assert.equal((await absolute('/health')).status, 200);
		assert.equal((await get(stack, '/api/images/top.png?v=a//b/../%2f%5c')).status, 200);
	});
});

describe('images', () => {
	test('come as they are, whatever they are called', async () => {
		for (const name of ['run.safetensors/a=1&b=c%20#+"?.png', 'odd "dir$uri;}/ü ö.png', 'run.safetensors/line\nbreak.png', 'top.png']) {
			const answer = await get(stack, `${image(name)}?v=1`);
			assert.equal(answer.status, 200, name);
			assert.deepEqual(answer.bytes, PICTURE);
			assert.equal(answer.headers['content-type'], 'image/png');
			assert.equal(answer.headers['cache-control'], 'max-age=31536000, immutable');
			assert.equal(answer.headers['x-content-type-options'], 'nosniff');
		}
	});
	test('have the type of their extension, in any case', async () => {
		for (const [name, type] of [['seed=1.PNG', 'image/png'], ['seed=2.jpg', 'image/jpeg'], ['seed=3.webp', 'image/webp']]) {
			assert.equal((await get(stack, image(`run.safetensors/${name}`))).headers['content-type'], type);
		}
	});
	test('are asked for again at no cost, and in parts', async () => {
		const { etag } = (await get(stack, '/api/images/top.png')).headers;
		assert.equal((await get(stack, '/api/images/top.png', { 'If-None-Match': etag })).status, 304);
		assert.equal((await get(stack, '/api/images/top.png', { 'If-None-Match': '"other"' })).status, 200);
		const part = await get(stack, '/api/images/top.png', { Range: 'bytes=8-11' });
		assert.equal(part.status, 206);
		assert.equal(part.text, '0123');
		const head = await request(stack, 'HEAD', '/api/images/top.png');
		assert.equal(head.status, 200);
		assert.equal(head.headers['content-length'], String(PICTURE.length));
		assert.equal(head.bytes.length, 0);
	});
	test('are nothing but image files', async () => {
		for (const name of ['run.safetensors/notes.txt', 'run.safetensors/metadata', 'run.safetensors/directory.png', 'run.safetensors/pipe.png', 'run.safetensors', 'run.safetensors/none.png']) {
			assertProblem(await get(stack, image(name)), 404, 'not_found');
		}
	});
	test('are not reached over symbolic links below sample_dir', async () => {
		for (const name of ['run.safetensors/link.png', 'run.safetensors/inner.png']) {
			assertProblem(await get(stack, image(name)), 403, 'unreadable');
		}
		assertProblem(await get(stack, image('linked/secret.png')), 404, 'not_found');
	});
	test('are only read', async () => {
		for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND']) {
			const answer = await request(stack, method, '/api/images/top.png');
			assertProblem(answer, 405, 'method_not_allowed');
			assert.equal(answer.headers.allow, 'GET, HEAD');
		}
	});
	test('whose metadata is asked for are the catalog\'s', async () => {
		const answer = await get(stack, `${image('run.safetensors/seed=2.jpg')}/metadata`);
		assert.equal(answer.status, 200);
		assert.deepEqual(answer.json, { metadata: {} });
	});
});

describe('the app', () => {
	test('is one page for all its routes, asked for each time', async () => {
		for (const target of ['/', '/runs/abc', '/index.html']) {
			const answer = await get(stack, target);
			assert.equal(answer.status, 200);
			assert.equal(answer.headers['content-type'], 'text/html; charset=utf-8');
			assert.equal(answer.headers['cache-control'], 'no-cache');
			assert.equal(answer.headers['content-security-policy'], CSP);
			assert.match(answer.text, /<script type="module"/);
		}
		const { etag } = (await get(stack, '/')).headers;
		assert.equal((await get(stack, '/', { 'If-None-Match': etag })).status, 304);
	});
	test('has hashed assets that are kept for ever, and gzipped', async () => {
		const names = await readdir(path.join(root, 'web/dist/assets'));
		for (const name of names) {
			const { status, headers } = await get(stack, `/assets/${name}`);
			assert.equal(status, 200, name);
			assert.equal(headers['cache-control'], 'max-age=31536000, immutable', name);
		}
		const script = names.find((name) => /^index-.*\.js$/.test(name));
		const answer = await get(stack, `/assets/${script}`, { 'Accept-Encoding': 'gzip' });
		assert.match(answer.headers['content-type'], /^text\/javascript/);
		assert.equal(answer.headers['content-encoding'], 'gzip');
		assert.match(answer.headers.vary, /accept-encoding/i);
		assert.deepEqual(answer.bytes, await readFile(path.join(root, 'web/dist/assets', script)));
	});
	test('says 404 for files that are missing, not its page', async () => {
		for (const target of ['/assets/gone-12345678.js', '/assets/', '/favicon.ico', '/docs/gone.js']) {
			const answer = await get(stack, target);
			assertProblem(answer, 404, 'not_found');
			assert.doesNotMatch(answer.headers['cache-control'] ?? '', /max-age/);
		}
	});
	test('is only read', async () => {
		assertProblem(await request(stack, 'POST', '/'), 405, 'method_not_allowed');
	});
	test('brings the API\'s documentation', async () => {
		const moved = await get(stack, '/docs');
		assert.equal(moved.status, 301);
		assert.equal(moved.headers.location, '/docs/');
		const page = await get(stack, '/docs/');
		assert.match(page.headers['content-type'], /^text\/html/);
		assert.equal(page.headers['content-security-policy'], CSP);
		const description = await get(stack, '/docs/openapi.yaml');
		assert.deepEqual(description.bytes, await readFile(path.join(root, 'docs/openapi.yaml')));
	});
	test('is served with the headers that keep it to itself, and without the version of nginx', async () => {
		for (const target of ['/', '/health', '/api/presets', '/api/images/top.png', '/api/none', '/assets/none.js']) {
			const { headers } = await get(stack, target);
			assert.equal(headers['content-security-policy'], CSP, target);
			assert.equal(headers['x-content-type-options'], 'nosniff', target);
			assert.equal(headers['referrer-policy'], 'same-origin', target);
			assert.equal(headers['cross-origin-resource-policy'], 'same-origin', target);
			assert.equal(headers.server, 'nginx', target);
		}
	});
});

describe('errors that nginx answers itself', () => {
	test('400: what is no HTTP', async () => {
		const requests = [
			'GARBAGE\r\n\r\n', 'GET /health HTTP/1.1\r\nHost: a b\r\n\r\n', 'GET /health HTTP/3.5\r\nHost: a\r\n\r\n', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n',
			'GET /api/presets HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n', 'POST /api/presets HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: odd\r\n\r\n',
			'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n', 'POST /api/presets HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
		];
		for (const bytes of requests) assertProblem(await raw(stack, bytes), 400, 'bad_request');
	});
	test('404: what the API does not have', async () => {
		for (const target of ['/api', '/api/', '/api/nothing', '/api/training-runsx', '/api/health', '/_cache/scan.json', '/_problem/404']) {
			const status = target.startsWith('/_') ? await raw(stack, `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`) : await get(stack, target);
			assertProblem(status, 404, 'not_found');
		}
	});
	test('405: a method that HTTP has and we do not', async () => {
		assertProblem(await raw(stack, 'TRACE /health HTTP/1.1\r\nHost: a\r\n\r\n'), 405, 'method_not_allowed');
	});
	test('412: a condition that does not hold', async () => {
		assertProblem(await get(stack, '/api/images/top.png', { 'If-Match': '"other"' }), 412, 'precondition_failed');
	});
	test('413: a body over 1 MiB, and none of exactly that', async () => {
		const body = ' '.repeat(1024 * 1024);
		assertProblem(await send(stack, 'POST', '/api/presets', `${body} `), 413, 'body_too_large');
		assert.equal((await send(stack, 'POST', '/api/presets', body)).status, 400);
	});
	test('414 and 431: a line or a header field over 16 KiB', async () => {
		assertProblem(await get(stack, `/api/presets?${'a'.repeat(17000)}`), 414, 'uri_too_long');
		assertProblem(await get(stack, '/api/presets', { 'X-Long': 'a'.repeat(17000) }), 431, 'headers_too_large');
	});
	test('416: a range that is not in the file', async () => {
		const answer = await get(stack, '/api/images/top.png', { Range: 'bytes=9999-' });
		assertProblem(answer, 416, 'range_not_satisfiable');
		assert.match(answer.headers['cache-control'], /no-store/);
	});
	test('a body without a declared length is read all the same', async () => {
		const body = '{"name": "Chunked", "mapping": {"x": "cfg"}}';
		const answer = await raw(
			stack,
			`POST /api/presets HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
		);
		assert.equal(answer.status, 201);
	});
});

describe('when a program is gone or hangs', () => {
	const service = (name) => path.join(stack.runtimeDirectory, 'service', name);
	const control = (name, ...commands) => execFileSync('s6-svc', [...commands, service(name)]);

	test('502 with Retry-After, and well again when it is back', async () => {
		control('presets', '-wD', '-d');
		const answer = await get(stack, '/api/presets');
		assertProblem(answer, 502, 'bad_gateway');
		assert.equal(answer.headers['retry-after'], '2');
		assert.equal((await get(stack, '/api/settings')).status, 200);
		control('presets', '-u');
		await eventually('presets answers again', async () => (await get(stack, '/api/presets')).status === 200);
	});
	test('504 when it does not answer in time', async () => {
		const file = path.join(stack.runtimeDirectory, 'fastcgi.conf');
		const rendered = await readFile(file, 'utf8');
		const workers = async () =>
			(await processesOf(stack.runtimeDirectory)).filter(({ command }) => /^nginx: worker process$/.test(command)).map(({ pid }) => pid);
		const reload = async () => {
			const old = await workers();
			control('nginx', '-h');
			await eventually('nginx has new workers', async () => {
				const now = await workers();
				return now.length > 0 && !now.some((pid) => old.includes(pid));
			});
		};
		const pool = (await processesOf(stack.runtimeDirectory)).filter(({ command }) => /bin\/presets$/.test(command) && !command.includes('multiwatch'));
		assert.ok(pool.length > 0);
		assert.match(rendered, /fastcgi_read_timeout 60s;/);
		await writeFile(file, rendered.replace('fastcgi_read_timeout 60s;', 'fastcgi_read_timeout 1s;'));
		await reload();
		try {
			for (const { pid } of pool) process.kill(pid, 'SIGSTOP');
			assertProblem(await get(stack, '/api/presets'), 504, 'gateway_timeout');
		} finally {
			for (const { pid } of pool) process.kill(pid, 'SIGCONT');
			await writeFile(file, rendered);
			await reload();
		}
		assert.equal((await get(stack, '/api/presets')).status, 200);
	});
});
