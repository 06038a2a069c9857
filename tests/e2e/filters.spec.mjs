import { expect, test } from './support/test.mjs';
import { GALLERY, LANTERN, lantern } from './tree.mjs';

const [first, second] = LANTERN.seeds;
const shown = (seed, prompts = LANTERN.prompts, cfgs = LANTERN.cfgs) =>
	prompts.map((prompt) => cfgs.map((cfg) => lantern({ checkpoint: '3000', prompt, cfg, seed })));
const include = (values, name) => values.getByRole('checkbox', { name: `Include ${name}`, exact: true });

test('US-4.1 the filter of a dimension holds all its values', async ({ app }) => {
	await app.setMode('seed', 'Multi');
	const values = await app.openFilter('seed');
	await expect(values.getByRole('listitem')).toHaveText(LANTERN.seeds);
	await expect(values.getByRole('checkbox', { checked: true })).toHaveCount(2);
});

test('US-4.2 several values can be selected at once', async ({ app }) => {
	const values = await app.openFilter('prompt_name');
	await include(values, 'prompt_name lighthouse').click();
	await app.expectPictures(shown(first, ['canyon', 'market']));
	await expect(app.filter('prompt_name')).toContainText('canyon, market');
});

test('US-4.3 a click on a value’s label selects it alone', async ({ app }) => {
	const values = await app.openFilter('prompt_name');
	await values.getByRole('button', { name: 'Show only prompt_name market' }).click();
	await app.expectPictures(shown(first, ['market']));
});

test('US-4.4 all and none can be selected; none leaves an empty grid that says so', async ({ app, page }) => {
	const values = await app.openFilter('cfg');
	await values.getByRole('button', { name: 'None' }).click();
	await expect(app.cells).toHaveCount(0);
	await expect(page.getByRole('status')).toContainText('The filters leave nothing to show');
	await values.getByRole('button', { name: 'All' }).click();
	await app.expectPictures(shown(first));
});

test('several values are ticked at once: those between two, and those that a search finds', async ({ app }) => {
	await app.chooseRun(GALLERY.name);
	const values = await app.openFilter('column');
	await values.getByRole('button', { name: 'None' }).click();
	const ticked = async () => (await values.getByRole('checkbox', { checked: true }).evaluateAll((boxes) => boxes.map((box) => box.ariaLabel))).map((label) => label.replace('Include column ', ''));
	await include(values, 'column 3').click();
	await include(values, 'column 6').click({ modifiers: ['Shift'] });
	await expect.poll(ticked).toEqual(['3', '4', '5', '6']);
	await include(values, 'column 4').click({ modifiers: ['Shift'] });
	await expect.poll(ticked).toEqual(['3']);
	await values.getByLabel('Search the values of column').fill('1');
	await values.getByRole('button', { name: 'All found' }).click();
	await values.getByLabel('Search the values of column').fill('18');
	await values.getByRole('button', { name: 'None of those found' }).click();
	await values.getByLabel('Search the values of column').fill('');
	await expect.poll(ticked).toEqual(['1', '3', '10', '11', '12', '13', '14', '15', '16', '17', '19']);
});

test('US-4.5 US-13.8 filters add up', async ({ app }) => {
	await app.setMode('seed', 'Multi');
	await (await app.openFilter('seed')).getByRole('button', { name: `Show only seed ${second}` }).click();
	await (await app.openFilter('prompt_name')).getByRole('button', { name: 'Show only prompt_name market' }).click();
	await include(await app.openFilter('cfg'), 'cfg 1.5').click();
	await app.expectPictures(shown(second, ['market'], ['4']));
});

test('US-13.1 US-13.6 a dimension without a role is hidden, single or multi; hidden at first', async ({ app }) => {
	await app.openDrawer();
	const modes = app.dimension('seed').getByRole('radio');
	await expect(modes).toHaveCount(3);
	await expect(app.dimension('seed').locator('.n-radio-button')).toHaveText(['Hide', 'Single', 'Multi']);
	await expect(modes.nth(0)).toBeChecked();
	await expect(app.filter('seed')).toHaveCount(0);
});

