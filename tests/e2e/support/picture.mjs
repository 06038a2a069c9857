// Pictures that say what they show: six blocks, each of one of eight colours, so that a test can read from pixels of
// the screen which file it sees. A digit in the corner of each block says the same to people.
import { encodePng } from './png.mjs';

const COLOURS = [
	[230, 25, 75], // red
	[60, 180, 75], // green
	[255, 225, 25], // yellow
	[67, 99, 216], // blue
	[245, 130, 49], // orange
	[145, 30, 180], // purple
	[70, 240, 240], // cyan
	[240, 50, 230], // magenta
];
const COLUMNS = 3;
const ROWS = 2;
/** Further apart than this, two colours are not the same; scaling and encoders shift a colour by less. */
const TOLERANCE = 24;

/** Rows of three pixels, as bits. */
const DIGITS = ['75557', '26227', '71747', '71717', '55711', '74717', '74757', '71111'];

/**
 * @param {number[]} code six numbers of 0 to 7
 * @returns {Buffer} a PNG file
 */
export function codedPicture(code, { width = 192, height = 128, texts } = {}) {
	const rgb = Buffer.alloc(width * height * 3);
	const dot = Math.max(1, Math.floor(height / 64));
	for (let y = 0; y < height; y++) {
		for (let x = 0; x < width; x++) {
			const column = Math.floor((x * COLUMNS) / width);
			const row = Math.floor((y * ROWS) / height);
			const digit = code[row * COLUMNS + column];
			const dotX = Math.floor((x - (column * width) / COLUMNS) / dot) - 1;
			const dotY = Math.floor((y - (row * height) / ROWS) / dot) - 1;
			const isInk = dotX >= 0 && dotX < 3 && dotY >= 0 && dotY < 5 && (DIGITS[digit][dotY] >> (2 - dotX)) & 1;
			rgb.set(isInk ? [0, 0, 0] : COLOURS[digit], (y * width + x) * 3);
		}
	}
	return encodePng(width, height, rgb, texts);
}

function digitOf(colour) {
	const digit = COLOURS.findIndex((each) => each.every((value, at) => Math.abs(value - colour[at]) <= TOLERANCE));
	return digit < 0 ? undefined : digit;
}

/**
 * Reads a picture from a screenshot.
 * @param {{at: Function}} screen from decodePng
 * @param {{x: number, y: number, width: number, height: number}} rect where the whole picture is shown
 * @returns {string} the six digits, or '' if there is no such picture
 */
export function readCode(screen, rect) {
	let code = '';
	for (let block = 0; block < COLUMNS * ROWS; block++) {
		const x = rect.x + (rect.width * ((block % COLUMNS) + 0.5)) / COLUMNS;
		const y = rect.y + (rect.height * (Math.floor(block / COLUMNS) + 0.75)) / ROWS;
		if (x < 0 || y < 0 || x >= screen.width || y >= screen.height) return '';
		const digit = digitOf(screen.at(Math.floor(x), Math.floor(y)));
		if (digit === undefined) return '';
		code += digit;
	}
	return code;
}
