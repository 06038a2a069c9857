// The viewer as a user handles it. What a test says about it stays in the test.
import { decodePng } from './png.mjs';
import { readCode } from './picture.mjs';
import { expect } from './playwright.mjs';
import { shows } from '../tree.mjs';

const literally = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const exactly = (text) => new RegExp(`^\\s*${literally(text)}\\s*$`);
const endingIn = (text) => new RegExp(`(^|\\W|[a-z])${literally(text)}\\s*$`);

/** Where the picture itself is on the page, which has `object-fit: contain`; run in the page. */
function pictureRect(element) {
	const rect = element.getBoundingClientRect();
	const width = element.naturalWidth ?? element.width;
	const height = element.naturalHeight ?? element.height;
	const scale = Math.min(rect.width / width, rect.height / height);
	return {
		x: rect.x + (rect.width - width * scale) / 2,
		y: rect.y + (rect.height - height * scale) / 2,
		width: width * scale,
		height: height * scale,
	};
}

export class App {
	constructor(page, guard) {
		this.page = page;
		this.guard = guard;
		this.drawer = page.getByRole('dialog', { name: 'Controls' });
		this.filters = page.getByRole('region', { name: 'Filters' });
		this.master = page.getByRole('slider', { name: /, all cells$/ });
		this.masterValue = page.getByTestId('master-value');
		this.cells = page.getByRole('gridcell');
		this.lightbox = new Lightbox(page);
		this.checkpoints = page.getByRole('dialog', { name: 'Checkpoint metadata' });
	}

	async open(target = '/') {
		await this.page.goto(target);
		await this.settled();
	}

	/** Waits until the page shows a grid whose cells have all ended loading, or says why there is none. */
	async settled() {
		const { page } = this;
		await page.locator('[role="gridcell"], [role="status"]:not([aria-busy="true"])').first().waitFor();
		await expect(page.locator('[role="gridcell"][data-status="waiting"]')).toHaveCount(0);
	}

	/** Waits until nothing has moved for a moment, so that all cells show originals. */
	async atRest() {
		await this.settled();
		await expect(this.page.locator('[role="gridcell"][data-status="ready"]:not([data-original])')).toHaveCount(0);
	}

	// --- Controls

	async openDrawer() {
		const menu = this.page.getByTestId('menu');
		if ((await menu.getAttribute('aria-expanded')) !== 'true') await menu.click();
		await expect(this.drawer).toBeVisible();
	}
	async closeDrawer() {
		const menu = this.page.getByTestId('menu');
		if ((await menu.getAttribute('aria-expanded')) === 'true') await menu.click();
		await expect(this.drawer).toBeHidden();
	}
	/** Does something in the drawer, then closes it, so that all of the grid shows. */
	async inDrawer(action) {
		await this.openDrawer();
		await action(this.drawer);
		await this.closeDrawer();
		await this.settled();
	}

	/** The texts of a select's options. */
	async optionsOf(select) {
		await select.click();
		const options = this.page.locator('.n-base-select-option').filter({ visible: true });
		await options.first().waitFor();
		// The list is virtual: what is further down exists when it is scrolled to.
		const texts = new Set(await options.allTextContents());
		await this.page.locator('.n-base-select-menu').filter({ visible: true }).hover();
		await this.page.mouse.wheel(0, 5000);
		await expect
			.poll(async () => {
				for (const text of await options.allTextContents()) texts.add(text);
				return texts.has(await options.last().textContent());
			})
			.toBe(true);
		await select.press('Escape');
		return [...texts];
	}
	async pick(select, text) {
		await select.click();
		await this.page.locator('.n-base-select-option').filter({ visible: true, hasText: exactly(text) }).click();
	}
	get runSelect() {
		return this.drawer.getByTestId('run-select');
	}
	get presetSelect() {
		return this.drawer.getByTestId('preset-select');
	}
	async chooseRun(name) {
		await this.inDrawer(() => this.pick(this.runSelect, name));
		await expect(this.page.getByTestId('current-run')).toHaveText(name);
		await this.settled();
	}
	dimension(name) {
		return this.drawer.getByTestId(`dimension-${name}`);
	}
	/** `role`: X axis, Y axis, Slider or None. */
	async assign(name, role) {
		await this.inDrawer(() => this.pick(this.dimension(name).locator('.n-select'), role));
	}
	/** `mode`: Hide, Single or Multi. */
	async setMode(name, mode) {
		await this.inDrawer(() => this.dimension(name).locator('.n-radio-button', { hasText: exactly(mode) }).click());
	}
	/** The pill that opens a dimension's filter. */
	filter(name) {
		return this.filters.getByRole('button', { name: new RegExp(`^Filter ${name}\\b`) });
	}
	/** Opens a dimension's filter and returns its values. */
	async openFilter(name) {
		const values = this.filters.getByRole('group', { name: `Values of ${name}` });
		if (!(await values.isVisible())) await this.filter(name).click();
		await expect(values).toBeVisible();
		return values;
	}
	/** The labels of all columns, without what is in the corner. */
	get columnHeaders() {
		return this.page.getByRole('columnheader').locator('button[aria-pressed]');
	}
	columnHeader(value) {
		return this.columnHeaders.filter({ hasText: endingIn(value) });
	}
	rowHeader(value) {
		return this.page.getByRole('rowheader').getByRole('button').filter({ hasText: endingIn(value) });
	}
	/** Moves a slider to a position, counted from 0. */
	async moveTo(slider, position) {
		await slider.press('Home');
		for (let step = 0; step < position; step++) await slider.press('ArrowRight');
	}
	cellSlider(cell) {
		return cell.getByRole('slider');
	}

