// ComfyUI's moods with a job in each: quick ones for every run of the tests, slow ones for the long one.

export const once = (value, times = 1) => ({ value, times });

/** A job in these moods is completed, image by image. */
export const COMES = {
	'prompts are accepted slowly': { prompt_delay: 0.2 },
	'the reply to a prompt is lost': { prompt_reset: once(true, 2) },
	'the server makes its own prompt ids': { prompt_id_ignored: true },
	'it does, and the reply that tells them is lost': { prompt_id_ignored: true, prompt_reset: once(true, 2), seconds_per_step: 0.3 },
	'the server accepts UUIDs only': { prompt_id_must_be_uuid: true, newer_validation: true },
	'the memory of the graphics card runs out once': { oom: once(true) },
	'the memory must be freed first': { oom_until_free: true },
	'the image is listed as temporary': { temp_output: true },
	'models load slowly, and results of old are kept': { load_seconds: 0.3, cache_keeps: true },
	'pictures are black': { black: true },
	'history comes late': { history_delay: 0.3 },
	'history was cleared': { forget_history: once(true) },
	'ComfyUI crashes as it accepts': { crash: once('prompt') },
	'ComfyUI crashes in a step': { crash: once('step') },
	'ComfyUI crashes after saving': { crash: once('saved') },
	'ComfyUI crashes in the download': { crash: once('view') },
	'the feed is refused': { feed: 'refused' },
	'the feed is closed at once': { feed: 'closed' },
	'the feed is deaf': { feed: 'deaf' },
	'the feed is deaf until it is opened again': { feed: 'deaf_until_reconnect', seconds_per_step: 0.2 },
	'the feed stands still': { feed: 'stalled' },
	'the feed breaks off again and again': { feed_reset_after: 5 },
	'a closed feed takes the new one with it': { feed_reset_after: 9, goodbye_delay: 0.3 },
	'the feed has previews and the words of others, in fragments': { previews: true, chatter: true, frames: 'fragmented' },
	'compression would be accepted': { deflate: true },
	'events lack the prompt id, and are of the old kind': { executing_without_prompt_id: true, no_progress_state: true },
	'the server is one of early 2024': { prompt_id_ignored: true, interrupt_is_global: true, no_progress_state: true, no_execution_success: true },
	'the image is missing at first': { view: once('missing', 2) },
	'the download is cut': { view: once('cut', 2) },
	'the download is reset': { view: once('reset', 2) },
	'the download is slow': { view: once('slow', 2) },
	'the download is a web page': { view: once('html', 8) },
	'JSON has NaN and huge integers in it': { nan: true },
	'lists are slow and long': { object_info_seconds: 1, object_info_bytes: 2_000_000 },
	'lists cannot be made at first': { object_info_fails: once(true, 2) },
	'names have backslashes': { windows: true },
	'a proxy wants a login for a while': { proxy: once('401', 3) },
	'a proxy refuses for a while': { proxy: once('403', 2) },
	'a proxy sends elsewhere for a while': { proxy: once('302', 2) },
	'a proxy finds no ComfyUI for a while': { proxy: once('502', 3) },
	'a proxy answers with pages for a while': { proxy: once('html', 3) },
	'validation blocks the server': { validation_seconds: 0.3 },
};

/** An image is given up with a reason. */
export const GIVEN_UP = {
	'one of several outputs was refused': [{ partial: once(true) }, { failed: 1, reason: /not in list/ }],
	'a node fails; its traceback is kept': [{ fail: once('boom') }, { failed: 1, reason: /KSampler.*boom.*"error_details":".*File / }],
	'a node fails with megabytes of inputs': [{ fail: once('boom'), error_bytes: 3_000_000 }, { failed: 1, reason: /boom/ }],
	'some always fail': [{ fail_if: 'the sea' }, { failed: 4, reason: /"count":2/ }],
	'memory never does': [{ oom: true }, { status: 'failed', failed: 4, made: 0, reason: /5 images in a row/ }],
	'nothing was saved': [{ no_output: once(true) }, { failed: 1, reason: /save_image/ }],
};

/** Moods that other tests set, by the file that does; of `hang`, `silent` it takes minutes. */
export const ELSEWHERE = {
	hold: 'worker_control.test.mjs',
	interrupt_is_global: 'worker_control.test.mjs',
	hang: '../long/worker.test.mjs',
	silent: '../long/worker.test.mjs',
	// How long it is away after each of the crashes above.
	down_seconds: '../comfyui-stub/life.py',
};
