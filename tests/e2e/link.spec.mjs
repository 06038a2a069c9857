// The view is a URL: what is on the screen can be sent, and Back returns to it.
import { expect, test } from './support/test.mjs';
import { INK, LANTERN, lantern } from './tree.mjs';

const values = { checkpoint: '2000', prompt: 'lighthouse', seed: '7', cfg: '4' };

test('a link shows the same picture in another browser', async ({ app, page, browser }) => {
	await app.assign('seed', 'X axis');
	await app.columnHeader('7').click();
	await app.moveTo(app.master, 3);
	await app.cell(1, 0).getByRole('button', { name: /^Open/ }).click();
	await expect(page).toHaveURL(/at=2000.*open=1/);
	const title = await app.lightbox.root.getAttribute('aria-label');
	await expect.poll(() => app.lightbox.picture()).not.toBe('no picture');
	const pictures = await app.lightbox.picture();

	const elsewhere = await browser.newContext({ viewport: page.viewportSize() });
	try {
		const other = await elsewhere.newPage();
		await other.goto(page.url());
		await expect(other.getByTestId('lightbox')).toHaveAccessibleName(title);
		const theirs = new app.constructor(other);
		await theirs.lightbox.expectPicture(pictures);
		await other.keyboard.press('Escape');
		await expect(theirs.lightbox.root).toHaveCount(0);
		await expect(theirs.masterValue).toContainText('2000');
		await expect(theirs.columnHeaders).toHaveCount(1);
	} finally {
		await elsewhere.close();
	}
});

test.describe('cells that were moved alone', () => {
	const expected = (own) =>
		LANTERN.prompts.map((prompt, y) =>
			LANTERN.cfgs.map((cfg, x) => lantern({ checkpoint: own[`${x},${y}`] ?? '3000', prompt, cfg })),
		);

	test('stay where they are when Back closes a picture, also the one that was moved in front of the grid', async ({ app, page }) => {
		await app.moveTo(app.cellSlider(app.cell(1, 0)), 1);
		await app.cell(2, 1).getByRole('button', { name: /^Open/ }).click();
		await app.lightbox.slider.press('Home');
		await app.lightbox.expectPicture(lantern({ checkpoint: '500', prompt: 'market', cfg: '4' }));
		await page.goBack();
		await expect(app.lightbox.root).toHaveCount(0);
		await app.expectPictures(expected({ '0,1': '1000', '1,2': '500' }));
		await page.reload();
		await app.expectPictures(expected({ '0,1': '1000', '1,2': '500' }));
	});

	test('are so in another browser', async ({ app, page, browser }) => {
		await app.moveTo(app.cellSlider(app.cell(1, 0)), 1);
		await app.moveTo(app.cellSlider(app.cell(0, 1)), 0);
		await expect(page).toHaveURL(/cell\.slider=1000.*cell\.slider=500/);
		const elsewhere = await browser.newContext({ viewport: page.viewportSize() });
		try {
			const theirs = new app.constructor(await elsewhere.newPage());
			await theirs.open(page.url());
			await expect(theirs.cellSlider(theirs.cell(1, 0))).toHaveAttribute('aria-valuetext', '1000');
			await expect(theirs.cellSlider(theirs.cell(0, 1))).toHaveAttribute('aria-valuetext', '500');
			await expect(theirs.cellSlider(theirs.cell(0, 0))).toHaveAttribute('aria-valuetext', '3000');
		} finally {
			await elsewhere.close();
		}
	});

	test('are none of the next run’s', async ({ app, page }) => {
		await app.moveTo(app.cellSlider(app.cell(1, 0)), 1);
		await app.chooseRun(INK.name);
		await page.goBack();
		await expect(page.getByTestId('current-run')).toHaveText(LANTERN.name);
		await app.expectPictures(expected({ '0,1': '1000' }));
		await page.goForward();
		await expect(page.getByTestId('current-run')).toHaveText(INK.name);
		await expect(page).not.toHaveURL(/cell\.slider/);
	});
});

test('Back closes the picture, takes back a filter and returns to the run before; Forward repeats', async ({ app, page }) => {
	const { run } = { run: await page.getByTestId('current-run').innerText() };
	await app.columnHeader('4').click();
	await expect(app.columnHeader('1.5')).toHaveCount(0);
	await app.moveTo(app.master, 3);
	await app.cell(1, 0).getByRole('button', { name: /^Open/ }).click();
	await app.lightbox.expectPicture(lantern(values));
	await page.goBack();
	await expect(app.lightbox.root).toHaveCount(0);
	await page.goForward();
	await app.lightbox.expectPicture(lantern(values));
	await page.keyboard.press('Escape');
	await expect(app.lightbox.root).toHaveCount(0);
	await app.chooseRun(INK.name);
	await page.goBack();
	await expect(page.getByTestId('current-run')).toHaveText(run);
	await app.settled();
	await expect(app.columnHeader('1.5')).toHaveCount(0);
	await expect(app.masterValue).toContainText('2000');
	await page.goBack();
	await expect(app.columnHeader('1.5')).toHaveCount(1);
});

test('a reload right after a step of the slider keeps it', async ({ app, page }) => {
	await app.moveTo(app.master, 1);
	const text = await app.masterValue.innerText();
	await page.reload();
	await app.settled();
	await expect(app.masterValue).toHaveText(text, { useInnerText: true });
});

test('? lists the keys, which are dead in text fields', async ({ app, page }) => {
	await page.keyboard.press('?');
	const help = page.getByRole('dialog', { name: 'Keyboard' });
	await expect(help).toContainText('Neighbour in the row');
	// Not on something that nobody sees.
	await expect(help.getByRole('button', { name: 'close' })).toBeFocused();
	await page.keyboard.press('Escape');
	await expect(help).toHaveCount(0);
	await app.openDrawer();
	await app.runSelect.click();
	await page.keyboard.type('?');
	await expect(help).toHaveCount(0);
});

test('a link to a run that is not here says so and offers those that are', async ({ app, page }) => {
	await page.goto('/?run=0123456789abcdef&x=cfg&at=500');
	const status = page.getByRole('status');
	await expect(status).toContainText('This link leads to a run that is not here');
	await expect(app.cells).toHaveCount(0);
	expect(new URL(page.url()).searchParams.get('run')).toBe('0123456789abcdef');
	await page.reload();
	await status.getByRole('button', { name: INK.name }).click();
	await expect(page.getByTestId('current-run')).toHaveText(INK.name);
	await expect(app.cells).not.toHaveCount(0);
	await expect(page).not.toHaveURL(/0123456789abcdef/);
});

test('what a link names and the run lacks is named, and the rest applies', async ({ app, page }) => {
	await app.columnHeader('4').click();
	await expect(page).toHaveURL(/only\.cfg=4/);
	const url = new URL(page.url());
	url.searchParams.append('filter.sampler', 'multi');
	url.searchParams.append('only.prompt_name', 'castle');
	url.searchParams.append('only.prompt_name', 'market');
	url.searchParams.set('at', '750');
	await page.goto('about:blank');
	await app.open(url.href);
	const notice = page.getByRole('note').filter({ hasText: 'does not have all that the link names' });
	await expect(notice).toContainText('the dimension “sampler”, prompt_name castle, checkpoint 750.');
	await app.expectPictures([[lantern({ checkpoint: '3000', prompt: 'market', cfg: '4' })]]);
	await notice.getByRole('button', { name: 'Close what the link lacks' }).click();
	await expect(notice).toHaveCount(0);
});
