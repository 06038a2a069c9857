// The workflow templates that we ship: each is valid, tagged as its kind needs it, and what ComfyUI's own description
// of its node classes accepts; and an empty workflow_dir gets them.
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { get, send } from './client.mjs';
import { startComfyUI } from './comfyui.mjs';
import { eventually, freePort, makePlace, root, startStack } from './stack.mjs';

const shipped = path.join(root, 'common/comfyui/templates');
const names = (await readdir(shipped)).sort();
const classes = JSON.parse(await readFile(path.join(root, 'tests/fixtures/comfyui/object_info.json'), 'utf8'));

/** Inputs that name files: whose files there are is the user's matter. */
const files = /^(unet|ckpt|lora|vae|clip)_name\d?$/;

function choices(specification) {
	if (Array.isArray(specification[0])) return specification[0];
	return specification[0] === 'COMBO' ? (specification[1].options ?? []) : undefined;
}

function checkInput(graph, where, name, value, specification) {
	const [type, options = {}] = specification;
	const list = choices(specification);
	if (Array.isArray(value)) {
		const from = graph[value[0]];
		assert.ok(from, `${where}.${name}: node ${value[0]} is not there`);
		assert.equal(classes[from.class_type].output[value[1]], type, `${where}.${name}`);
	} else if (list) {
		if (files.test(name)) assert.match(value, /^[\w.-]+\.safetensors$/, `${where}.${name}`);
		else assert.ok(list.includes(value), `${where}.${name}: ${value} is none of ${list}`);
	} else {
		assert.equal(typeof value, type === 'STRING' ? 'string' : 'number', `${where}.${name}`);
		if (type === 'INT') assert.ok(Number.isInteger(value), `${where}.${name}`);
		if (typeof value === 'number') assert.ok(value >= (options.min ?? -Infinity) && value <= (options.max ?? Infinity), `${where}.${name}`);
	}
}

describe('each shipped template', () => {
	for (const name of names)
		test(`${name} is accepted by ComfyUI's description of its classes`, async () => {
			const graph = JSON.parse(await readFile(path.join(shipped, name), 'utf8'));
			for (const [id, node] of Object.entries(graph)) {
				const where = `${name}: ${node.class_type} ${id}`;
				const { required, optional = {} } = classes[node.class_type]?.input ?? {};
				assert.ok(required, `${where}: the class is not among the recorded ones`);
				assert.deepEqual(Object.keys(required).filter((input) => !(input in node.inputs)), [], `${where}: missing`);
				for (const [input, value] of Object.entries(node.inputs)) {
					assert.ok(required[input] ?? optional[input], `${where}: there is no input ${input}`);
					checkInput(graph, where, input, value, required[input] ?? optional[input]);
				}
				if (node._meta.cs_role) assert.ok(node._meta.title.endsWith(`cs:${node._meta.cs_role}`), `${where}: the title survives an export`);
			}
		});
});

describe('the simulated ComfyUI', () => {
	let comfyui;
	before(async () => {
		comfyui = await startComfyUI({
			models: {
				checkpoints: ['sd_xl_base_1.0.safetensors'],
				diffusion_models: ['flux1-dev.safetensors', 'qwen_image_bf16.safetensors'],
				loras: ['lora.safetensors'],
				vae: ['ae.safetensors', 'qwen_image_vae.safetensors'],
				text_encoders: ['clip_l.safetensors', 't5xxl_fp16.safetensors', 'qwen_2.5_vl_7b_fp8_scaled.safetensors'],
			},
		});
	});
	after(() => comfyui.stop());

	for (const name of names)
		test(`renders ${name} as it is shipped`, async () => {
			const prompt = JSON.parse(await readFile(path.join(shipped, name), 'utf8'));
			for (const node of Object.values(prompt)) if ('width' in node.inputs) Object.assign(node.inputs, { width: 64, height: 64 });
			const answer = await fetch(`${comfyui.url}/prompt`, { method: 'POST', body: JSON.stringify({ prompt }) });
			const { prompt_id, node_errors, error } = await answer.json();
			assert.deepEqual({ status: answer.status, node_errors, error }, { status: 200, node_errors: {}, error: undefined });
			const item = await eventually('it is rendered', async () => (await (await fetch(`${comfyui.url}/history/${prompt_id}`)).json())[prompt_id]);
			assert.equal(item.status.status_str, 'success');
			const [save] = Object.keys(prompt).filter((id) => prompt[id]._meta.cs_role === 'save_image');
			assert.equal(item.outputs[save].images.length, 1);
		});
});

