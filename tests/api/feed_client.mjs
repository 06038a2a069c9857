// A client of the live feed, as a browser is one: a WebSocket through nginx.
import { once } from 'node:events';
import http from 'node:http';
import { eventually } from './stack.mjs';

/** A connection to /api/ws that keeps all it was told in `messages`. */
export class Feed {
	constructor(stack) {
		this.messages = [];
		this.closed = false;
		this.socket = new WebSocket(`ws://127.0.0.1:${stack.port}/api/ws`);
		this.socket.addEventListener('message', ({ data }) => this.messages.push(JSON.parse(data)));
		this.socket.addEventListener('close', () => (this.closed = true));
		this.socket.addEventListener('error', () => {});
	}

	/** Connects and waits for hello; fails if anything else comes first. */
	static async open(stack) {
		const feed = new Feed(stack);
		await eventually('hello comes', () => feed.messages.length > 0 || feed.closed);
		if (feed.messages[0]?.type !== 'hello') throw new Error(`not a hello: ${JSON.stringify(feed.messages[0])}`);
		return feed;
	}

	send(message) {
		this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
	}

	/** Waits for the first message after the last one that was taken for which `test` holds, and takes it. */
	async next(what, test) {
		let at = this.taken ?? 0;
		const found = await eventually(`the feed tells ${what}`, () => {
			for (; at < this.messages.length; at++) {
				if (test(this.messages[at])) return this.messages[at];
			}
			return false;
		}, 90);
		this.taken = at + 1;
		return found;
	}

	type(type) {
		return this.next(type, (message) => message.type === type);
	}

	/** All messages of a type. */
	all(type) {
		return this.messages.filter((message) => message.type === type);
	}

	forget() {
		this.messages.length = 0;
		this.taken = 0;
	}

	async close() {
		if (!this.closed) this.socket.close();
		await eventually('the connection is closed', () => this.closed);
	}
}

/**
 * Asks for the WebSocket as any client may, with headers of its own.
 * @returns {Promise<{status: number, headers: object, text: string, socket: import('node:net').Socket?}>}
 *          a status of 101 comes with the open `socket`, from which nobody reads
 */
export async function upgrade(port, headers = {}, { method = 'GET', target = '/api/ws' } = {}) {
	const call = http.request({
		host: '127.0.0.1',
		port,
		method,
		path: target,
		agent: false,
		headers: {
			Connection: 'Upgrade',
			Upgrade: 'websocket',
			'Sec-WebSocket-Version': '13',
			'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
			...headers,
		},
	});
	call.end();
	const [kind, response, socket] = await Promise.race([
		once(call, 'response').then(([answer]) => ['response', answer]),
		once(call, 'upgrade').then(([answer, connection]) => ['upgrade', answer, connection]),
	]);
	if (kind === 'upgrade') {
		socket.on('error', () => {});
		return { status: response.statusCode, headers: response.headers, text: '', socket };
	}
	const parts = [];
	for await (const part of response) parts.push(part);
	return { status: response.statusCode, headers: response.headers, text: Buffer.concat(parts).toString(), socket: null };
}
