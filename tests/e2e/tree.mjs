// The files that the browser tests look at: training runs made by hand, with names that are not the demo's.
//
// Every picture carries a code (support/picture.mjs); `shows` says in words what a code stands for, such as
// `lantern 500 canyon, seed 7, cfg 1.5`, and that is what tests compare.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { codedPicture } from './support/picture.mjs';
import { encodePng } from './support/png.mjs';

/** By code: what the picture shows. */
const meanings = new Map();

/** What a picture shows, by the code read from the screen. */
export const shows = (code) => meanings.get(code) ?? (code === '' ? 'no picture' : `a picture nobody made: ${code}`);

export const LANTERN = {
	name: 'flux/lantern-steps-3000',
	/** With samples, in training order; the last is the file without a suffix, named by the run's `steps-`. */
	checkpoints: ['500', '1000', '1500', '2000', '3000'],
	prompts: ['canyon', 'lighthouse', 'market'],
	/** The second one does not fit into a JavaScript number. */
	seeds: ['7', '18446744073709551615'],
	cfgs: ['1.5', '4'],
	images: 57,
};
export const INK = {
	name: `lora/Tinte & Wäsche=100% #1+"q"`,
	checkpoints: ['2', '4', '6', 'final'],
	prompts: ['50% "off" #1+1', 'a=b & c', '日本の庭'],
	strengths: ['0.5', '1'],
};
export const GALLERY = { name: 'wide/gallery', columns: 20, rows: 12 };
export const FULL_SIZE = { name: 'sd/full-size', size: 1344 };
export const DAMAGED = { name: 'sd/damaged' };
export const UNSAMPLED = { name: 'sd/no-samples-yet' };
export const EMPTY = { name: 'sd/empty-folders' };
export const MALFORMED = { name: 'sd/only-malformed' };
/** As the product sorts them. */
export const RUNS = [LANTERN, INK, DAMAGED, EMPTY, FULL_SIZE, UNSAMPLED, MALFORMED, GALLERY].map(({ name }) => name);

const fileOf = (base, checkpoint, digits, prefix) =>
	checkpoint === undefined ? `${base}.safetensors` : `${base}${prefix}${checkpoint.padStart(digits, '0')}.safetensors`;
export const lanternFile = (checkpoint) =>
	fileOf('lantern-steps-3000', checkpoint === '3000' ? undefined : checkpoint, 8, '-step');
const inkFile = (checkpoint) =>
	fileOf(path.basename(INK.name), checkpoint === 'final' ? undefined : checkpoint, 6, '-');

/** What the cell of the lantern run with these values must show; `batch` is the ComfyUI batch counter. */
export const lantern = ({ checkpoint, prompt, seed = '7', cfg, batch = 1 }) =>
	`lantern ${checkpoint} ${prompt}, seed ${seed}, cfg ${cfg}${batch > 1 ? `, batch ${batch}` : ''}`;
export const ink = ({ checkpoint, prompt, strength }) => `ink ${checkpoint} ${prompt}, strength ${strength}`;
export const gallery = (column, row) => `gallery column ${column}, row ${row}`;

/** No picture for any seed · for the first seed alone · a second, higher batch number. */
const isMissing = ({ checkpoint, prompt, seed, cfg }) =>
	(checkpoint === '2000' && prompt === 'canyon' && cfg === '1.5') ||
	(checkpoint === '1500' && prompt === 'market' && cfg === '4' && seed === '7');
const batchesOf = ({ checkpoint, prompt, seed, cfg }) =>
	checkpoint === '500' && prompt === 'canyon' && cfg === '1.5' && seed === '7' ? [1, 2] : [1];

/** ComfyUI's `prompt`, with the seed as ComfyUI writes it: a number with all its digits. */
export function comfyuiPrompt({ prompt, seed, cfg, checkpoint }) {
	return JSON.stringify({
		3: {
			class_type: 'KSampler',
			inputs: {
				seed: 'SEED',
				steps: 20,
				cfg: Number(cfg),
				sampler_name: 'res_multistep',
				scheduler: 'beta',
				positive: ['6', 0],
				negative: ['7', 0],
				model: ['10', 0],
			},
		},
		6: { class_type: 'CLIPTextEncode', inputs: { text: `A ${prompt} at dusk, lit by paper lanterns`, clip: ['11', 0] } },
		7: { class_type: 'CLIPTextEncode', inputs: { text: 'blurry', clip: ['11', 0] } },
		10: { class_type: 'UNETLoader', inputs: { unet_name: lanternFile(checkpoint) } },
	}).replace('"SEED"', seed);
}
const WORKFLOW = JSON.stringify({ last_node_id: 11, nodes: [{ id: 3, type: 'KSampler' }], version: 0.4 });

async function writeCheckpoint(file, metadata) {
	const header = Buffer.from(
		JSON.stringify({ ...(metadata && { __metadata__: metadata }), w: { dtype: 'F16', shape: [2], data_offsets: [0, 4] } }),
	);
	const length = Buffer.alloc(8);
	length.writeBigUInt64LE(BigInt(header.length));
	await writeFile(file, Buffer.concat([length, header, Buffer.alloc(4)]));
}

const lanternMetadata = (checkpoint) => ({
	ss_output_name: `lantern-at-${checkpoint}`,
	ss_steps: checkpoint,
	ss_num_epochs: '12',
	ss_epoch: '9',
	ss_optimizer: 'prodigyopt.prodigy.Prodigy(weight_decay=0.01)',
	ss_sd_model_name: 'flux1-dev.safetensors',
	ss_base_model_version: 'flux1',
	ss_dataset_dirs: JSON.stringify({ '10_lanterns': { n_repeats: 10, img_count: 37 } }),
	'modelspec.title': 'Lantern',
});

