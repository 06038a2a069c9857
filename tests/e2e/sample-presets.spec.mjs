import { readFile } from 'node:fs/promises';
import { get } from '../api/client.mjs';
import { expectAccessible } from './support/axe.mjs';
import { expect, makePreset, test } from './support/generation.mjs';

const LARGEST = '18446744073709551615';
const names = async (stack) => (await get(stack, '/api/sample-presets')).json.map(({ name }) => name);
const listed = (generation) => generation.library.getByRole('list', { name: 'Sample presets' }).getByRole('button');
const prompt = (generation, at, part) => generation.editor.getByRole('textbox', { name: `${part} of prompt ${at}` });

test('US-20.1 US-20.3 US-20.5 a preset is made, counted while it is made, and there after a reload with every digit of its seeds', async ({ generation, stack, page, app }) => {
	await generation.newPreset();
	const { editor, sum } = generation;
	await editor.getByRole('textbox', { name: 'Name of the sample preset' }).fill('Night shift');
	await prompt(generation, 1, 'Name').fill('forest');
	await prompt(generation, 1, 'Text').fill('a "misty" forest');
	await editor.getByRole('button', { name: 'Add prompt' }).click();
	await prompt(generation, 2, 'Name').fill('sea & sky');
	await prompt(generation, 2, 'Text').fill('the sea');
	await editor.getByRole('textbox', { name: 'Negative prompt' }).fill('blurry');
	await generation.type('Steps', '4, 8, .., 16');
	await generation.type('CFG', '1.0-2.0 step 0.5');
	await generation.type('Seeds', `${LARGEST} 7`);
	await editor.getByRole('textbox', { name: 'Width' }).fill('1344');
	await editor.getByRole('textbox', { name: 'Height' }).fill('768');
	await expect(sum).toHaveText(/2 prompts × 5 step counts × 4 cfgs × 3 seeds = ?120 images per checkpoint/);
	await generation.save();
	await expect(listed(generation)).toHaveText([/Night shift ?120 images per checkpoint/]);

	const { text } = await get(stack, '/api/sample-presets');
	expect(text.replaceAll(' ', '')).toContain(`"seeds":[420,${LARGEST},7]`);
	await page.reload();
	await app.settled();
	await generation.openPreset('Night shift');
	expect(await generation.valuesOf('Seeds')).toEqual(['420', LARGEST, '7']);
	expect(await generation.valuesOf('Steps')).toEqual(['20', '4', '8', '12', '16']);
	expect(await generation.valuesOf('CFG')).toEqual(['7', '1', '1.5', '2']);
	await expect(prompt(generation, 2, 'Name')).toHaveValue('sea & sky');
	await expect(editor.getByRole('textbox', { name: 'Height' })).toHaveValue('768');
});

test('US-20.2 samplers and schedulers are ComfyUI’s', async ({ generation, app, comfyui }) => {
	const choices = async (node, field) => {
		const { json } = await comfyui.call('GET', `/object_info/${node}`);
		return json[node].input.required[field][0];
	};
	await generation.newPreset();
	for (const [label, field] of [['Samplers', 'sampler_name'], ['Schedulers', 'scheduler']]) {
		const offered = await app.optionsOf(generation.editor.getByRole('combobox', { name: label }));
		const all = await choices('KSampler', field);
		// Of a long list, both ends are seen.
		expect(offered[0].trim()).toBe(all[0]);
		expect(offered.at(-1).trim()).toBe(all.at(-1));
		expect(all).toEqual(expect.arrayContaining(offered.map((text) => text.trim())));
	}
	await app.pick(generation.editor.getByRole('combobox', { name: 'Schedulers' }), 'karras');
	await expect(generation.sum).toContainText('2 schedulers');
});

