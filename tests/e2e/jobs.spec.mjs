import { execFileSync } from 'node:child_process';
import { copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { get, send } from '../api/client.mjs';
import { expectAccessible } from './support/axe.mjs';
import { CHECKPOINTS, expect, makePreset, MODELS, RUN, test, UNSEEN, values, WORKFLOW, workflowFile } from './support/generation.mjs';

const jobs = async (stack) => (await get(stack, '/api/sample-jobs')).json;
const pictures = async (stack) => (await readdir(stack.samples, { recursive: true })).filter((name) => name.endsWith('.png'));

/** Launches the usual job without the page. */
async function launch(stack, changes = {}, wishes = {}) {
	const preset = await makePreset(stack, changes);
	const { status, json, text } = await send(stack, 'POST', '/api/sample-jobs', {
		training_run_name: RUN,
		sample_preset_id: preset.id,
		workflow_name: WORKFLOW,
		...wishes,
	});
	expect(status, text).toBe(201);
	return json;
}

test('US-21.1 US-21.2 US-21.5 US-21.6 US-22.4 a run without samples is given some, which fill the grid as they are made', async ({ generation, stack, page, app }) => {
	await makePreset(stack);
	await page.getByRole('main').getByRole('button', { name: 'Generate samples' }).click();
	const { launch: dialog, start } = generation;
	await generation.choose('Training run to generate for', RUN);
	await expect(dialog.getByText('3 of 3 checkpoints')).toBeVisible();
	// The only workflow and the only preset need no choice.
	await expect(dialog.getByTestId('launch-sum')).toHaveText('3 checkpoints × 4 images = 12');
	await expect(dialog.getByText('below cs/')).toBeVisible();
	await expect(start).toHaveText('Generate 12 images');
	await start.click();
	await expect(dialog).toBeHidden();
	await generation.openJobs();
	await generation.state('Done');
	await expect(generation.job.getByTestId('job-counts')).toHaveText('12 of 12 images');
	expect(await pictures(stack)).toHaveLength(12);
	expect((await jobs(stack))[0]).toMatchObject({ training_run_name: RUN, completed_items: 12 });
	await generation.jobsButton.click();
	if ((await page.getByTestId('current-run').count()) === 0) await app.chooseRun(RUN);
	await expect(page.locator('[role="gridcell"][data-status="ready"]').first()).toBeVisible();
});

test('US-21.3 US-21.4 only settings that the workflow has a place for are shown, with ComfyUI’s models', async ({ generation, stack, page, app, guard }) => {
	guard.allow(/status of 503 .*workflow=unknown\.json/);
	const other = path.join(stack.workflows, 'parts.json');
	await copyFile(workflowFile('tiny_sd3_api.json'), other);
	const unknown = path.join(stack.workflows, 'unknown.json');
	await writeFile(unknown, (await readFile(other, 'utf8')).replace('"VAELoader"', '"VAELoaderOfOurs"'));
	try {
		await generation.openLaunch();
		await generation.choose('Workflow', WORKFLOW);
		for (const label of ['VAE', 'Text encoder', 'Shift']) {
			await expect(generation.launch.getByRole('group', { name: label, exact: true })).toHaveCount(0);
		}
		await generation.choose('Workflow', 'parts.json');
		expect(await app.optionsOf(generation.launch.getByRole('combobox', { name: 'VAE' }))).toContain(MODELS.vae[0]);
		expect(await app.optionsOf(generation.launch.getByRole('combobox', { name: 'Text encoder' }))).toEqual(MODELS.text_encoders);
		await expect(generation.launch.getByRole('textbox', { name: 'Shift' })).toBeVisible();
		// They are all that its node takes.
		const vae = generation.launch.getByRole('group', { name: 'VAE', exact: true });
		const type = async (text) => {
			await generation.launch.getByRole('combobox', { name: 'VAE' }).click();
			await page.keyboard.type(text);
			await page.keyboard.press('Enter');
		};
		await type('odd.gguf');
		await expect(vae).not.toContainText('odd.gguf');
		await page.keyboard.press('Escape');
		// The list of a node that ComfyUI does not know cannot be had.
		await generation.choose('Workflow', 'unknown.json');
		await expect(vae).toContainText('ComfyUI cannot tell its list');
		await type('odd.gguf');
		await expect(vae).toContainText('odd.gguf');
	} finally {
		await rm(other);
		await rm(unknown);
	}
});

test('what would be skipped or refused is said before the launch', async ({ generation, stack }) => {
	const job = await launch(stack, {}, { checkpoint_filenames: [CHECKPOINTS[0]] });
	await expect.poll(async () => (await jobs(stack)).find(({ id }) => id === job.id).status).toBe('completed');
	await generation.page.reload();
	await generation.app.settled();
	await generation.openLaunch();
	await generation.choose('Training run to generate for', RUN);
	// Those without samples are chosen at first.
	await expect(generation.launch.getByText('2 of 3 checkpoints')).toBeVisible();
	await generation.launch.getByRole('button', { name: 'All', exact: true }).click();
	await expect(generation.launch.getByText('4 images of exactly this recipe are there and count as done.')).toBeVisible();
	await expect(generation.start).toHaveText('Generate 8 images');
	await generation.launch.locator('.n-radio', { hasText: 'Make all anew' }).click();
	await expect(generation.start).toHaveText('Generate 12 images');
	await generation.launch.getByRole('button', { name: 'None', exact: true }).click();
	await expect(generation.launch.getByText('Choose at least one checkpoint.')).toBeVisible();
	await expect(generation.start).toBeDisabled();
});

test('checkpoints that ComfyUI cannot see are named before the launch', async ({ generation, stack }) => {
	await makePreset(stack);
	await generation.openLaunch();
	await generation.choose('Training run to generate for', UNSEEN.name);
	const unmatched = generation.launch.getByTestId('launch-unmatched');
	await expect(unmatched).toContainText(UNSEEN.checkpoint);
	// Nothing is promised that cannot be.
	await expect(generation.launch.getByTestId('launch-sum')).toContainText('ComfyUI sees none of these checkpoints');
	await expect(generation.start).toHaveText('Generate');
	await expect(generation.start).toBeDisabled();
	// Mended while the launch is open.
	const seen = path.join(stack.checkpoints, UNSEEN.checkpoint);
	await copyFile(path.join(stack.directory, 'elsewhere', UNSEEN.checkpoint), seen);
	try {
		await generation.launch.getByRole('button', { name: 'Check again' }).click();
		await expect(unmatched).toBeHidden();
		await expect(generation.start).toHaveText('Generate 4 images');
		await expect(generation.start).toBeEnabled();
	} finally {
		await rm(seen);
	}
});

test('that ComfyUI comes back while the launch is open is seen', async ({ generation, stack, comfyui, guard }) => {
	guard.allow(/status of 503/);
	await comfyui.stop();
	await makePreset(stack);
	await generation.openLaunch();
	await generation.choose('Training run to generate for', RUN);
	const warnings = generation.launch.getByTestId('launch-warnings');
	await expect(warnings).toContainText('ComfyUI cannot be reached now.');
	await comfyui.start();
	// The usual workflow names nothing that is not there.
	await expect(warnings).toBeHidden({ timeout: 30_000 });
	await expect(generation.start).toHaveText('Generate 12 images');
});

test('US-22.1 US-22.2 US-22.3 a running job is watched: state, checkpoints, images, steps, time left; also after a reload and with the panel closed', async ({ generation, stack, comfyui, page, app }) => {
	await comfyui.setMoods({ seconds_per_step: 0.15 });
	await launch(stack, { steps: [8] });
	await expect(generation.jobsButton).toHaveAccessibleName(/^Jobs 1 job active$/);
	await expect(page).toHaveTitle(/^\d+ % · /);
	await generation.openJobs();
	await generation.state('Running');
	await expect(generation.job.getByTestId('job-step')).toHaveText(/^step \d\/8$/);
	await expect(generation.job.getByTestId('job-image')).toHaveText(/^[1-3] of 4 images$/, { timeout: 30_000 });
	await expect(generation.job.getByTestId('job-checkpoints')).toHaveText(/^\d of 3 checkpoints$/);
	await expect(generation.job.getByTestId('job-left')).toHaveText(/ left, about \d\d:\d\d|about to end/);
	await page.reload();
	await app.settled();
	await generation.openJobs();
	await expect(generation.job.getByTestId('job-counts')).toHaveText(/^[1-9]\d* of 12 images$/);
	await comfyui.resetMoods();
	await generation.state('Done');
	await expect(generation.jobsButton).toHaveAccessibleName('Jobs');
	await expect(page).not.toHaveTitle(/%/);
	await expect(page.getByText(`${RUN}: 12 images done`)).toBeVisible();
});

test('the time left falls within one image, not only from image to image', async ({ generation, stack, comfyui, page }) => {
	await comfyui.setMoods({ seconds_per_step: 0.2 });
	await launch(stack, { steps: [15], prompts: [values.prompts[0]], seeds: [1] });
	await generation.openJobs();
	// All that the card says while the second of three images is made, as seconds.
	await page.evaluate(() => {
		window.told = [];
		const note = () => {
			const text = (id) => document.querySelector(`[data-testid="${id}"]`)?.textContent ?? '';
			const [, minutes = 0, seconds] = /^(?:(\d+) min )?(\d+) s left/.exec(text('job-left')) ?? [];
			if (text('job-counts').startsWith('1 of 3') && seconds !== undefined) window.told.push(minutes * 60 + Number(seconds));
		};
		new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true });
	});
	await expect(generation.job.getByTestId('job-counts')).toHaveText('2 of 3 images', { timeout: 60_000 });
	const told = await page.evaluate(() => window.told);
	expect(told.length).toBeGreaterThan(1);
	// An image takes three seconds and more.
	expect(told[0] - told.at(-1), told.join(' ')).toBeGreaterThanOrEqual(2);
});

