// A training run of 2,000 rows and 20 columns: neighbouring cells show different pictures.
import { linkSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { codedPicture } from './picture.mjs';

export const ROWS = 2000;
export const COLUMNS = 20;
/** Repeats after 64 rows. */
export const codeOf = (row, column) => [4, (row >> 3) & 7, row & 7, column & 7, 0, 0];

/** A checkpoint file with no tensors in PLACE/checkpoints; the directory of its samples below PLACE/samples. */
export async function addCheckpoint(place, name) {
	const header = Buffer.from('{}');
	const length = Buffer.alloc(8);
	length.writeBigUInt64LE(BigInt(header.length));
	await writeFile(path.join(place, 'checkpoints', name), Buffer.concat([length, header]));
	const samples = path.join(place, 'samples', name);
	await mkdir(samples);
	return samples;
}

/** Makes the run `huge` below PLACE. */
export async function makeHugeRun(place) {
	const samples = await addCheckpoint(place, 'huge-step00000100.safetensors');
	const pictures = await mkdtemp(path.join(place, 'pictures-'));
	for (let row = 0; row < 64; row++)
		for (let column = 0; column < 8; column++)
			await writeFile(path.join(pictures, `${row}-${column}.png`), codedPicture(codeOf(row, column), { width: 96, height: 64 }));
	for (let row = 0; row < ROWS; row++)
		for (let column = 0; column < COLUMNS; column++)
			linkSync(path.join(pictures, `${row & 63}-${column & 7}.png`), path.join(samples, `row=${row}&column=${column}.png`));
}
