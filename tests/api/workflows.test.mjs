// /api/workflows over HTTP: what lies in workflow_dir, whatever its state.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cp, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { get } from './client.mjs';
import { makePlace, root, startStack } from './stack.mjs';

const fixtures = path.join(root, 'tests/fixtures/comfyui/workflows');
const save = '{"class_type":"SaveImage","inputs":{"images":["8",0],"filename_prefix":"x"},"_meta":{"cs_role":"save_image"}}';
const sampler = '{"class_type":"KSampler","inputs":{"seed":18446744073709551615,"steps":20},"_meta":{"cs_role":"sampler"}}';

let stack;
let directory;

before(async () => {
	const place = await makePlace();
	directory = path.join(place, 'workflows');
	stack = await startStack({ place, config: { workflow_dir: directory } });
});
after(async () => {
	await stack.stop();
	await rm(stack.directory, { recursive: true });
});
beforeEach(async () => {
	await rm(directory, { recursive: true, force: true });
	await mkdir(directory);
});

const put = (name, text) => writeFile(path.join(directory, name), text);

async function list() {
	const answer = await get(stack, '/api/workflows');
	assert.equal(answer.status, 200, answer.text);
	assert.equal(answer.headers['cache-control'], 'no-store');
	return answer.json;
}

/** Puts one file there and asserts that it is invalid, and that an error matches. */
async function assertInvalid(text, expected) {
	await put('one.json', text);
	const [workflow] = await list();
	assert.equal(workflow.validation_state, 'invalid');
	assert.deepEqual(workflow.parameters, []);
	assert.ok(workflow.errors.some((error) => expected.test(error)), `${expected}: ${workflow.errors.join(' | ')}`);
	return workflow;
}

describe('listing', () => {
	test('is empty for an empty directory, and sorted for a full one', async () => {
		assert.deepEqual(await list(), []);
		await cp(fixtures, directory, { recursive: true });
		const workflows = await list();
		assert.deepEqual(
			workflows.map(({ name, validation_state }) => `${name} ${validation_state}`),
			['nomodel_api', 'tiny_ckpt_api', 'tiny_sd15_api', 'tiny_sd3_api', 'tiny_sd3_sampler_custom_advanced_api'].map((name) => `${name}.json valid`),
		);
		assert.deepEqual(workflows[0].roles, { latent_image: ['1'], save_image: ['2'] });
		assert.deepEqual(workflows[0].parameters, ['width', 'height']);
		assert.ok(workflows[3].parameters.includes('shift'));
	});
	test('leaves out what is no template by its name, and looks at no directory below', async () => {
		await put('.hidden.json', '{}');
		await put('.json', '{}');
		await put('notes.txt', '{}');
		await mkdir(path.join(directory, 'sub.json'));
		await put('sub.json/inner.json', '{}');
		assert.deepEqual(await list(), []);
	});
	test('reads the directory anew each time, and says when it is gone', async () => {
		await put('a.json', `{"8":${sampler},"9":${save}}`);
		assert.deepEqual((await list())[0].parameters, ['seed', 'steps']);
		await put('a.json', `{"8":${sampler.replace('"steps":20', '"cfg":1')},"9":${save}}`);
		assert.deepEqual((await list())[0].parameters, ['seed', 'cfg']);
		await rename(directory, `${directory}-away`);
		const gone = await get(stack, '/api/workflows');
		await rename(`${directory}-away`, directory);
		assert.equal(gone.status, 503);
		assert.match(gone.json.detail, /workflow_dir: .* No such file or directory/);
		assert.ok(Number(gone.headers['retry-after']) > 0);
		assert.equal((await list()).length, 1);
	});
	test('keeps one bad file from hiding the others', async () => {
		await put('a.json', '{');
		await put('b.json', `{"8":${sampler},"9":${save}}`);
		await symlink('/etc/hostname', path.join(directory, 'c.json'));
		await symlink('nowhere.json', path.join(directory, 'd.json'));
		await symlink('b.json', path.join(directory, 'e.json'));
		assert.equal(spawnSync('mkfifo', [path.join(directory, 'f.json')]).status, 0);
		await put('g.json', Buffer.alloc((4 << 20) + 1, ' '));
		const workflows = await list();
		const states = workflows.map(({ name, validation_state }) => `${name[0]} ${validation_state}`);
		assert.deepEqual(states, ['a invalid', 'b valid', 'c invalid', 'd invalid', 'e valid', 'f invalid', 'g invalid']);
		assert.match(workflows[2].errors[0], /leads out of workflow_dir/);
		assert.match(workflows[3].errors[0], /not there/);
		assert.match(workflows[5].errors[0], /no regular file/);
		assert.match(workflows[6].errors[0], /larger than 4 MiB/);
	});
	test('reads at most 500', async () => {
		for (let i = 0; i < 501; i++) await put(`${String(i).padStart(3, '0')}.json`, `{"8":${sampler},"9":${save}}`);
		const workflows = await list();
		assert.equal(workflows.length, 501);
		assert.equal(workflows[499].validation_state, 'valid');
		assert.match(workflows[500].errors[0], /more than 500 templates/);
	});
});