describe('an empty workflow_dir', () => {
	let place;
	let comfyui;
	before(async () => {
		place = await makePlace();
		comfyui = { host: '127.0.0.1', port: await freePort() };
	});
	after(() => rm(place, { recursive: true }));

	async function withStack(config, use) {
		const stack = await startStack({ place, config });
		try {
			return await use(stack);
		} finally {
			await stack.stop();
		}
	}
	const workflows = async (stack) => (await get(stack, '/api/workflows')).json;

	test('stays empty while no ComfyUI is configured', async () => {
		assert.deepEqual(await withStack({}, workflows), []);
	});
	test('gets the shipped templates, all valid and with nothing to warn of', async () => {
		const listed = await withStack({ comfyui }, async (stack) => {
			assert.match(stack.launch.output, /6 workflow templates to begin with were put into .*workflows/);
			return workflows(stack);
		});
		assert.deepEqual(listed.map(({ name }) => name), names);
		for (const { name, validation_state, parameters, warnings, errors } of listed) {
			assert.deepEqual({ name, validation_state, warnings, errors }, { name, validation_state: 'valid', warnings: [], errors: [] });
			for (const parameter of ['checkpoint', 'positive_prompt', 'negative_prompt', 'seed', 'steps', 'cfg', 'sampler_name', 'scheduler', 'width', 'height'])
				assert.ok(parameters.includes(parameter), `${name}: ${parameter}`);
			assert.equal(parameters.includes('shift'), /qwen/.test(name), name);
		}
		for (const { name, roles } of listed) assert.equal('lora_loader' in roles, /lora/.test(name), name);
	});
	test('is never written to again once it holds anything', async () => {
		const directory = path.join(place, 'workflows');
		await rm(directory, { recursive: true });
		await mkdir(directory);
		await writeFile(path.join(directory, names[0]), 'mine');
		const listed = await withStack({ comfyui }, workflows);
		assert.deepEqual(listed.map(({ name }) => name), [names[0]]);
		assert.equal(await readFile(path.join(directory, names[0]), 'utf8'), 'mine');
	});
	test('that cannot be made is told, and all else works', async () => {
		await writeFile(path.join(place, 'file'), '');
		const workflow_dir = path.join(place, 'file/workflows');
		await withStack({ comfyui, workflow_dir }, async (stack) => {
			assert.match(stack.launch.output, /warning: workflow_dir: the directory .*file\/workflows cannot be created: Not a directory/);
			assert.equal((await get(stack, '/api/workflows')).status, 503);
			assert.equal((await get(stack, '/api/training-runs')).status, 200);
			// It heals by itself.
			await rm(path.join(place, 'file'));
			await mkdir(workflow_dir, { recursive: true });
			assert.deepEqual(await workflows(stack), []);
		});
	});
});

