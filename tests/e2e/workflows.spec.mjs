import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expectAccessible } from './support/axe.mjs';
import { expect, test as base, WORKFLOW, workflowFile } from './support/generation.mjs';

const graph = JSON.parse(await readFile(workflowFile('tiny_ckpt_api.json'), 'utf8'));
const without = (role) => {
	const copy = structuredClone(graph);
	for (const node of Object.values(copy)) if (node._meta?.cs_role === role || role === 'all') delete node._meta.cs_role;
	return JSON.stringify(copy);
};

/** By file: what it holds, and what must be said of it. */
const BROKEN = {
	'cut-off.json': ['{"1": {', /line 1/],
	'editor.json': [JSON.stringify({ nodes: [], links: [], version: 0.4, last_node_id: 0 }), /API/],
	'no-picture.json': [without('save_image'), /save_image/],
	'untagged.json': [without('all'), /save_image/],
};

const test = base.extend({
	broken: [
		async ({ stack }, use) => {
			for (const [name, [text]] of Object.entries(BROKEN)) await writeFile(path.join(stack.workflows, name), text);
			await use();
			for (const name of Object.keys(BROKEN)) await rm(path.join(stack.workflows, name));
		},
		{ auto: true },
	],
});

const entry = (generation, name) => generation.library.getByTestId('workflow').filter({ hasText: name });
const show = async (generation, name) => {
	await entry(generation, name).click();
	return generation.library.getByRole('article', { name });
};

test('US-19.1 US-19.2 US-19.3 workflows are listed with their state, roles and the settings that they honour', async ({ generation, page }) => {
	await generation.openLibrary('Workflows');
	await expect(generation.library.getByTestId('workflow')).toHaveCount(1 + Object.keys(BROKEN).length);
	const details = await show(generation, WORKFLOW);
	await expect(details.getByText('Usable', { exact: true })).toBeVisible();
	const roles = details.getByRole('table', { name: 'Roles', exact: true });
	await expect(roles.getByRole('row', { name: /sampler.*8 KSampler/ })).toBeVisible();
	await expect(roles.getByRole('row', { name: /unet_loader.*1 CheckpointLoaderSimple “Load Checkpoint”/ })).toBeVisible();
	const settings = details.getByRole('region', { name: 'Settings that it honours' });
	await expect(settings.getByRole('listitem').filter({ hasText: 'seed' }).getByRole('img')).toHaveAccessibleName('honoured');
	await expect(settings.getByRole('listitem').filter({ hasText: 'shift' }).getByRole('img')).toHaveAccessibleName('ignored');
	await expectAccessible(page, 'workflows');
});

for (const [name, [, reason]] of Object.entries(BROKEN)) {
	test(`US-19.4 a workflow that cannot be used is listed with the reason: ${name}`, async ({ generation }) => {
		await generation.openLibrary('Workflows');
		await expect(entry(generation, name).getByRole('img')).toHaveAccessibleName('Cannot be used');
		const details = await show(generation, name);
		await expect(details.getByRole('alert').first()).toContainText(reason);
	});
}

test('tags are proposed for a workflow without any, and a tagged copy can be downloaded and used', async ({ generation, page, stack }) => {
	await generation.openLibrary('Workflows');
	const details = await show(generation, 'untagged.json');
	const proposed = details.getByRole('table', { name: 'Proposed roles' });
	await expect(proposed.getByRole('row', { name: /save_image.*10 SaveImage/ })).toBeVisible();
	const downloading = page.waitForEvent('download');
	await details.getByRole('button', { name: 'Download a tagged copy' }).click();
	const download = await downloading;
	expect(download.suggestedFilename()).toBe('untagged.json');
	await download.saveAs(path.join(stack.workflows, 'untagged.json'));
	await generation.library.getByRole('button', { name: 'Read the directory again' }).click();
	await expect(entry(generation, 'untagged.json').getByRole('img')).not.toHaveAccessibleName('Cannot be used');
});
