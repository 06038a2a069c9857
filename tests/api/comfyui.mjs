// Starts and stops the stand-in for ComfyUI (tests/comfyui-stub), sets its moods, reads what it saw.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { freePort, root } from './stack.mjs';

/** Models that a test without wishes of its own finds in the lists. */
const usual = {
	checkpoints: ['base-sd15.safetensors'],
	vae: ['usual_vae.safetensors'],
	text_encoders: ['usual_clip.safetensors'],
};

/**
 * Starts a stand-in on free ports.
 * @param {object} [options]
 * @param {Record<string, unknown>} [options.moods] see tests/comfyui-stub/README.md
 * @param {Record<string, string[]>} [options.models] names by ComfyUI's folder (`checkpoints`, `diffusion_models`, `loras`, `vae`, `text_encoders`)
 * @param {Record<string, string>} [options.modelsIn] directories by folder, searched at each question
 * @param {string} [options.output] where its pictures are, also after stop() and start(); by default a temporary directory
 * @param {string} [options.address] where it listens
 * @param {string[]} [options.objectInfo] files of node classes instead of the recorded ones
 */
export async function startComfyUI({ moods = {}, models = usual, modelsIn = {}, output, objectInfo = [], address = '127.0.0.1' } = {}) {
	const comfyui = new ComfyUI({ moods, models, modelsIn, output: output ?? temporaryDirectory(), objectInfo, address });
	comfyui.port = await freePort();
	comfyui.controlPort = await freePort();
	await comfyui.start();
	return comfyui;
}

/** Goes when the test's process ends. */
function temporaryDirectory() {
	const directory = mkdtempSync(path.join(os.tmpdir(), 'comfyui-stub-'));
	process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
	return directory;
}

class ComfyUI {
	#options;
	#child;

	constructor(options) {
		this.#options = options;
	}

	/** Starts the process, again after stop(), on the same ports. */
	async start() {
		const { moods, models, modelsIn, output, objectInfo, address } = this.#options;
		const words = ['tests/comfyui-stub', '--address', address, '--port', `${this.port}`, '--control-port', `${this.controlPort}`];
		for (const [folder, names] of Object.entries(models)) words.push('--models', `${folder}=${names.join(',')}`);
		for (const [folder, directory] of Object.entries(modelsIn)) words.push('--models-in', `${folder}=${directory}`);
		for (const [name, value] of Object.entries(moods)) words.push('--mood', `${name}=${JSON.stringify(value)}`);
		words.push('--output', output);
		for (const file of objectInfo) words.push('--object-info', file);
		// setpriv: should the test die, the stand-in goes too.
		this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', '/usr/bin/python3', ...words], {
			cwd: root,
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		const ended = once(this.#child, 'close').then(([status]) => {
			throw new Error(`the stand-in for ComfyUI ended with status ${status}`);
		});
		ended.catch(() => {});
		const [line] = await Promise.race([once(createInterface({ input: this.#child.stdout }), 'line'), ended]);
		const { url, control, output: directory } = JSON.parse(line);
		Object.assign(this, { url, control, output: directory });
	}

	/** What config.yaml's `comfyui:` takes. */
	get config() {
		return { host: '127.0.0.1', port: this.port };
	}

	/** Changes moods: `{ oom: true }`, or `{ oom: { value: true, times: 1 } }`. */
	setMoods(changes) {
		return this.#ask('PUT', 'moods', changes);
	}

	/** All moods there are, by name: `default`, `what`, `choices` (of text; empty: any). */
	moods() {
		return this.#ask('GET', 'moods');
	}

	/** All moods back to their defaults. */
	resetMoods() {
		return this.#ask('DELETE', 'moods');
	}

	/**
	 * What happened: `lives` (starts), `counts` (calls by method and first path part), `images`, `rendered` (how often each
	 * picture, by signature), `gaps` (seconds the worker waited for the next prompt), `most_unfinished` (prompts of one
	 * client at once), `prompts` (id, prefixes, outcome, signatures, files), `sockets`, `up`, `moods`.
	 */
	state() {
		return this.#ask('GET', 'state');
	}

	/** Every call with its time, method, path and status. */
	calls() {
		return this.#ask('GET', 'calls');
	}

	/** Starts the counters anew. */
	forget() {
		return this.#ask('POST', 'forget', {});
	}

	/** The server dies and comes back: queue, history and connections are gone, files and counters stay. */
	restart(downSeconds = 0.2) {
		return this.#ask('POST', 'restart', { down_seconds: downSeconds });
	}

	/** A call to ComfyUI itself; returns status, text, and json when asked for. */
	async call(method, path, body) {
		const response = await fetch(this.url + path, { method, body: body === undefined ? undefined : JSON.stringify(body) });
		const text = await response.text();
		return {
			status: response.status,
			headers: response.headers,
			text,
			get json() {
				return JSON.parse(text);
			},
		};
	}

	/** Ends the process: `SIGTERM`, or `SIGKILL` as a crash does. */
	async stop(signal = 'SIGTERM') {
		if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
		const ended = once(this.#child, 'close');
		this.#child.kill(signal);
		await ended;
	}

	async #ask(method, path, body) {
		const response = await fetch(`${this.control}/stand-in/${path}`, {
			method,
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const answer = await response.json();
		if (!response.ok) throw new Error(`the stand-in refused ${method} ${path}: ${JSON.stringify(answer)}`);
		return answer;
	}
}
