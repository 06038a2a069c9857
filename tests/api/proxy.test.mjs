// The web server in front that docs/operations.md describes, with TLS and a password: taken from there, and used.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { eventually, freePort, root, startStack } from './stack.mjs';

const run = promisify(execFile);
const NAME = 'samples.example.org';
let directory;
let stack;
let proxy;
let port;

before(async () => {
	const guide = await readFile(path.join(root, 'docs/operations.md'), 'utf8');
	const example = /```nginx\n([^]*?)```/.exec(guide)[1];
	const allowed = /```yaml\n(allowed_hosts: .*)\n```/.exec(guide)[1];
	stack = await startStack({ config: { allowed_hosts: [/\[(.*)\]/.exec(allowed)[1]] } });
	directory = await mkdtemp(path.join(os.tmpdir(), 'checkpoint-sampler-proxy-'));
	port = await freePort();
	const inDirectory = (name) => path.join(directory, name);
	await run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${NAME}`, '-days', '1',
		'-keyout', inDirectory('samples.key'), '-out', inDirectory('samples.pem')]);
	const { stdout } = await run('openssl', ['passwd', '-apr1', 'secret']);
	await writeFile(inDirectory('samples.htpasswd'), `alice:${stdout}`);
	await mkdir(inDirectory('temporary'));
	const server = example
		.replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
		.replace('127.0.0.1:8080', `127.0.0.1:${stack.port}`)
		.replaceAll(/\/etc\/(?:ssl|nginx)\//g, `${directory}/`);
	const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path temporary/${name};`);
	await writeFile(inDirectory('nginx.conf'), `daemon off; pid nginx.pid; ${process.getuid() === 0 ? 'user root root;' : ''}
		events {} http { access_log off; ${temporary.join(' ')} ${server} }`);
	proxy = spawn('nginx', ['-p', `${directory}/`, '-c', 'nginx.conf', '-e', 'stderr'], {
		env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
		stdio: ['ignore', 'ignore', 'inherit'],
	});
	await eventually('the web server in front answers', async () => (await ask('/').catch(() => undefined)) !== undefined);
});
after(async () => {
	proxy?.kill('SIGQUIT');
	if (proxy) await once(proxy, 'close');
	await stack?.stop();
	await rm(directory, { recursive: true, force: true });
});

const password = { Authorization: `Basic ${Buffer.from('alice:secret').toString('base64')}` };

async function ask(target, { method = 'GET', headers = {}, body } = {}) {
	const options = { host: '127.0.0.1', port, path: target, method, headers: { Host: NAME, ...headers }, rejectUnauthorized: false, agent: false };
	return new Promise((resolve, reject) => {
		const request = https.request(options);
		request.on('error', reject);
		request.on('upgrade', (response, socket) => {
			let text = '';
			socket.on('data', (part) => {
				text += part.toString('latin1');
				if (text.includes('}')) socket.destroy();
			});
			socket.on('close', () => resolve({ status: response.statusCode, text }));
		});
		request.on('response', async (response) => {
			let text = '';
			for await (const part of response) text += part;
			resolve({ status: response.statusCode, text });
		});
		request.end(body);
	});
}

test('asks for the password', async () => {
	assert.equal((await ask('/')).status, 401);
	assert.equal((await ask('/api/training-runs')).status, 401);
	assert.equal((await ask('/', { headers: password })).status, 200);
});

test('a page of this name may write, one of another name may not', async () => {
	const post = (origin) => ask('/api/presets', {
		method: 'POST',
		headers: { ...password, Origin: origin, 'Content-Type': 'application/json' },
		body: JSON.stringify({ name: 'Through the front', mapping: { x: 'cfg', combos: [] } }),
	});
	assert.equal((await post(`https://${NAME}`)).status, 201);
	const refused = await post('https://evil.example');
	assert.equal(refused.status, 403);
	assert.equal(JSON.parse(refused.text).code, 'cross_site');
});

test('the live feed comes through', async () => {
	const answer = await ask('/api/ws', {
		headers: {
			...password,
			Origin: `https://${NAME}`,
			Connection: 'Upgrade',
			Upgrade: 'websocket',
			'Sec-WebSocket-Version': '13',
			'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64'),
		},
	});
	assert.equal(answer.status, 101);
	assert.match(answer.text, /"type":"hello"/);
});