test('a worker that is gone is named in the panel and the header until it is back', async ({ generation, stack, comfyui }) => {
	const service = path.join(stack.runtimeDirectory, 'service', 'worker');
	await comfyui.setMoods({ hold: true });
	await launch(stack);
	await generation.openJobs();
	await generation.state('Running');
	execFileSync('s6-svc', ['-wD', '-d', service]);
	try {
		await generation.state('Waiting');
		await expect(generation.job.getByRole('status')).toContainText('The worker is not running.');
		await expect(generation.jobsButton).toHaveAccessibleName(/1 job waiting$/);
		// Nobody ends the image in work now.
		await generation.press('Stop');
		await generation.state('Stopping');
		await expect(generation.job.getByRole('status')).toContainText('The worker is not running.');
		await comfyui.resetMoods();
	} finally {
		execFileSync('s6-svc', ['-u', service]);
	}
	await generation.state('Stopped');
});

test('US-23.1 US-23.2 US-23.3 US-23.4 a job is stopped, survives a restart of everything, and is resumed', async ({ generation, stack, comfyui, page, app, guard }) => {
	guard.allow(/WebSocket|ERR_|status of 50\d/);
	await comfyui.setMoods({ seconds_per_step: 0.2 });
	await launch(stack, { steps: [6] });
	await generation.openJobs();
	await expect(generation.job.getByTestId('job-counts')).toHaveText(/^[1-9]\d* of 12 images$/, { timeout: 30_000 });
	await generation.press('Stop');
	await generation.state('Stopped');
	const kept = await pictures(stack);
	expect(kept.length).toBeGreaterThan(0);
	expect(kept.length).toBeLessThan(12);
	await stack.restart();
	await page.reload();
	await app.settled();
	await generation.openJobs();
	await generation.state('Stopped');
	await expect(generation.job.getByTestId('job-counts')).toHaveText(`${kept.length} of 12 images`);
	await comfyui.resetMoods();
	await generation.press('Resume');
	await generation.state('Done');
	expect(await pictures(stack)).toEqual(expect.arrayContaining(kept));
	expect(await pictures(stack)).toHaveLength(12);
});

