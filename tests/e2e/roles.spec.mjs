import { expect, test } from './support/test.mjs';
import { LANTERN, lantern } from './tree.mjs';

const [first, second] = LANTERN.seeds;

test('US-3.1 the panel lists every dimension, those with one value last', async ({ app }) => {
	await app.openDrawer();
	const names = await app.drawer.getByTestId(/^dimension-/).evaluateAll((items) => items.map((item) => item.dataset.testid));
	expect(names).toEqual(['cfg', 'prompt_name', 'checkpoint', 'seed', 'steps'].map((name) => `dimension-${name}`));
	await expect(app.dimension('seed')).toContainText('2 values');
	await expect(app.dimension('steps')).toContainText('20');
});

test('US-3.2 a dimension dragged to a role has it and no other; the one that had it swaps', async ({ app }) => {
	await app.openDrawer();
	const place = (role) => app.drawer.getByTestId(`place-${role}`);
	await app.dimension('prompt_name').dragTo(place('x'));
	await expect(place('x').getByTestId(/^dimension-/)).toHaveText([/prompt_name/]);
	await expect(place('y').getByTestId(/^dimension-/)).toHaveText([/cfg/]);
	await app.dimension('seed').dragTo(place('y'));
	await expect(place('y').getByTestId(/^dimension-/)).toHaveText([/seed/]);
	await expect(place('none').getByTestId('dimension-cfg')).toBeVisible();
	await app.dimension('checkpoint').dragTo(place('none'));
	await expect(place('slider').getByTestId(/^dimension-/)).toHaveCount(0);
	await expect(app.drawer.getByTestId('dimension-checkpoint')).toHaveCount(1);
});

test('US-3.2 a select does the same as dragging', async ({ app }) => {
	await app.assign('seed', 'Slider');
	await app.openDrawer();
	await expect(app.drawer.getByTestId('place-slider')).toContainText('seed');
	await expect(app.drawer.getByTestId('place-none')).toContainText('checkpoint');
	await app.closeDrawer();
	await expect(app.masterValue).toContainText(`seed`);
});

test('US-3.3 the grid follows each change at once', async ({ app, page }) => {
	await app.assign('seed', 'X axis');
	await app.expectPictures(
		LANTERN.prompts.map((prompt) => [first, second].map((seed) => lantern({ checkpoint: '3000', prompt, seed, cfg: '1.5' }))),
	);
	await expect(app.columnHeaders).toContainText([first, second]);
	await app.inDrawer((drawer) => drawer.getByRole('button', { name: 'Swap X and Y' }).click());
	await app.expectPictures(
		[first, second].map((seed) => LANTERN.prompts.map((prompt) => lantern({ checkpoint: '3000', prompt, seed, cfg: '1.5' }))),
	);
	await app.assign('seed', 'None');
	await app.expectPictures([LANTERN.prompts.map((prompt) => lantern({ checkpoint: '3000', prompt, cfg: '1.5' }))]);
});

test('roles are kept on the next visit', async ({ app, page }) => {
	await app.assign('seed', 'X axis');
	await page.reload();
	await app.expectPictures(
		LANTERN.prompts.map((prompt) => [first, second].map((seed) => lantern({ checkpoint: '3000', prompt, seed, cfg: '1.5' }))),
	);
});
