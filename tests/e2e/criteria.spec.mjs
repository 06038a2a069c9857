import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from './support/playwright.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));

/** The ids of criteria.txt, and those of them that are not built yet. */
async function readCriteria() {
	const lines = (await readFile(`${here}criteria.txt`, 'utf8')).split('\n');
	const ids = [];
	const later = [];
	for (const line of lines.filter((each) => each !== '' && !each.startsWith('#'))) {
		const id = /^US-\d+\.\d+(?= \S)/.exec(line)?.[0];
		if (id) ids.push(id);
		else if (/^ +later: \S/.test(line)) later.push(ids.at(-1));
		else throw new Error(`criteria.txt: what is “${line}”?`);
	}
	return { ids, later };
}

/** The ids that begin the titles of tests which run and are expected to pass. */
function testedIds() {
	const command = fileURLToPath(new URL('../../web/node_modules/@playwright/test/cli.js', import.meta.url));
	const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(TEST_|PLAYWRIGHT_|PW)/.test(name)));
	const output = execFileSync(process.execPath, [command, 'test', '--list', '--reporter=json'], {
		cwd: here,
		env: environment,
		maxBuffer: 64 << 20,
	});
	const specsOf = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specsOf)];
	return JSON.parse(output)
		.suites.flatMap(specsOf)
		.filter(({ tests }) => tests.every(({ expectedStatus }) => expectedStatus === 'passed'))
		.flatMap(({ title }) => /^(US-\d+\.\d+ )*/.exec(title)[0].split(' ').filter(Boolean));
}

test('every acceptance criterion has a test that is named after it', async () => {
	const { ids, later } = await readCriteria();
	const tested = new Set(testedIds());
	expect(ids.length).toBeGreaterThan(0);
	expect(ids, 'an id occurs twice').toEqual([...new Set(ids)]);
	expect(ids.filter((id) => !tested.has(id) && !later.includes(id)), 'criteria without a test').toEqual([]);
	expect(later.filter((id) => tested.has(id)), 'called `later` but tested').toEqual([]);
	expect([...tested].filter((id) => !ids.includes(id)), 'tests of unknown criteria').toEqual([]);
});