test('failures are told in ComfyUI’s words, tried again, and the job deleted; its images stay', async ({ generation, stack, comfyui, page }) => {
	await comfyui.setMoods({ fail_if: 'the sea', seconds_per_step: 0.5 });
	await launch(stack);
	await generation.openJobs();
	await generation.job.getByText(/\d images? failed/).click();
	await expect(generation.job.getByText(/^\d ×.*KSampler/)).toBeVisible();
	await generation.state('Running');
	// What is unfolded stays so when the job has ended.
	await comfyui.setMoods({ seconds_per_step: 0 });
	await generation.state('Done, with failures');
	await expect(generation.job.getByText('6 images failed')).toBeVisible();
	await expect(generation.job.getByText(/^6 ×.*KSampler/)).toBeVisible();
	for (const name of CHECKPOINTS) await expect(generation.job.getByText(name)).toBeVisible();
	await expectAccessible(page, 'a job with failures');
	await comfyui.resetMoods();
	await generation.press('Retry 6');
	await generation.state('Done');
	await generation.press('Delete this job');
	await page.getByRole('button', { name: 'Delete', exact: true }).click();
	await expect(generation.panel.getByText('No jobs yet')).toBeVisible();
	expect(await jobs(stack)).toEqual([]);
	expect(await pictures(stack)).toHaveLength(12);
});

