#include "safetensors.h"

#include "noise.h"
#include "picture.h"
#include "text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* One "key": "value" pair of __metadata__, where every value is a string. */
__attribute__((format(printf, 3, 4))) static void put(
	struct demo_text *json, const char *key, const char *format, ...);

static void put(struct demo_text *json, const char *key, const char *format, ...)
{
	char value[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(value, sizeof(value), format, arguments);
	va_end(arguments);
	demo_text_add(json, "%s", json->length > 1 ? ", " : "");
	demo_text_add_string(json, key);
	demo_text_add(json, ": ");
	demo_text_add_string(json, value);
}

/* JSON inside a string, as the trainers keep what has structure. */
static void put_nested(struct demo_text *json, const char *key, struct demo_text *value)
{
	demo_text_add(json, ", ");
	demo_text_add_string(json, key);
	demo_text_add(json, ": ");
	demo_text_add_string(json, value->bytes);
	demo_text_free(value);
}

static void put_dataset(struct demo_text *json, const struct demo_checkpoint *c)
{
	static const int shapes[4][2] = {{1344, 1344}, {1152, 1536}, {1536, 1152}, {1024, 1728}};
	struct demo_text text = {0};
	int left = c->pictures;

	demo_text_add(
		&text, "{\"%s\": {\"n_repeats\": 4, \"img_count\": %d}}", c->concept, c->pictures);
	put_nested(json, "ss_dataset_dirs", &text);

	demo_text_add(&text, "{\"buckets\": {");
	for (int i = 0; i < 4; i++) {
		int count = i == 3 ? left : left / 2;

		demo_text_add(&text, "%s\"%d\": {\"resolution\": [%d, %d], \"count\": %d}",
			i ? ", " : "", i, shapes[i][0], shapes[i][1], count * 4);
		left -= count;
	}
	demo_text_add(&text, "}, \"mean_img_ar_error\": 0.0183}");
	put_nested(json, "ss_bucket_info", &text);

	demo_text_add(&text, "{\"%s\": {", c->concept);
	for (int i = 0; c->tags[i]; i++) {
		demo_text_add(&text, "%s", i ? ", " : "");
		demo_text_add_string(&text, c->tags[i]);
		demo_text_add(&text, ": %d", i ? c->pictures * 5 / (6 + 3 * i) : c->pictures);
	}
	demo_text_add(&text, "}}");
	put_nested(json, "ss_tag_frequency", &text);
}

static void put_network(struct demo_text *json, const struct demo_checkpoint *c)
{
	struct demo_text text = {0};

	if (!c->lora)
		return;
	put(json, "ss_network_module", "networks.lora_qwen_image");
	put(json, "ss_network_dim", "%u", c->rank);
	put(json, "ss_network_alpha", "%u", c->rank / 2);
	put(json, "ss_network_dropout", "None");
	demo_text_add(
		&text, "{\"loraplus_lr_ratio\": \"4\", \"exclude_patterns\": \"['.*norm.*']\"}");
	put_nested(json, "ss_network_args", &text);
}

static void put_hash(struct demo_text *json, const char *key, uint32_t seed)
{
	char digits[65];

	for (uint32_t i = 0; i < 8; i++)
		snprintf(digits + 8 * (size_t)i, 9, "%08x", demo_hash(i, 1, seed));
	put(json, key, "%s", digits);
}

static void put_training(struct demo_text *json, const struct demo_checkpoint *c)
{
	double seconds = 4.137 * c->step;

	put(json, "ss_output_name", "%s", c->run);
	put(json, "ss_session_id", "%u", demo_hash((uint32_t)c->seed, 3, 5));
	put(json, "ss_training_started_at", "%" PRId64 ".2714107", c->started);
	put(json, "ss_training_finished_at", "%.7f", (double)c->started + seconds);
	put(json, "ss_steps", "%d", c->step);
	put(json, "ss_epoch", "%d", c->epoch);
	put(json, "ss_max_train_steps", "%d", c->steps);
	put(json, "ss_num_epochs", "%d", c->epochs);
	put(json, "ss_num_train_images", "%d", c->pictures * 4);
	put(json, "ss_num_reg_images", "0");
	put(json, "ss_num_batches_per_epoch", "%d", c->steps / c->epochs);
	put(json, "ss_batch_size_per_device", "2");
	put(json, "ss_gradient_accumulation_steps", "1");
	put(json, "ss_gradient_checkpointing", "True");
	put(json, "ss_optimizer", "%s",
		c->lora ? "prodigyopt.prodigy.Prodigy(weight_decay=0.01,use_bias_correction=True)"
			: "transformers.optimization.Adafactor(scale_parameter=False,relative_step="
			  "False,"
			  "warmup_init=False)");
	put(json, "ss_learning_rate", "%s", c->lora ? "1.0" : "8e-06");
	put(json, "ss_unet_lr", "%s", c->lora ? "1.0" : "8e-06");
	put(json, "ss_text_encoder_lr", "None");
	put(json, "ss_lr_scheduler", "%s", c->lora ? "cosine" : "constant_with_warmup");
	put(json, "ss_lr_warmup_steps", "%d", c->lora ? 0 : 200);
	put(json, "ss_max_grad_norm", "1.0");
	put(json, "ss_mixed_precision", "bf16");
	put(json, "ss_full_bf16", "%s", c->lora ? "False" : "True");
	put(json, "ss_seed", "%" PRIu64, c->seed);
	put(json, "ss_loss_type", "l2");
	put(json, "ss_noise_offset", "None");
	put(json, "ss_min_snr_gamma", "None");
	put(json, "ss_timestep_sampling", "qwen_shift");
	put(json, "ss_discrete_flow_shift", "2.2");
	put(json, "ss_training_comment", "demo data of Checkpoint Sampler");
}

static void put_model(struct demo_text *json, const struct demo_checkpoint *c)
{
	char date[32] = "";
	time_t when = (time_t)(c->started + (int64_t)(4.137 * c->step));
	struct tm utc;

	put(json, "ss_base_model_version", "qwen_image");
	put(json, "ss_sd_model_name", "%s", c->base_model);
	put_hash(json, "ss_new_sd_model_hash", 71);
	put(json, "ss_vae_name", "qwen_image_vae.safetensors");
	put(json, "ss_resolution", "(1344, 1344)");
	put(json, "ss_enable_bucket", "True");
	put(json, "ss_min_bucket_reso", "512");
	put(json, "ss_max_bucket_reso", "2048");
	put(json, "ss_cache_latents", "True");
	put(json, "ss_shuffle_caption", "False");
	put(json, "ss_sd_scripts_commit_hash", "0000000000000000000000000000000000000000");
	put_hash(json, "sshs_model_hash", (uint32_t)(c->step + 1000));
	put(json, "modelspec.sai_model_spec", "1.0.1");
	put(json, "modelspec.architecture", "%s", c->lora ? "Qwen-Image/lora" : "Qwen-Image");
	put(json, "modelspec.implementation", "https://github.com/QwenLM/Qwen-Image");
	put(json, "modelspec.title", "%s", c->run);
	put(json, "modelspec.resolution", "1344x1344");
	if (gmtime_r(&when, &utc) && strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &utc))
		put(json, "modelspec.date", "%s", date);
}

