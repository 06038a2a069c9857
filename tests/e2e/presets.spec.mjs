import { rm } from 'node:fs/promises';
import { makePlace, startStack } from '../api/stack.mjs';
import { get, send } from '../api/client.mjs';
import { expect, test } from './support/test.mjs';
import { INK, ink, LANTERN, lantern, makeTree } from './tree.mjs';

const first = LANTERN.prompts.map((prompt) => LANTERN.cfgs.map((cfg) => lantern({ checkpoint: '3000', prompt, cfg })));
const bySeed = LANTERN.prompts.map((prompt) =>
	LANTERN.seeds.map((seed) => lantern({ checkpoint: '3000', prompt, seed, cfg: '1.5' })),
);

async function save(app, name) {
	await app.inDrawer(async (drawer) => {
		await drawer.getByRole('button', { name: 'Save as a new preset' }).click();
		const dialog = app.page.getByRole('dialog', { name: 'Save as a new preset' });
		await dialog.getByRole('textbox', { name: 'Name of the preset' }).fill(name);
		await dialog.getByRole('button', { name: 'Save', exact: true }).click();
		await expect(dialog).toBeHidden();
	});
}

test('US-6.1 saving stores the current assignment of dimensions under a name', async ({ app, stack }) => {
	await app.assign('seed', 'X axis');
	await app.setMode('cfg', 'Single');
	await save(app, 'Seeds & “prompts”');
	const presets = (await get(stack, '/api/presets')).json;
	expect(presets).toMatchObject([
		{
			name: 'Seeds & “prompts”',
			mapping: { x: 'seed', y: 'prompt_name', slider: 'checkpoint', filter_modes: { cfg: 'single' } },
		},
	]);
});

test('US-6.2 saved presets are in a list', async ({ app }) => {
	await save(app, 'Beta');
	await save(app, 'alpha');
	await app.openDrawer();
	expect(await app.optionsOf(app.presetSelect)).toEqual(['alpha', 'Beta']);
});

test('US-6.3 choosing a preset applies it at once', async ({ app }) => {
	await save(app, 'As it was');
	await app.assign('seed', 'X axis');
	await save(app, 'By seed');
	await app.expectPictures(bySeed);
	await app.inDrawer(() => app.pick(app.presetSelect, 'As it was'));
	await app.expectPictures(first);
	await app.inDrawer(() => app.pick(app.presetSelect, 'By seed'));
	await app.expectPictures(bySeed);
});

test('US-6.4 dimensions that the run lacks are named, the others apply', async ({ app }) => {
	await app.assign('seed', 'X axis');
	await app.setMode('cfg', 'Multi');
	await save(app, 'Seeds');
	await app.inDrawer((drawer) => drawer.getByRole('button', { name: 'Swap X and Y' }).click());
	await app.chooseRun(INK.name);
	await app.openDrawer();
	await app.pick(app.presetSelect, 'Seeds');
	await expect(app.drawer.getByRole('alert')).toHaveText(/This run has no (seed, cfg|cfg, seed)\. The rest of the preset applies\./);
	await expect(app.drawer.getByTestId('place-y')).toContainText('prompt_name');
	await expect(app.drawer.getByTestId('place-slider')).toContainText('checkpoint');
	await app.closeDrawer();
	await app.expectPictures(
		INK.prompts.map((prompt) => INK.strengths.map((strength) => ink({ checkpoint: 'final', prompt, strength }))),
	);
});

test('US-6.5 presets outlive the browser and the server', async ({ browser }) => {
	const place = await makePlace();
	const config = await makeTree(place);
	const visit = async (act) => {
		const stack = await startStack({ place, config });
		const context = await browser.newContext();
		try {
			const page = await context.newPage();
			await page.goto(stack.url);
			await act(page, stack);
		} finally {
			await context.close();
			await stack.stop();
		}
	};
	try {
		await visit((_, stack) => send(stack, 'POST', '/api/presets', { name: 'Kept', mapping: { x: 'seed', combos: [] } }));
		await visit(async (page) => {
			await page.getByTestId('preset-select').click();
			await page.getByText('Kept', { exact: true }).click();
			await expect(page.getByTestId('place-x')).toContainText('seed');
			await expect(page.getByTestId('place-y')).toContainText('Drop a dimension here');
		});
	} finally {
		await rm(place, { recursive: true, force: true });
	}
});

test('the chosen preset comes back on the next visit, and a change marks it', async ({ app, page }) => {
	await save(app, 'Mine');
	await page.reload();
	await app.openDrawer();
	await expect(app.presetSelect).toContainText('Mine');
	await expect(app.drawer.getByTestId('preset-dirty')).toHaveCount(0);
	await app.pick(app.dimension('seed').locator('.n-select'), 'X axis');
	await expect(app.drawer.getByTestId('preset-dirty')).toBeVisible();
	await app.drawer.getByRole('button', { name: 'Save the changes to this preset' }).click();
	await expect(app.drawer.getByTestId('preset-dirty')).toHaveCount(0);
});

test('a preset is renamed and deleted; a name that is taken is refused with the reason', async ({ app, guard, stack, page }) => {
	guard.allow(/the server responded with a status of 409/);
	await save(app, 'One');
	await save(app, 'Two');
	await app.openDrawer();
	await app.drawer.getByRole('button', { name: 'Rename this preset' }).click();
	const dialog = page.getByRole('dialog', { name: 'Rename the preset' });
	await dialog.getByRole('textbox').fill('ONE');
	await dialog.getByRole('button', { name: 'Rename' }).click();
	await expect(dialog.getByRole('alert')).toContainText(/ONE/i);
	await dialog.getByRole('textbox').fill('Three');
	await dialog.getByRole('button', { name: 'Rename' }).click();
	await expect(dialog).toBeHidden();
	await expect(app.presetSelect).toContainText('Three');
	await app.drawer.getByRole('button', { name: 'Delete this preset' }).click();
	await page.getByRole('button', { name: 'Delete', exact: true }).click();
	await expect.poll(async () => (await get(stack, '/api/presets')).json.map(({ name }) => name)).toEqual(['One']);
	await expect(app.presetSelect).toContainText('No preset');
});
