// The recorded scenarios as a list: what to ask, and what ComfyUI answered.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../api/stack.mjs';

const recorded = JSON.parse(readFileSync(path.join(root, 'tests/fixtures/comfyui/transcripts.json'), 'utf8'));

// The prompt of the first scenario; those that were refused were not recorded, but each is this one with a fault.
const first = recorded['01 success, first run']['GET /queue while pending'].queue_pending[0][2];

function faulty(change) {
	const prompt = structuredClone(first);
	change(prompt);
	return JSON.stringify(prompt);
}

// By number: the text of a prompt that was not recorded.
const texts = {
	20: faulty((prompt) => (prompt['1'].inputs.unet_name = 'nope.safetensors')),
	21: faulty((prompt) => (prompt['3'].inputs.sampler_name = 'nosuch')),
	22: faulty(({ 3: { inputs } }) => {
		Object.assign(inputs, { steps: 0, cfg: 'abc' });
		delete inputs.seed;
	}),
	23: faulty((prompt) => (prompt['5'] = { class_type: 'NoSuchNode', inputs: {} })),
	24: faulty((prompt) => (prompt['5'] = { inputs: {} })),
	25: faulty((prompt) => (prompt['_comment'] = 'x')),
	'25b': faulty((prompt) => (prompt['5'] = [1])),
	'25c': faulty((prompt) => (prompt['5'] = 1)),
	26: faulty((prompt) => delete prompt['9']),
	27: '{}',
	28: faulty((prompt) => (prompt['3'].inputs.model = ['77', 0])),
	29: faulty((prompt) => (prompt['3'].inputs.model = ['1', 7])),
	30: faulty((prompt) => (prompt['9'].inputs.images = ['1', 0])),
	31: faulty((prompt) => delete prompt['3'].inputs),
	32: faulty((prompt) => (prompt['3'].inputs.model = [1, 0])),
	33: faulty((prompt) => (prompt['3'].inputs.model = ['3', 0])),
	34: faulty((prompt) => (prompt['3'].inputs.seed = 'SEED')).replace('"SEED"', '18446744073709551615'),
	35: faulty((prompt) => (prompt['3'].inputs.seed = 'SEED')).replace('"SEED"', '1.8446744073709552e19'),
	36: faulty(({ 3: { inputs } }) => Object.assign(inputs, { seed: '420', steps: 2.9 })),
};

// What goes wrong inside, not in the prompt.
const troubles = {
	'08': { fail: { value: 'boom', times: 1 } },
	'09': { oom: { value: true, times: 1 } },
	10: { hang: { value: 'interruptible', times: 1 } },
	11: { hang: { value: 'interruptible', times: 1 } },
	'12a': { fail: { value: 'boom', times: 1 } },
};

/** @returns {{name, number, id, text, client, troubles, expected}[]} in the order in which they were recorded */
export const scenarios = Object.entries(recorded)
	.filter(([, expected]) => 'POST /prompt' in expected)
	.map(([name, expected]) => {
		const [number] = name.split(' ');
		const queued = expected['GET /queue while pending']?.queue_pending[0];
		const id = expected['POST /prompt'].body?.prompt_id ?? `00000000-0000-4000-8000-0000000000${number.slice(0, 2)}`;
		return {
			name,
			number,
			id,
			text: texts[number] ?? JSON.stringify(queued[2]),
			client: queued && !('client_id' in queued[3]) ? undefined : 'C1',
			troubles: troubles[number],
			expected,
		};
	});

export const deleted = recorded['40 delete one of two pending'];
export const twice = recorded['50 same prompt_id submitted twice'];

/** A valid prompt whose picture only this seed makes. */
export const promptWithSeed = (seed) => faulty((prompt) => (prompt['3'].inputs.seed = seed));

// --- Comparison

const everyone = (value) => value;
const textual = (list) => (Array.isArray(list) && list.every((line) => typeof line === 'string') ? 'lines' : list);
const sorted = (list) => [...list].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

// By key: what differs from run to run, from machine to machine, or has no order.
const neutral = {
	timestamp: (value) => (Number.isInteger(value) ? 'time' : value),
	traceback: textual,
	executed: sorted,
	errors: sorted,
	current_outputs: sorted,
	current_inputs: (inputs) => Object.keys(inputs).sort(),
	exception_message: (text) => text.replace(/(full_output_folder|output_dir|commonpath): .*/g, '$1: …'),
};

/** The value without what no two runs share. */
export function normalised(value) {
	if (Array.isArray(value)) return value.map(normalised);
	if (value === null || typeof value !== 'object') return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, inner]) => [key, (neutral[key] ?? everyone)(normalised(inner))]),
	);
}