describe('an invalid template says how to mend it', () => {
	const cases = {
		'broken JSON': ['{\n "1": {"a": }\n}', /line 2, column 13: .*Mend it there/],
		'an empty file': ['', /The file is empty/],
		NaN: ['{"1":{"inputs":{"a":NaN}}}', /line 1, column 21/],
		'the form of the editor': ['{"last_node_id": 9, "nodes": [], "links": [], "version": 0.4}', /Workflow > Export \(API\)/],
		'a wrapped prompt': [`{"prompt":{"9":${save}}}`, /wrapped in "prompt"/],
		'a list': ['[]', /holds no object/],
		'no nodes': ['{}', /holds no nodes/],
		'the same id twice': [`{"9":${save},\n"9":${save}}`, /line 2, column 1: the object has the key "9" twice/],
		'no save_image': [`{"8":${sampler}}`, /let the title of the node that saves the image end in cs:save_image/],
		'a preview': [`{"9":${save.replace('SaveImage', 'PreviewImage')}}`, /temporary directory only. Tag a SaveImage node/],
		'a node for the websocket': [`{"9":${save.replace('SaveImage', 'SaveImageWebsocket')}}`, /keeps no file/],
		'a role on a node that cannot take it': [`{"8":${sampler.replace('sampler', 'vae_loader')},"9":${save}}`, /tagged vae_loader, but has no input vae_name. Move the tag/],
		'a computed value': [`{"8":${sampler.replace('18446744073709551615', '["1",0]')},"1":{"class_type":"Add","inputs":{"a":1,"b":2}},"9":${save}}`, /not a plain value: it cannot be set/],
		'a link to nowhere': [`{"8":${sampler.replace('18446744073709551615', '["1",0]')},"9":${save}}`, /which is not in the file. Export the workflow from ComfyUI again/],
		'nested too deeply': [`{"9":${'{"a":'.repeat(200)}1${'}'.repeat(200)}}`, /nested too deeply/],
	};
	for (const [name, [text, expected]] of Object.entries(cases)) test(name, () => assertInvalid(text, expected));
});

describe('one template', () => {
	test('comes with the JSON of its file, every digit of it', async () => {
		const text = `\n{"8": ${sampler},\t"9":${save},"note":{"big":123456789012345678901234567890,"cfg":1.0}}\n`;
		await put('exact name & more.json', text);
		const answer = await get(stack, '/api/workflows/exact%20name%20%26%20more.json');
		assert.equal(answer.status, 200);
		assert.ok(answer.text.includes(text.trim()), answer.text);
		assert.equal(answer.json.name, 'exact name & more.json');
		assert.equal(answer.json.tagged_workflow, undefined);
		assert.match(answer.json.warnings[0], /"note" is no node/);
	});
	test('comes without JSON if it is none', async () => {
		await put('a.json', '{"a":');
		const answer = await get(stack, '/api/workflows/a.json?tagged=1');
		assert.equal(answer.status, 200);
		assert.deepEqual(Object.keys(answer.json).filter((key) => /workflow/.test(key)), []);
		assert.equal(answer.json.errors.length, 1);
	});
	test('is not found outside of workflow_dir', async () => {
		await writeFile(path.join(stack.directory, 'outside.json'), '{}');
		await put('.hidden.json', '{}');
		for (const name of ['none.json', 'none', '.hidden.json', 'a%2Fb.json', '..%2Foutside.json', '%2Fetc%2Fhostname', 'sub/a.json', '%00.json', `${'x'.repeat(300)}.json`, '..json']) {
			const answer = await get(stack, `/api/workflows/${name}`);
			assert.ok([400, 404].includes(answer.status), `${name}: ${answer.status}`);
			assert.ok(!answer.text.includes('validation_state'), name);
		}
		assert.equal((await get(stack, '/api/workflows/none.json')).json.code, 'not_found');
	});
	test('is offered with proposed tags when it has none, and the file stays as it is', async () => {
		const original = await readFile(path.join(fixtures, 'tiny_sd3_api.json'), 'utf8');
		const untagged = original.replaceAll(/,\s*"cs_role": "[a-z_]*"/g, '');
		await put('mine.json', untagged);
		const plain = (await get(stack, '/api/workflows/mine.json?tagged=1')).json;
		assert.equal(plain.validation_state, 'invalid');
		assert.deepEqual(plain.roles, {});
		await put('tagged.json', plain.tagged_workflow);
		await put('original.json', original);
		const [mine, wanted, tagged] = await list();
		assert.deepEqual(plain.proposed_roles, wanted.roles);
		assert.equal(tagged.validation_state, 'valid');
		assert.deepEqual({ ...tagged, name: '' }, { ...wanted, name: '' });
		assert.equal(mine.validation_state, 'invalid');
		assert.deepEqual(
			JSON.parse(plain.tagged_workflow.replaceAll(/"cs_role": "[a-z_]*",?/g, '')),
			JSON.parse(untagged),
		);
		assert.equal(await readFile(path.join(directory, 'mine.json'), 'utf8'), untagged);
	});
});