	// --- What is on the screen

	/** The cell in a row and a column, both counted from 0. */
	cell(row, column) {
		return this.page.getByRole('rowgroup').getByRole('row').nth(row).getByRole('gridcell').nth(column);
	}

	/** What the pixels of the grid's cells show, by row; `no image` for a placeholder. */
	async pictures() {
		const cells = await this.page.evaluate(
			`[...document.querySelectorAll('[role="rowgroup"] [role="row"]')].map((row) =>
				[...row.querySelectorAll('[role="gridcell"]')].map((cell) => {
					const picture = cell.querySelector('img, canvas');
					return picture ? { rect: (${pictureRect})(picture) } : { text: cell.innerText };
				}))`,
		);
		// The hint of what the pointer rests on lies over cells.
		const screen = decodePng(await this.page.screenshot({ style: '.n-tooltip { display: none }' }));
		const read = ({ rect, text }) => (rect ? shows(readCode(screen, rect)) : text.split('\n')[0].toLowerCase());
		return cells.map((row) => row.map(read));
	}

	/** Waits until the grid shows this, read from its pixels. */
	async expectPictures(expected) {
		await this.settled();
		await expect.poll(() => this.pictures()).toEqual(expected);
	}

	/** The requests for which `matches` is true, from now on. */
	collectRequests(matches) {
		const urls = [];
		this.page.on('request', (request) => {
			const url = new URL(request.url());
			if (matches(url)) urls.push(url);
		});
		return urls;
	}
}

class Lightbox {
	constructor(page) {
		this.page = page;
		this.root = page.getByTestId('lightbox');
		this.stage = this.root.getByTestId('stage');
		this.zoom = this.root.getByTestId('zoom');
		this.slider = this.root.getByRole('slider');
		this.metadata = this.root.getByRole('region', { name: 'Generation metadata' });
	}
	async showMetadata() {
		await this.root.getByRole('button', { name: 'Show how it was made' }).click();
		await expect(this.metadata).toBeVisible();
	}
	/** Waits until the original is there: nothing that stands in for it, nothing on its way. */
	async atRest() {
		await expect(this.stage).toHaveAttribute('aria-busy', 'false');
		await this.page.waitForFunction(() => document.getAnimations().length === 0);
	}
	/** Where the picture is, in CSS pixels of the page. */
	rect() {
		return this.stage.locator('img, canvas').filter({ visible: true }).evaluate(pictureRect);
	}
	async scale() {
		return Number.parseInt(await this.zoom.innerText(), 10) / 100;
	}
	/** What the pixels of the whole picture show. */
	async picture() {
		if ((await this.stage.locator('img, canvas').count()) === 0) return 'no picture';
		const rect = await this.rect();
		return shows(readCode(decodePng(await this.page.screenshot()), rect));
	}
	async expectPicture(expected) {
		await expect.poll(() => this.picture()).toBe(expected);
	}
	/** Turns the wheel at a point of the page; towards the user (down) for positive lengths. */
	async wheel(point, length) {
		await this.page.mouse.move(point.x, point.y);
		await this.page.mouse.wheel(0, length);
	}
	async drag(from, to) {
		await this.page.mouse.move(from.x, from.y);
		await this.page.mouse.down();
		await this.page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2);
		await this.page.mouse.move(to.x, to.y);
		await this.page.mouse.up();
	}
}
