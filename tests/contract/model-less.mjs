// Recorded scenarios without a model: the same shape of graph and the same messages, of nodes that any ComfyUI runs.
// A loader becomes an EmptyImage, the sampler an ImageInvert, which tells no steps.

/** The prompt of a scenario. `mark` makes what it computes, and where it is saved, this run's own. */
export function withoutModel(prompt, mark) {
	const nodes = Object.entries(structuredClone(prompt)).map(([id, node]) => [id, translate(node, mark)]);
	return Object.fromEntries(nodes);
}

function translate(node, mark) {
	const { inputs, ...rest } = node;
	switch (node.class_type) {
		case 'UNETLoader':
			// One whose model is missing becomes one whose width is.
			return {
				...rest,
				class_type: 'EmptyImage',
				inputs: { width: inputs.unet_name === 'two.safetensors' ? 64 : 99999, height: 64, batch_size: 1, color: mark },
			};
		case 'KSampler':
			return { ...rest, class_type: 'ImageInvert', inputs: { image: inputs.model, _seed: inputs.seed } };
		case 'EmptyImage':
			return { ...node, inputs: { ...inputs, color: mark } };
		default:
			return { ...rest, inputs: { ...inputs, filename_prefix: inputs.filename_prefix.replace(/^cs\//, `${folderOf(mark)}/`) } };
	}
}

const folderOf = (mark) => `cs-contract-${mark}`;

/** What is told of such a prompt: without steps, and about this run's files. */
export function messagesWithoutModel(messages, mark) {
	return messages
		.filter(({ type, data }) => type !== 'progress' && !tellsStep(type, data))
		.map(({ to, type, data }) => ({ to, type, data: translateNames(JSON.parse(JSON.stringify(data), flattenSteps), mark) }));
}

const tellsStep = (type, data) =>
	type === 'progress_state' && Object.values(data.nodes).some(({ state, value }) => state === 'running' && value > 0);

/** A node that is through has done 1 of 1. */
function flattenSteps(_, value) {
	return value?.state === 'finished' ? { ...value, value: 1, max: 1 } : value;
}

export const translateNames = (value, mark) =>
	JSON.parse(JSON.stringify(value).replaceAll('"cs/j1"', `"${folderOf(mark)}/j1"`).replaceAll('"cs"', `"${folderOf(mark)}"`));

/** Whether `actual` has all of `expected`; newer versions add fields. Returns the path of the first difference, or ''. */
export function difference(actual, expected, path = '') {
	if (Array.isArray(expected)) {
		if (!Array.isArray(actual) || actual.length !== expected.length) return path || '/';
		return expected.map((value, at) => difference(actual[at], value, `${path}/${at}`)).find(Boolean) ?? '';
	}
	if (expected !== null && typeof expected === 'object') {
		if (actual === null || typeof actual !== 'object') return path || '/';
		return Object.keys(expected).map((key) => difference(actual[key], expected[key], `${path}/${key}`)).find(Boolean) ?? '';
	}
	return actual === expected ? '' : path || '/';
}