test('deleting a job under way says what is lost, and keeps it when told to', async ({ generation, stack, comfyui, page }) => {
	await comfyui.setMoods({ hold: true });
	await launch(stack);
	await generation.openJobs();
	await generation.state('Running');
	await generation.press('Delete this job');
	const question = page.getByRole('dialog', { name: 'Delete this job?' });
	await expect(question).toContainText('Its images stay. The image in work is interrupted; 12 images are not made.');
	// The keyboard is at what loses nothing, and Escape closes the question alone.
	await expect(question.getByRole('button', { name: 'Keep' })).toBeFocused();
	await page.keyboard.press('Escape');
	await expect(question).toBeHidden();
	await expect(generation.panel).toBeVisible();
	await generation.press('Delete this job');
	await question.getByRole('button', { name: 'Keep' }).click();
	await expect(question).toBeHidden();
	expect((await jobs(stack))[0].status).toBe('running');
});

test('a job waits while ComfyUI is away, says so, and goes on by itself', async ({ generation, stack, comfyui, guard }) => {
	guard.allow(/status of 503/);
	await comfyui.stop();
	await launch(stack);
	await generation.openJobs();
	await generation.state('Waiting');
	await expect(generation.job.getByRole('status')).toHaveText(/ComfyUI|listens/);
	await comfyui.start();
	await generation.state('Done');
});

for (const scheme of ['light', 'dark']) {
	test.describe(`with a ${scheme} system`, () => {
		test.use({ colorScheme: scheme });
		test(`nothing serious is wrong with launch and jobs in the ${scheme} theme`, async ({ generation, stack, comfyui, page }) => {
			await comfyui.setMoods({ hold: true });
			await launch(stack);
			await generation.openJobs();
			await generation.state('Running');
			await expectAccessible(page, 'jobs');
			await generation.openLaunch();
			await generation.choose('Training run to generate for', RUN);
			await expect(generation.start).toBeEnabled();
			await expectAccessible(page, 'launch');
			await page.setViewportSize({ width: 390, height: 844 });
			await expectAccessible(page, 'launch on a phone');
		});
	});
}