test('US-13.2 a hidden dimension has no filter, and all its values are included', async ({ app, page }) => {
	await app.setMode('seed', 'Multi');
	await (await app.openFilter('seed')).getByRole('button', { name: `Show only seed ${second}` }).click();
	await app.expectPictures(shown(second));
	await app.setMode('seed', 'Hide');
	await expect(app.filter('seed')).toHaveCount(0);
	await app.expectPictures(shown(first));
	await page.keyboard.press('.');
	await app.expectPictures(shown(second));
});

test('US-13.3 single holds exactly one value, the first of those selected before, else the first', async ({ app }) => {
	await app.setMode('seed', 'Single');
	await app.expectPictures(shown(first));
	const seeds = await app.openFilter('seed');
	await expect(seeds.getByRole('radio', { checked: true })).toHaveCount(1);
	await seeds.getByText(second).click();
	await app.expectPictures(shown(second));
	await expect(seeds.getByRole('radio', { checked: true })).toHaveCount(1);

	await app.assign('prompt_name', 'None');
	await app.setMode('prompt_name', 'Multi');
	await include(await app.openFilter('prompt_name'), 'prompt_name canyon').click();
	await expect(app.filter('prompt_name')).toContainText('lighthouse, market');
	await app.setMode('prompt_name', 'Single');
	await expect(app.filter('prompt_name')).toHaveText(/^prompt_name\s*lighthouse$/);
	await app.expectPictures(shown(second, ['lighthouse']));
});

test('US-13.4 multi has checkboxes; a label solos, and again brings back all', async ({ app }) => {
	await app.setMode('seed', 'Multi');
	const values = await app.openFilter('seed');
	await include(values, `seed ${first}`).click();
	await expect(include(values, `seed ${first}`)).not.toBeChecked();
	await app.expectPictures(shown(second));
	await values.getByRole('button', { name: `Show all values of seed` }).click();
	await expect(values.getByRole('checkbox', { checked: true })).toHaveCount(2);
	await values.getByRole('button', { name: `Show only seed ${first}` }).click();
	await expect(values.getByRole('checkbox', { checked: true })).toHaveCount(1);
	await app.expectPictures(shown(first));
});

test('US-13.5 dimensions on X, Y or the slider are always multi', async ({ app }) => {
	await app.openDrawer();
	for (const name of ['cfg', 'prompt_name', 'checkpoint']) {
		await expect(app.dimension(name).getByRole('radio')).toHaveCount(0);
	}
	await app.closeDrawer();
	await app.setMode('seed', 'Single');
	await app.assign('seed', 'X axis');
	const values = await app.openFilter('seed');
	await expect(values.getByRole('checkbox')).toHaveCount(2);
	await expect(app.columnHeaders).toHaveCount(2);
});

test('US-13.7 filters are collapsed at first; a click opens one, another closes it', async ({ app }) => {
	const values = app.filters.getByRole('group', { name: 'Values of cfg' });
	await expect(app.filter('cfg')).toHaveAttribute('aria-expanded', 'false');
	await expect(values).toHaveCount(0);
	await app.filter('cfg').click();
	await expect(app.filter('cfg')).toHaveAttribute('aria-expanded', 'true');
	await expect(values.getByRole('listitem')).toHaveText(LANTERN.cfgs);
	await app.filter('cfg').click();
	await expect(values).toHaveCount(0);
});

test('the slider’s filter takes positions out', async ({ app }) => {
	const values = await app.openFilter('checkpoint');
	await include(values, 'checkpoint 3000').click();
	await include(values, 'checkpoint 1000').click();
	await expect(app.masterValue).toContainText('of 3');
	await app.moveTo(app.master, 1);
	await expect(app.masterValue).toContainText('1500');
});
