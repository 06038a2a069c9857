// The stand-in's pictures depend on all they are made with, and on nothing else.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { startComfyUI } from '../api/comfyui.mjs';
import { eventually, root } from '../api/stack.mjs';

const workflow = JSON.parse(readFileSync(path.join(root, 'tests/fixtures/comfyui/workflows/tiny_sd15_api.json'), 'utf8'));
const models = {
	diffusion_models: ['run-step00001000.safetensors', 'run-step00002000.safetensors', 'run.safetensors'],
	vae: ['vae.safetensors'],
	text_encoders: ['clip.safetensors'],
};
let comfyui;

before(async () => {
	comfyui = await startComfyUI({ models });
});
after(() => comfyui?.stop());

/** The picture of 256 × 192 without its texts, which stand before; `change` sets its parameters. */
async function paint(change = () => {}) {
	const prompt = structuredClone(workflow);
	prompt['1'].inputs.unet_name = models.diffusion_models[0];
	prompt['2'].inputs.clip_name = models.text_encoders[0];
	prompt['3'].inputs.vae_name = models.vae[0];
	Object.assign(prompt['7'].inputs, { width: 256, height: 192 });
	change(prompt);
	prompt['10'].inputs.filename_prefix = `cs/${randomUUID()}`;
	const id = randomUUID();
	const reply = await comfyui.call('POST', '/prompt', { prompt, prompt_id: id });
	assert.equal(reply.status, 200, reply.text);
	const entry = await eventually('it is painted', async () => (await comfyui.call('GET', `/history/${id}`)).json[id]);
	const response = await fetch(`${comfyui.url}/view?${new URLSearchParams(entry.outputs['10'].images[0])}`);
	const png = Buffer.from(await response.arrayBuffer());
	assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [256, 192]);
	return png.subarray(png.indexOf('IDAT'));
}

const changes = {
	model: (prompt) => (prompt['1'].inputs.unet_name = models.diffusion_models[1]),
	'the final model': (prompt) => (prompt['1'].inputs.unet_name = models.diffusion_models[2]),
	prompt: (prompt) => (prompt['5'].inputs.text = 'a lighthouse'),
	seed: (prompt) => (prompt['8'].inputs.seed = 421),
	steps: (prompt) => (prompt['8'].inputs.steps = 3),
	cfg: (prompt) => (prompt['8'].inputs.cfg = 1.5),
	sampler: (prompt) => (prompt['8'].inputs.sampler_name = 'heun'),
	scheduler: (prompt) => (prompt['8'].inputs.scheduler = 'karras'),
};

test('equal parameters, equal pixels; each parameter changes them', async () => {
	const pictures = { nothing: await paint() };
	assert.ok(pictures.nothing.equals(await paint()));
	for (const [what, change] of Object.entries(changes)) {
		const picture = await paint(change);
		for (const [other, earlier] of Object.entries(pictures)) assert.ok(!picture.equals(earlier), `${what} as ${other}`);
		pictures[what] = picture;
	}
});

test('equal pictures are counted together', async () => {
	await comfyui.forget();
	for (const change of [undefined, undefined, changes.seed]) await paint(change);
	const { rendered, images } = await comfyui.state();
	assert.deepEqual([Object.values(rendered).sort(), images], [[1, 2], 3]);
});
