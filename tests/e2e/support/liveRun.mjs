// A training run that grows while a page shows it: `checkpoint` on the slider, `prompt` and `seed` on the axes.
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../../api/stack.mjs';
import { get } from '../../api/client.mjs';
import { shows } from '../tree.mjs';
import { codedPicture } from './picture.mjs';

/** A picture that differs from every other of these values, as `App.pictures` tells it; `edition` counts replacements. */
const codeOf = ({ checkpoint, prompt, seed, edition = 0 }) => [
	Math.floor(checkpoint / 100) & 7,
	prompt.charCodeAt(0) & 7,
	(prompt.charCodeAt(0) >> 3) & 7,
	seed & 7,
	edition,
	5,
];
export const picture = (values) => shows(codeOf(values).join(''));

export class LiveRun {
	/** `guard` is told of what the page may ask for in vain. */
	constructor(stack, name, guard) {
		this.stack = stack;
		this.guard = guard;
		this.name = `live/${name}`;
		this.base = name;
	}

	fileOf(checkpoint) {
		return `${this.base}-step${String(checkpoint).padStart(8, '0')}.safetensors`;
	}
	directoryOf(checkpoint) {
		return path.join(this.stack.samples, this.fileOf(checkpoint));
	}
	async addCheckpoint(checkpoint) {
		const directory = path.join(this.stack.checkpoints, path.dirname(this.name));
		await mkdir(directory, { recursive: true });
		await writeFile(path.join(directory, this.fileOf(checkpoint)), '\x02\0\0\0\0\0\0\0{}');
	}
	pathOf({ checkpoint, prompt, seed }) {
		return path.join(this.directoryOf(checkpoint), `prompt=${prompt}&seed=${seed}.png`);
	}
	/** A finished file, renamed into place. */
	async add(values) {
		const file = this.pathOf(values);
		const hidden = path.join(path.dirname(file), `.${path.basename(file)}.part`);
		await writeFile(hidden, codedPicture(codeOf(values)));
		await rename(hidden, file);
	}
	/** The same in two halves; `between` is done while only the first is there. */
	async addSlowly(values, between) {
		const bytes = codedPicture(codeOf(values));
		const file = await open(this.pathOf(values), 'w');
		await file.write(bytes.subarray(0, bytes.length / 2));
		await between();
		await file.write(bytes.subarray(bytes.length / 2));
		await file.close();
	}
	remove(values) {
		const file = this.pathOf(values);
		this.#allowAbsence(file);
		return rm(file);
	}
	/** Moves a checkpoint's directory away; gives a function that moves it back. */
	async moveAway(checkpoint) {
		const directory = this.directoryOf(checkpoint);
		this.#allowAbsence(directory);
		await rename(directory, `${directory}-away`);
		return () => rename(`${directory}-away`, directory);
	}
	/** A page may ask for what has just gone, before it is told. */
	#allowAbsence(place) {
		const inUrl = path.relative(this.stack.samples, place).split(path.sep).map(encodeURIComponent).join('/');
		this.guard.allow(new RegExp(`status of 404 .*/${RegExp.escape(inUrl)}`));
	}
	/** A checkpoint with pictures of all these, as when nobody watched. */
	async fill(checkpoints, prompts, seeds) {
		for (const checkpoint of checkpoints) {
			await this.addCheckpoint(checkpoint);
			await mkdir(this.directoryOf(checkpoint), { recursive: true });
			for (const prompt of prompts) for (const seed of seeds) await this.add({ checkpoint, prompt, seed });
		}
	}
	async id() {
		const found = await eventually(`the run ${this.name} is listed`, async () =>
			(await get(this.stack, '/api/training-runs')).json.find(({ name }) => name === this.name),
		);
		return found.id;
	}
	/** What a scan that trusts no cache has, as lines to compare. */
	async scan() {
		const { json } = await get(this.stack, `/api/training-runs/${await this.id()}/scan?refresh=1`);
		return {
			images: json.images.map(({ relative_path: name, version }) => `${name} ${version}`).sort(),
			dimensions: json.dimensions,
		};
	}
	async show(app) {
		await app.open(`/?run=${await this.id()}`);
		await expectLive(app.page);
	}
}

async function expectLive(page) {
	await page.locator('[data-testid="live"][data-state="live"]').waitFor();
}
