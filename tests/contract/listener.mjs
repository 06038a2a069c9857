// A WebSocket client of ComfyUI that keeps what it hears, in order.
import { eventually } from '../api/stack.mjs';

export class Listener {
	#taken = 0;

	constructor(url, client) {
		this.heard = [];
		this.closed = false;
		this.socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws${client === undefined ? '' : `?clientId=${client}`}`);
		this.socket.binaryType = 'arraybuffer';
		this.socket.addEventListener('message', ({ data }) => this.heard.push(typeof data === 'string' ? JSON.parse(data) : data));
		this.socket.addEventListener('close', () => (this.closed = true));
		this.socket.addEventListener('error', () => {});
	}

	/** Connects; the first message (its status, with `sid`) is in `welcome`. */
	static async open(url, client) {
		const listener = new Listener(url, client);
		[listener.welcome] = await listener.take(1);
		return listener;
	}

	/** The next `count` messages that were not taken yet. */
	async take(count) {
		const end = this.#taken + count;
		await eventually(`${count} messages come, not ${this.heard.length - this.#taken}`, () => this.heard.length >= end || this.closed, 10).catch(
			() => {}, // fewer are returned, and the comparison shows which are missing
		);
		const messages = this.heard.slice(this.#taken, end);
		this.#taken += messages.length;
		return messages;
	}

	/** Messages that nobody took. */
	rest() {
		return this.heard.slice(this.#taken);
	}

	async close() {
		this.socket.close();
		await eventually('the feed is closed', () => this.closed);
	}
}
