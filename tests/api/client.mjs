// HTTP as the tests speak it: nothing is tidied up on the way, and every answer is checked against the API's description.
import http from 'node:http';
import net from 'node:net';
import { gunzipSync } from 'node:zlib';
import { checkResponse } from './openapi.mjs';

/**
 * Sends one request; the target goes out as it is given.
 * @returns {Promise<{status: number, headers: object, bytes: Buffer, text: string, json: any}>}
 */
export async function request(stack, method, target, { headers = {}, body } = {}) {
	const response = await new Promise((resolve, reject) => {
		const call = http.request({ host: '127.0.0.1', port: stack.port, method, path: target, headers, agent: false }, resolve);
		call.on('error', reject);
		call.end(body);
	});
	const parts = [];
	for await (const part of response) parts.push(part);
	const sent = Buffer.concat(parts);
	const zipped = response.headers['content-encoding'] === 'gzip' && sent.length > 0;
	const bytes = zipped ? gunzipSync(sent) : sent;
	const answer = {
		status: response.statusCode,
		headers: response.headers,
		bytes,
		text: bytes.toString(),
		get json() {
			return JSON.parse(this.text);
		},
	};
	if (/^\/(api([/?]|$)|health([?]|$))/.test(target)) checkResponse(method, target, answer);
	return answer;
}

export const get = (stack, target, headers) => request(stack, 'GET', target, { headers });

/** Sends a JSON body. */
export const send = (stack, method, target, value) =>
	request(stack, method, target, {
		headers: { 'Content-Type': 'application/json' },
		body: typeof value === 'string' ? value : JSON.stringify(value),
	});

/** Sends bytes over a connection and returns the first answer (status 0 when there is none). */
export async function raw(stack, bytes) {
	const socket = net.connect(stack.port, '127.0.0.1');
	const parts = [];
	await new Promise((resolve, reject) => {
		socket.on('data', (part) => {
			parts.push(part);
			// Whole once the declared length is there; the connection itself may be kept.
			const text = Buffer.concat(parts).toString('latin1');
			const end = text.indexOf('\r\n\r\n');
			const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1];
			if (end >= 0 && length !== undefined && text.length >= end + 4 + Number(length)) resolve();
		});
		socket.on('close', resolve);
		socket.on('error', (error) => (parts.length ? resolve() : reject(error)));
		socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
	});
	socket.destroy();
	const [head, ...rest] = Buffer.concat(parts).toString('latin1').split('\r\n\r\n');
	const [line, ...fields] = head.split('\r\n');
	return {
		status: Number(/^HTTP\/1\.1 (\d+)/.exec(line)?.[1] ?? 0),
		headers: Object.fromEntries(
			fields.map((field) => [field.slice(0, field.indexOf(':')).toLowerCase(), field.slice(field.indexOf(':') + 1).trim()]),
		),
		text: rest.join('\r\n\r\n'),
	};
}