/* The tensors' part of the header; answers how many bytes of data it describes. */
static size_t describe_tensors(struct demo_text *header, const struct demo_checkpoint *c)
{
	const char *prefix = c->lora ? "lora_unet_transformer_blocks_0_attn_to_q"
				     : "transformer_blocks.0.attn.to_q";
	uint32_t rows = c->lora ? c->rank : 32;
	size_t first = (size_t)rows * 16 * 2;
	size_t second = (size_t)rows * 2;

	demo_text_add(header,
		", \"%s%s\": {\"dtype\": \"BF16\", \"shape\": [%u, 16], \"data_offsets\": [0, %zu]}"
		", \"%s%s\": {\"dtype\": \"BF16\", \"shape\": [%u], \"data_offsets\": [%zu, %zu]}}",
		prefix, c->lora ? ".lora_down.weight" : ".weight", rows, first, prefix,
		c->lora ? ".lora_up.weight" : ".bias", rows, first, first + second);
	/* The data begins at a multiple of eight. */
	while (header->length % 8)
		demo_text_add(header, " ");
	return first + second;
}

bool demo_safetensors_write(
	const char *path, const struct demo_checkpoint *checkpoint, struct demo_failure *failure)
{
	struct demo_text metadata = {0};
	struct demo_text header = {0};
	uint32_t dice = (uint32_t)checkpoint->step;

	demo_text_add(&metadata, "{");
	put_training(&metadata, checkpoint);
	put_network(&metadata, checkpoint);
	put_model(&metadata, checkpoint);
	put_dataset(&metadata, checkpoint);
	demo_text_add(&metadata, "}");
	demo_text_add(&header, "{\"__metadata__\": %s", metadata.bytes);

	size_t data = describe_tensors(&header, checkpoint);
	size_t length = 8 + header.length + data;
	unsigned char *bytes = demo_allocate(length, 1);

	for (int i = 0; i < 8; i++)
		bytes[i] = (unsigned char)(header.length >> (8 * i));
	memcpy(bytes + 8, header.bytes, header.length);
	for (size_t i = 0; i < data; i += 2) {
		/* Small weights: BF16 is the upper half of a float. */
		float weight = demo_random_between(&dice, -0.05f, 0.05f);
		uint32_t bits;

		memcpy(&bits, &weight, sizeof(bits));
		bytes[8 + header.length + i] = (unsigned char)(bits >> 16);
		bytes[9 + header.length + i] = (unsigned char)(bits >> 24);
	}

	bool written = demo_file_write(path, bytes, length, failure);

	free(bytes);
	demo_text_free(&header);
	demo_text_free(&metadata);
	return written;
}