/**
 * Writes the whole tree below a directory that has `checkpoints/` and `samples/`.
 * @returns {{checkpoint_dirs: string[]}} what the configuration needs beside those two
 */
export async function makeTree(place) {
	const second = path.join(place, 'more checkpoints');
	const checkpointDirectory = async (name, root = path.join(place, 'checkpoints')) => {
		const directory = path.join(root, path.dirname(name));
		await mkdir(directory, { recursive: true });
		return directory;
	};
	const sampleDirectory = async (file) => {
		const directory = path.join(place, 'samples', file);
		await mkdir(directory, { recursive: true });
		return directory;
	};
	const picture = async (directory, name, meaning, code, options) => {
		meanings.set(code.join(''), meaning);
		await writeFile(path.join(directory, name), codedPicture(code, options));
	};

	for (const [c, checkpoint] of LANTERN.checkpoints.entries()) {
		const file = lanternFile(checkpoint);
		await writeCheckpoint(path.join(await checkpointDirectory(LANTERN.name), file), lanternMetadata(checkpoint));
		const directory = await sampleDirectory(file);
		for (const [p, prompt] of LANTERN.prompts.entries())
			for (const [s, seed] of LANTERN.seeds.entries())
				for (const [g, cfg] of LANTERN.cfgs.entries()) {
					const values = { checkpoint, prompt, seed, cfg };
					if (isMissing(values)) continue;
					for (const batch of batchesOf(values)) {
						const name = `prompt_name=${prompt}&steps=20&seed=${seed}&cfg=${cfg}&_0000${batch}_.png`;
						await picture(directory, name, lantern({ ...values, batch }), [0, c, p, s, g, batch], {
							texts: { prompt: comfyuiPrompt(values), workflow: WORKFLOW },
						});
					}
				}
	}
	// Not sampled yet, and files in a sample directory that are no samples.
	await writeCheckpoint(path.join(await checkpointDirectory(LANTERN.name), lanternFile('2500')));
	await writeFile(path.join(await sampleDirectory(lanternFile('500')), 'preview.png'), codedPicture([7, 7, 7, 7, 7, 7]));
	await writeFile(path.join(await sampleDirectory(lanternFile('500')), 'notes.txt'), 'no picture');

	// Names that need care in file names, URLs and HTML. ComfyUI nodes encode them, people do not.
	const names = ['prompt_name=50% "off" %231%2B1', 'prompt_name=a%3Db+%26%20c', 'prompt_name=日本の庭'];
	for (const [c, checkpoint] of INK.checkpoints.entries()) {
		const file = inkFile(checkpoint);
		await writeCheckpoint(path.join(await checkpointDirectory(INK.name), file), c === 0 ? undefined : { ss_epoch: checkpoint });
		const directory = await sampleDirectory(file);
		for (const [p, prompt] of INK.prompts.entries())
			for (const [s, strength] of INK.strengths.entries())
				await picture(
					directory,
					`${names[p]}&strength=${strength}.png`,
					ink({ checkpoint, prompt, strength }),
					[1, c, p, s, 0, 0],
					{ width: 128, height: 192 },
				);
	}

	await writeCheckpoint(path.join(await checkpointDirectory(GALLERY.name, second), 'gallery-step00000100.safetensors'), {});
	const wall = await sampleDirectory('gallery-step00000100.safetensors');
	for (let column = 0; column < GALLERY.columns; column++)
		for (let row = 0; row < GALLERY.rows; row++)
			await picture(wall, `column=${column}&row=${row}.png`, gallery(column, row), [
				2,
				column >> 3,
				column & 7,
				row >> 3,
				row & 7,
				0,
			]);

	await writeCheckpoint(path.join(await checkpointDirectory(FULL_SIZE.name), 'full-size-step00000001.safetensors'), {});
	await writeFile(
		path.join(await sampleDirectory('full-size-step00000001.safetensors'), 'seed=1.png'),
		encodePng(FULL_SIZE.size, FULL_SIZE.size, fullSizePixels()),
	);

	await writeCheckpoint(path.join(await checkpointDirectory(DAMAGED.name), 'damaged-step00000001.safetensors'), {});
	const damaged = await sampleDirectory('damaged-step00000001.safetensors');
	await picture(damaged, 'seed=1.png', 'damaged seed 1', [3, 0, 0, 0, 0, 0]);
	await writeFile(path.join(damaged, 'seed=2.png'), 'no picture at all');

	for (const step of ['00000100', '00000200'])
		await writeCheckpoint(path.join(await checkpointDirectory(UNSAMPLED.name), `no-samples-yet-step${step}.safetensors`));
	await writeCheckpoint(path.join(await checkpointDirectory(EMPTY.name), 'empty-folders-step00000001.safetensors'));
	await sampleDirectory('empty-folders-step00000001.safetensors');
	await writeCheckpoint(path.join(await checkpointDirectory(MALFORMED.name), 'only-malformed-step00000001.safetensors'));
	await writeFile(
		path.join(await sampleDirectory('only-malformed-step00000001.safetensors'), 'untitled.png'),
		codedPicture([7, 7, 7, 7, 7, 7]),
	);
	return { checkpoint_dirs: [path.join(place, 'checkpoints'), second] };
}

/** Detail in every single pixel, so that no smaller version and no lossy one can pass for it. */
export function fullSizePixel(x, y) {
	return [(x * 7 + y * 3) & 255, (x ^ y) & 255, ((x & y) * 5) & 255];
}
function fullSizePixels() {
	const { size } = FULL_SIZE;
	const rgb = Buffer.alloc(size * size * 3);
	for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) rgb.set(fullSizePixel(x, y), (y * size + x) * 3);
	return rgb;
}