describe('a job', () => {
	const checkpoints = ['cats-step00000500.safetensors', 'cats.safetensors'];
	const text = 'a "fox"\n\\ under 雪 🌲';
	const settings = { vae: 'other_vae.safetensors', clip: 'other_clip.safetensors', shift: 5.25 };
	let comfyui;
	let stack;
	let preset;

	before(async () => {
		const place = await makePlace();
		const directory = path.join(place, 'checkpoints');
		for (const name of checkpoints) await writeFile(path.join(directory, name), '\x02\0\0\0\0\0\0\0{}');
		comfyui = await startComfyUI({
			models: {
				checkpoints: ['sd_xl_base_1.0.safetensors'],
				diffusion_models: ['flux1-dev.safetensors', 'qwen_image_bf16.safetensors'],
				vae: ['ae.safetensors', 'qwen_image_vae.safetensors', settings.vae],
				text_encoders: ['clip_l.safetensors', 't5xxl_fp16.safetensors', 'qwen_2.5_vl_7b_fp8_scaled.safetensors', settings.clip],
			},
			modelsIn: { checkpoints: directory, diffusion_models: directory, loras: directory },
		});
		stack = await startStack({ place, config: { comfyui: comfyui.config } });
		const answer = await send(stack, 'POST', '/api/sample-presets', {
			name: 'Exact',
			prompts: [{ name: 'fox', text }],
			negative_prompt: 'dull',
			steps: [2],
			cfgs: [1.5],
			samplers: ['heun'],
			schedulers: ['karras'],
			seeds: ['18446744073709551615'],
			width: 80,
			height: 64,
		});
		assert.equal(answer.status, 201, answer.text);
		preset = answer.json;
	});
	after(async () => {
		await stack.stop();
		await comfyui.stop();
		await rm(stack.directory, { recursive: true });
	});

	/** What a node with this role must have had in the prompt that was rendered. */
	const expected = (checkpoint) => ({
		unet_loader: { unet_name: checkpoint, ckpt_name: checkpoint },
		lora_loader: { lora_name: checkpoint },
		vae_loader: { vae_name: settings.vae },
		clip_loader: { clip_name: settings.clip },
		sampler: { seed: '18446744073709551615', steps: '2', cfg: '1.5', sampler_name: 'heun', scheduler: 'karras' },
		positive_prompt: { text },
		negative_prompt: { text: 'dull' },
		shift: { shift: '5.25' },
		latent_image: { width: '80', height: '64' },
	});

	for (const name of names)
		test(`puts every value into ${name}, and leaves the rest`, async () => {
			const { parameters } = (await get(stack, `/api/workflows/${name}`)).json;
			const chosen = Object.fromEntries(Object.entries(settings).filter(([key]) => parameters.includes(key)));
			const launched = await send(stack, 'POST', '/api/sample-jobs', { training_run_name: 'cats', sample_preset_id: preset.id, workflow_name: name, existing: 'update', ...chosen });
			assert.equal(launched.status, 201, launched.text);
			const job = await eventually('the job has ended', async () => {
				const { job: now } = (await get(stack, `/api/sample-jobs/${launched.json.id}`)).json;
				return /completed|failed/.test(now.status) && now;
			}, 60);
			assert.deepEqual([job.status, job.completed_items, job.failed_item_details], ['completed', 2, []]);

			const template = JSON.parse(await readFile(path.join(shipped, name), 'utf8'));
			for (const checkpoint of checkpoints) {
				const file = `${checkpoint}/prompt_name=fox&steps=2&cfg=1.5&sampler_name=heun&scheduler=karras&seed=18446744073709551615.png`;
				const { metadata } = (await get(stack, `/api/images/${file.split('/').map(encodeURIComponent).join('/')}/metadata`)).json;
				// Seeds as text: a JavaScript number would round them.
				const prompt = JSON.parse(metadata.prompt.replaceAll(/: (\d+(\.\d+)?)([,}])/g, ': "$1"$3'));
				for (const [id, { inputs, _meta }] of Object.entries(template)) {
					const wanted = expected(checkpoint)[_meta.cs_role] ?? {};
					for (const [input, value] of Object.entries(inputs)) {
						if (input === 'filename_prefix') assert.match(prompt[id].inputs[input], /^cs\//);
						else if (Array.isArray(value)) assert.equal(prompt[id].inputs[input][0], value[0]);
						// ComfyUI makes 1 into 1.0 where it wants a float.
						else if (typeof value === 'number' && !(input in wanted)) assert.equal(Number(prompt[id].inputs[input]), value);
						else assert.equal(String(prompt[id].inputs[input]), wanted[input] ?? String(value), `${name} ${checkpoint}: ${id}.${input}`);
					}
				}
			}
		});
});