test('US-20.4 presets are loaded, edited, renamed, duplicated and deleted', async ({ generation, stack, page }) => {
	await makePreset(stack, { name: 'One' });
	await makePreset(stack, { name: 'Two' });
	await generation.openPreset('One');
	await generation.type('Seeds', '10-12');
	await generation.editor.getByRole('textbox', { name: 'Name of the sample preset' }).fill('Seven');
	await generation.save();
	await expect(listed(generation)).toHaveText([/^Seven ?10 images/, /^Two/]);
	await generation.library.getByRole('button', { name: 'Duplicate this preset' }).click();
	await generation.save();
	await expect(listed(generation)).toHaveText([/^Seven ?10/, /^Seven 2/, /^Two/]);
	await generation.library.getByRole('button', { name: 'Delete this preset' }).click();
	await page.getByRole('button', { name: 'Delete', exact: true }).click();
	await expect(listed(generation)).toHaveText([/^Seven ?10/, /^Two/]);
	expect(await names(stack)).toEqual(['Seven', 'Two']);
});

test('bad and duplicate values are refused where they are typed', async ({ generation }) => {
	await generation.newPreset();
	const steps = generation.editor.getByRole('group', { name: 'Steps', exact: true });
	for (const [text, reason] of [
		['20', '20 is in the list already.'],
		['0', 'A step count is at least 1.'],
		['many', '“many” is not a number.'],
		['2.5', '2.5 is no whole number'],
	]) {
		await generation.type('Steps', text);
		await expect(steps.getByRole('alert')).toContainText(reason);
		expect(await generation.valuesOf('Steps')).toEqual(['20']);
	}
	await generation.type('Seeds', '18446744073709551616');
	await expect(generation.editor.getByRole('group', { name: 'Seeds', exact: true }).getByRole('alert')).toContainText('at most 18446744073709551615');
});

test('saving leads to what is typed and not finished, and says what to do', async ({ generation, stack }) => {
	await makePreset(stack);
	await generation.openPreset('Small');
	await generation.field('Steps').fill('8 x');
	await generation.save();
	const steps = generation.editor.getByRole('group', { name: 'Steps', exact: true });
	await expect(steps.getByRole('alert')).toBeVisible();
	await expect(generation.field('Steps')).toBeFocused();
	await generation.field('Steps').fill('8');
	await expect(steps.getByRole('alert')).toHaveText('Finish or clear what is typed.');
	await generation.field('Steps').press('Enter');
	await generation.save();
	await expect.poll(async () => (await get(stack, '/api/sample-presets')).json[0].steps).toEqual([4, 8]);
});

test('a sampler that ComfyUI does not list can be typed, and one that it lists is found', async ({ generation, page }) => {
	await generation.newPreset();
	await generation.editor.getByRole('combobox', { name: 'Samplers' }).click();
	for (const [text, taken] of [['my_sampler', 'my_sampler'], ['ddi', 'ddim']]) {
		await page.keyboard.type(text);
		await expect(page.getByRole('option', { name: taken })).toBeVisible();
		await page.keyboard.press('Enter');
	}
	await expect.poll(() => generation.valuesOf('Samplers')).toEqual(['euler', 'my_sampler', 'ddim']);
	await expect(generation.editor.getByText('ComfyUI does not list my_sampler.')).toBeVisible();
});

test('what the server refuses is shown at its field', async ({ generation, stack, guard }) => {
	guard.allow(/status of 4(09|22)/);
	await makePreset(stack, { name: 'Taken' });
	await generation.openPreset('Taken');
	await prompt(generation, 1, 'Name').fill('x'.repeat(200));
	await generation.save();
	await expect(generation.library.getByRole('alert').filter({ hasText: /255/ }).first()).toBeVisible();
	await generation.library.getByRole('button', { name: 'Revert' }).click();
	await generation.library.getByRole('button', { name: 'New preset' }).click();
	await generation.editor.getByRole('textbox', { name: 'Name of the sample preset' }).fill('TAKEN');
	await prompt(generation, 1, 'Name').fill('a');
	await generation.save();
	await expect(generation.library.getByRole('alert').filter({ hasText: /TAKEN/i }).first()).toBeVisible();
	expect(await names(stack)).toEqual(['Taken']);
});

