// Makes the training run that the viewer is measured on; every picture is 1344 x 1344 and about 4.6 MB.
import { link, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import zlib from 'node:zlib';

const SIZE = 1344;
/** Few pictures are drawn; the files are hard links to them, with paths, URLs and previews of their own. */
const DISTINCT = 12;

const PROMPTS = ['forest_portals', 'harbour_at_dusk', 'fjord_aurora', 'glass_botanist', 'night_market',
	'paper_city', 'desert_rain', 'portrait_study'];
const SEEDS = ['420', '421', '422', '423', '424', '425'];
const STEPS = Array.from({ length: 24 }, (_, at) => (at + 1) * 500);

function chunk(type, data) {
	const body = Buffer.concat([Buffer.from(type), data]);
	const whole = Buffer.alloc(body.length + 8);
	whole.writeUInt32BE(data.length);
	body.copy(whole, 4);
	whole.writeUInt32BE(zlib.crc32(body), body.length + 4);
	return whole;
}

/** Waves of colour with a little noise, which compress about as well as what a model renders. */
function drawPng(number) {
	const rows = Buffer.alloc(SIZE * (SIZE * 3 + 1));
	let noise = number * 7919 + 1;
	let at = 0;
	for (let y = 0; y < SIZE; y++) {
		rows[at++] = 0;
		for (let x = 0; x < SIZE; x++) {
			for (let colour = 0; colour < 3; colour++) {
				noise = (Math.imul(noise, 1103515245) + 12345) >>> 0;
				const wave = Math.sin((x + number * 97) / (41 + colour * 13)) + Math.cos(y / (53 + number));
				rows[at++] = 128 + wave * 55 + ((noise >>> 16) & 7);
			}
		}
	}
	const header = Buffer.alloc(13);
	header.writeUInt32BE(SIZE);
	header.writeUInt32BE(SIZE, 4);
	header.set([8, 2, 0, 0, 0], 8);
	return Buffer.concat([
		Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
		chunk('IHDR', header),
		chunk('IDAT', zlib.deflateSync(rows, { level: 1 })),
		chunk('IEND', Buffer.alloc(0)),
	]);
}

/** The shortest valid safetensors file: a header that names no tensor. */
const CHECKPOINT = Buffer.from('\x08\0\0\0\0\0\0\0{}      ', 'latin1');

/**
 * Makes the run `large` of 1,152 images in DIRECTORY/checkpoints and DIRECTORY/samples, unless it is there, and one
 * without any, `elsewhere`, to come from.
 */
export async function makeLargeRun(directory) {
	const complete = path.join(directory, 'complete');
	if (await stat(complete).catch(() => undefined)) return;
	await rm(directory, { recursive: true, force: true });
	const drawn = path.join(directory, 'drawn');
	const checkpoints = path.join(directory, 'checkpoints');
	for (const each of [drawn, checkpoints]) await mkdir(each, { recursive: true });
	for (let number = 0; number < DISTINCT; number++) {
		await writeFile(path.join(drawn, `${number}.png`), drawPng(number));
	}
	let next = 0;
	for (const step of STEPS) {
		const name = `large-step${String(step).padStart(8, '0')}.safetensors`;
		await writeFile(path.join(checkpoints, name), CHECKPOINT);
		const samples = path.join(directory, 'samples', name);
		await mkdir(samples, { recursive: true });
		for (const prompt of PROMPTS) {
			for (const seed of SEEDS) {
				const file = `prompt_name=${prompt}&seed=${seed}&cfg=7&_00001_.png`;
				await link(path.join(drawn, `${next++ % DISTINCT}.png`), path.join(samples, file));
			}
		}
	}
	await writeFile(path.join(checkpoints, 'elsewhere.safetensors'), CHECKPOINT);
	await writeFile(complete, '');
}
