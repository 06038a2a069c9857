import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { expect } from './playwright.mjs';

const axeSource = await readFile(createRequire(new URL('../../../web/package.json', import.meta.url)).resolve('axe-core/axe.min.js'), 'utf8');

/** Fails with what axe finds serious or critical on the page as it is. */
export async function expectAccessible(page, state) {
	await page.evaluate(axeSource);
	const findings = await page.evaluate(async () => {
		const { violations } = await window.axe.run(document, { resultTypes: ['violations'], preload: false });
		return violations
			.filter(({ impact }) => impact === 'serious' || impact === 'critical')
			.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`));
	});
	expect(findings, state).toEqual([]);
}