test('prompts are moved with the keyboard, and many are pasted at once', async ({ generation, stack, page }) => {
	await makePreset(stack);
	await generation.openPreset('Small');
	const handle = generation.editor.getByRole('button', { name: /^Move prompt 1 of/ });
	await handle.focus();
	await page.keyboard.press('ArrowDown');
	await expect(prompt(generation, 2, 'Name')).toHaveValue('forest');
	await expect(generation.editor.getByRole('button', { name: /^Move prompt 2 of/ })).toBeFocused();
	await generation.editor.getByRole('button', { name: 'Paste many' }).click();
	await page.getByRole('textbox', { name: 'Prompts, one a line' }).fill('sea: waves\n\nA red fox, 85mm');
	await page.getByRole('button', { name: 'Add 2 prompts' }).click();
	await generation.save();
	await expect
		.poll(async () => (await get(stack, '/api/sample-presets')).json[0].prompts)
		.toEqual([
			{ name: 'sea', text: 'the sea' },
			{ name: 'forest', text: 'a forest' },
			{ name: 'sea 2', text: 'waves' },
			{ name: 'a_red_fox', text: 'A red fox, 85mm' },
		]);
});

test('unsaved changes are not lost unasked', async ({ generation, stack, page }) => {
	await makePreset(stack, { name: 'One' });
	await makePreset(stack, { name: 'Two' });
	await generation.openPreset('One');
	await generation.type('Seeds', '99');
	await listed(generation).filter({ hasText: 'Two' }).click();
	await page.getByRole('button', { name: 'Keep editing' }).click();
	expect(await generation.valuesOf('Seeds')).toEqual(['1', '2', '99']);
	await generation.library.getByRole('button', { name: 'close', exact: true }).first().click();
	await expect(page.getByRole('dialog', { name: 'Discard the changes?' })).toBeVisible();
	await page.getByRole('button', { name: 'Discard', exact: true }).click();
	await expect(generation.library).toBeHidden();
	expect((await get(stack, '/api/sample-presets')).json[0].seeds).toEqual([1, 2]);
});

test('a preset leaves as a file and comes back from it, seeds exactly', async ({ generation, stack, page }) => {
	await makePreset(stack, { name: 'Away & back', seeds: [LARGEST, '3'] });
	await generation.openPreset('Away & back');
	const downloading = page.waitForEvent('download');
	await generation.library.getByRole('button', { name: 'Export as a file' }).click();
	const file = await (await downloading).path();
	expect(await readFile(file, 'utf8')).toContain(`"seeds": [${LARGEST}, 3]`);
	await generation.library.locator('input[type="file"]').setInputFiles({ name: 'b.json', mimeType: 'application/json', buffer: await readFile(file) });
	expect(await generation.valuesOf('Seeds')).toEqual([LARGEST, '3']);
	await generation.save();
	await expect(listed(generation)).toHaveText([/^Away & back ?4/, /^Away & back 2/]);
	await generation.library.locator('input[type="file"]').setInputFiles({ name: 'c.json', mimeType: 'application/json', buffer: Buffer.from('{"name": "x"}') });
	await expect(generation.library.getByRole('alert').filter({ hasText: 'c.json: steps: It is no list of numbers.' })).toBeVisible();
});

for (const scheme of ['light', 'dark']) {
	test.describe(`with a ${scheme} system`, () => {
		test.use({ colorScheme: scheme });
		test(`nothing serious is wrong with the editor in the ${scheme} theme`, async ({ generation, stack, page }) => {
			await makePreset(stack);
			await generation.openPreset('Small');
			await generation.type('Steps', '4');
			await expectAccessible(page, 'editor with a fault');
			await page.setViewportSize({ width: 390, height: 844 });
			await expectAccessible(page, 'editor on a phone');
		});
	});
}
