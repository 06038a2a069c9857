// PNG files as these tests need them: written with text chunks, and read back from screenshots. 8 bits, RGB or RGBA.
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

function chunk(type, data) {
	const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
	const whole = Buffer.alloc(body.length + 8);
	whole.writeUInt32BE(data.length, 0);
	body.copy(whole, 4);
	whole.writeUInt32BE(crc32(body), body.length + 4);
	return whole;
}

/**
 * @param {Buffer} rgb three bytes a pixel, row by row
 * @param {Record<string, string>} texts become tEXt chunks, so Latin-1 alone
 */
export function encodePng(width, height, rgb, texts = {}) {
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header.set([8, 2, 0, 0, 0], 8);
	const rows = Buffer.alloc(height * (width * 3 + 1));
	for (let y = 0; y < height; y++) {
		rgb.copy(rows, y * (width * 3 + 1) + 1, y * width * 3, (y + 1) * width * 3);
	}
	return Buffer.concat([
		SIGNATURE,
		chunk('IHDR', header),
		...Object.entries(texts).map(([key, text]) => chunk('tEXt', Buffer.from(`${key}\0${text}`, 'latin1'))),
		chunk('IDAT', deflateSync(rows, { level: 3 })),
		chunk('IEND', Buffer.alloc(0)),
	]);
}

/** By filter type: the value that a byte is stored as the difference to. */
const PREDICTORS = [
	() => 0,
	(left) => left,
	(left, up) => up,
	(left, up) => (left + up) >> 1,
	(left, up, corner) => {
		const byLeft = Math.abs(up - corner);
		const byUp = Math.abs(left - corner);
		const byCorner = Math.abs(left + up - 2 * corner);
		if (byLeft <= byUp && byLeft <= byCorner) return left;
		return byUp <= byCorner ? up : corner;
	},
];

/** @returns {{width: number, height: number, at: (x: number, y: number) => number[]}} `at` gives red, green, blue */
export function decodePng(bytes) {
	let width, height, channels;
	const data = [];
	for (let at = SIGNATURE.length; at < bytes.length; ) {
		const length = bytes.readUInt32BE(at);
		const type = bytes.toString('latin1', at + 4, at + 8);
		const body = bytes.subarray(at + 8, at + 8 + length);
		if (type === 'IHDR') {
			[width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
			channels = { 2: 3, 6: 4 }[body[9]];
			if (body[8] !== 8 || !channels || body[12] !== 0) throw new Error('a PNG of a kind that is not read here');
		}
		if (type === 'IDAT') data.push(body);
		at += length + 12;
	}
	const raw = inflateSync(Buffer.concat(data));
	const stride = width * channels;
	const pixels = Buffer.alloc(height * stride);
	for (let y = 0; y < height; y++) {
		const predict = PREDICTORS[raw[y * (stride + 1)]];
		for (let x = 0; x < stride; x++) {
			const left = x < channels ? 0 : pixels[y * stride + x - channels];
			const up = y === 0 ? 0 : pixels[(y - 1) * stride + x];
			const corner = x < channels || y === 0 ? 0 : pixels[(y - 1) * stride + x - channels];
			pixels[y * stride + x] = raw[y * (stride + 1) + 1 + x] + predict(left, up, corner);
		}
	}
	return {
		width,
		height,
		at: (x, y) => [...pixels.subarray(y * stride + x * channels, y * stride + x * channels + 3)],
	};
}
