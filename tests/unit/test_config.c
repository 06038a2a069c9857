/* The configuration: values, defaults, every fault with its place and words, directories. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "config/config.h"
#include "support.h"

#define FILE_PATH "/etc/cs/config.yaml"

/* The keys that no file may lack, in lines 1 and 2. */
#define REQUIRED "checkpoint_dirs: [/c]\nsample_dir: /s\n"

static struct arena arena;

static int set_up(void **state)
{
	(void)state;
	arena_init(&arena, (size_t)64 << 20);
	return setenv("HOME", "/home/ada", 1);
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static struct config *parse(const char *source)
{
	struct config *config;
	struct config_faults faults;

	if (!config_parse(&arena, FILE_PATH, text_from(source), &config, &faults))
		fail_msg("%s", faults.messages[0]);
	return config;
}

/* All faults, one a line, without the file's name before the place. */
static const char *faults_of(struct text source)
{
	struct config *config;
	struct config_faults faults;
	char *all = arena_printf(&arena, "%s", "");

	assert_false(config_parse(&arena, FILE_PATH, source, &config, &faults));
	for (size_t i = 0; i < faults.count; i++) {
		assert_int_equal(
			strncmp(faults.messages[i], FILE_PATH ":", strlen(FILE_PATH ":")), 0);
		all = arena_printf(&arena, "%s%s%s", all, i ? "\n" : "",
			faults.messages[i] + strlen(FILE_PATH ":"));
	}
	return all;
}

static void test_defaults(void **state)
{
	const struct config *config = parse(REQUIRED);

	(void)state;
	assert_string_equal(config->path, FILE_PATH);
	assert_int_equal(config->checkpoint_dir_count, 1);
	assert_string_equal(config->checkpoint_dirs[0], "/c");
	assert_string_equal(config->sample_dir, "/s");
	assert_int_equal(config->port, 8080);
	assert_string_equal(config->ip_address, "0.0.0.0");
	assert_string_equal(config->db_path, "/etc/cs/data/checkpoint-sampler.db");
	assert_string_equal(config->cache_dir, "/etc/cs/data/cache");
	assert_string_equal(config->workflow_dir, "/etc/cs/workflows");
	assert_false(config->comfyui.enabled);
	assert_int_equal(config->allowed_host_count, 0);
	assert_int_equal(config->watch, CONFIG_WATCH_AUTO);
	assert_int_equal(config->watch_seconds, 2);
	assert_int_equal(config->exclude_count, 4);
	assert_string_equal(config->exclude[3], "*-?????"
						"-of-?????"
						".safetensors");
}

static void test_all_keys(void **state)
{
	const struct config *config = parse("# of the specification\n"
					    "checkpoint_dirs:\n"
					    "  - /data/checkpoints\n"
					    "  - 'it''s here'\n"
					    "sample_dir: /data/samples\n"
					    "port: 65535\n"
					    "ip_address: \"::\"\n"
					    "db_path: ./data/x.db\n"
					    "comfyui:\n"
					    "  host: gpu.lan\n"
					    "  port: 1\n"
					    "workflow_dir: ./workflows\n"
					    "allowed_hosts: [Samples.Example.org, .example.NET]\n"
					    "exclude: []\n"
					    "watch: poll\n"
					    "watch_interval: 3600\n");

	(void)state;
	assert_int_equal(config->checkpoint_dir_count, 2);
	assert_string_equal(config->checkpoint_dirs[1], "/etc/cs/it's here");
	assert_int_equal(config->port, 65535);
	assert_string_equal(config->ip_address, "::");
	assert_string_equal(config->db_path, "/etc/cs/data/x.db");
	assert_true(config->comfyui.enabled);
	assert_string_equal(config->comfyui.host, "gpu.lan");
	assert_int_equal(config->comfyui.port, 1);
	assert_int_equal(config->allowed_host_count, 2);
	assert_string_equal(config->allowed_hosts[0], "samples.example.org");
	assert_string_equal(config->allowed_hosts[1], ".example.net");
	assert_int_equal(config->exclude_count, 0);
	assert_int_equal(config->watch, CONFIG_WATCH_POLL);
	assert_int_equal(config->watch_seconds, 3600);
}

static void test_comfyui_defaults(void **state)
{
	const struct config *config = parse(REQUIRED "comfyui: {}\n");

	(void)state;
	assert_true(config->comfyui.enabled);
	assert_string_equal(config->comfyui.host, "localhost");
	assert_int_equal(config->comfyui.port, 8188);
}

static void test_comfyui_url(void **state)
{
	static const struct {
		const char *written;
		const char *url;
		const char *host;
		int port;
		const char *prefix;
	} cases[] = {
		{"{}", "http://localhost:8188", "localhost", 8188, ""},
		{"{host: '::1', port: 1}", "http://[::1]:1", "::1", 1, ""},
		{"{url: 'HTTP://gpu'}", "http://gpu:80", "gpu", 80, ""},
		{"{url: 'https://10.0.0.2/'}", "https://10.0.0.2:443", "10.0.0.2", 443, ""},
		{"{url: 'https://[fe80::1]:65535//'}", "https://[fe80::1]:65535", "fe80::1", 65535,
			""},
		{"{url: 'https://a.b/c/d%20e/'}", "https://a.b:443/c/d%20e", "a.b", 443,
			"/c/d%20e"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct config_comfyui *comfyui =
			&parse(arena_printf(&arena, REQUIRED "comfyui: %s\n", cases[i].written))
				 ->comfyui;

		assert_string_equal(comfyui->url, cases[i].url);
		assert_string_equal(comfyui->host, cases[i].host);
		assert_int_equal(comfyui->port, cases[i].port);
		assert_string_equal(comfyui->prefix, cases[i].prefix);
		assert_int_equal(comfyui->secure, cases[i].url[4] == 's');
	}
}

static void test_comfyui_behind_a_proxy(void **state)
{
	const struct config_comfyui *comfyui = &parse(REQUIRED "comfyui:\n"
							       "  url: https://gpu\n"
							       "  headers:\n"
							       "    Authorization: Bearer a=b\n"
							       "    X-Key: 'c: d'\n"
							       "  ca_file: ca.pem\n"
							       "  insecure: True\n"
							       "  output_dir: /mnt/out/\n"
							       "  stall_minutes: 3\n")
							->comfyui;

	(void)state;
	assert_int_equal(comfyui->header_count, 2);
	assert_string_equal(comfyui->headers[0], "Authorization: Bearer a=b");
	assert_string_equal(comfyui->headers[1], "X-Key: c: d");
	assert_string_equal(comfyui->ca_file, "/etc/cs/ca.pem");
	assert_true(comfyui->insecure);
	assert_string_equal(comfyui->output_dir, "/mnt/out");
	assert_int_equal(comfyui->stall_minutes, 3);
}

static void test_paths(void **state)
{
	static const struct {
		const char *written;
		const char *meant;
	} cases[] = {
		{"/a", "/a"},
		{"/a/", "/a"},
		{"/", "/"},
		{"//a///b/.//c", "/a/b/c"},
		{"b", "/etc/cs/b"},
		{"./b/", "/etc/cs/b"},
		{".", "/etc/cs"},
		{"../b", "/etc/cs/../b"},
		{"'~'", "/home/ada"},
		{"~/b", "/home/ada/b"},
		{"b/~", "/etc/cs/b/~"},
		{"a b", "/etc/cs/a b"},
		{"'a: # {$b} \"c\"'", "/etc/cs/a: # {$b} \"c\""},
		{"2024", "/etc/cs/2024"},
		{"'true'", "/etc/cs/true"},
		{"\"\\u00fc\"", "/etc/cs/\xc3\xbc"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char source[256];

		(void)snprintf(source, sizeof(source), "checkpoint_dirs: [/c]\nsample_dir: %s\n",
			cases[i].written);
		assert_string_equal(parse(source)->sample_dir, cases[i].meant);
	}
}

#define URL_ALLOWED                                                      \
	"http:// or https://, a host, and where needed :port and /path " \
	"(https://gpu.example.org/comfy); a password goes into headers"

/* What is in a file, and every fault that is found in it. */
static const char *const FAULTY[][2] = {
	{"", "1:1: checkpoint_dirs: not found; it is required: the list of directories "
	     "with "
	     "your checkpoints\n"
	     "1:1: sample_dir: not found; it is required: the directory with your sample "
	     "images"},
	{REQUIRED "port: 0\n", "3:7: port: found 0; allowed is a whole number from 1 to "
			       "65535, without quotes"},
	{REQUIRED "port: 65536\n", "3:7: port: found 65536; allowed is a whole number from "
				   "1 to 65535, without quotes"},
	{REQUIRED "port: 99999999999999999999\n",
		"3:7: port: found 99999999999999999999; allowed is a whole number from 1 "
		"to 65535, without quotes"},
	{REQUIRED "port: -1\n", "3:7: port: found -1; allowed is a whole number from 1 to "
				"65535, without quotes"},
	{REQUIRED "port: \"8080\"\n", "3:7: port: found \"8080\"; allowed is a whole number "
				      "from 1 to 65535, without quotes"},
	{REQUIRED "port: 0x50\n", "3:7: port: found 0x50; allowed is a whole number from 1 "
				  "to 65535, without quotes"},
	{REQUIRED "port: 08080\n", "3:7: port: found 08080; allowed is a whole number from "
				   "1 to 65535, without quotes"},
	{REQUIRED "port:\n", "3:6: port: found nothing; allowed is a whole number from 1 to "
			     "65535, without quotes"},
	{REQUIRED "prot: 1\n", "3:1: prot: unknown key; did you mean port?"},
	{REQUIRED "Sample_Dir: 1\n", "3:1: Sample_Dir: unknown key; did you mean sample_dir?"},
	{REQUIRED "something: {a: [b]}\n",
		"3:1: something: unknown key; allowed is checkpoint_dirs, sample_dir, "
		"port, "
		"ip_address, db_path, workflow_dir, comfyui, allowed_hosts, exclude, watch "
		"or watch_interval"},
	{REQUIRED "comfyui:\n  hsot: x\n", "4:3: hsot: unknown key; did you mean comfyui.host?"},
	{REQUIRED "comfyui:\n  timeout: x\n",
		"4:3: timeout: unknown key; allowed is comfyui.host, port, url, headers, ca_file, "
		"insecure, output_dir or stall_minutes"},
	{REQUIRED "comfyui: {url: gpu.lan}\n",
		"3:16: comfyui.url: found gpu.lan; allowed is " URL_ALLOWED},
	{REQUIRED "comfyui: {url: 'https://me:secret@gpu.lan'}\n",
		"3:16: comfyui.url: found \"https://me:secret@gpu.lan\"; allowed is " URL_ALLOWED},
	{REQUIRED "comfyui: {url: 'https://gpu.lan:0'}\n",
		"3:16: comfyui.url: found \"https://gpu.lan:0\"; allowed is " URL_ALLOWED},
	{REQUIRED "comfyui: {url: 'https://gpu.lan/a?b'}\n",
		"3:16: comfyui.url: found \"https://gpu.lan/a?b\"; allowed is " URL_ALLOWED},
	{REQUIRED "comfyui: {url: 'https://gpu.lan/a/../b'}\n",
		"3:16: comfyui.url: found \"https://gpu.lan/a/../b\"; allowed is " URL_ALLOWED},
	{REQUIRED "comfyui: {url: 'http://[1.2.3.4]'}\n",
		"3:16: comfyui.url: found \"http://[1.2.3.4]\"; allowed is " URL_ALLOWED},
	{REQUIRED "comfyui: {url: 'http://gpu', port: 1}\n",
		"3:16: comfyui.url: found beside host or port; allowed is one or the other"},
	{REQUIRED "comfyui: {ca_file: x}\n", "3:20: comfyui.ca_file: found without https; allowed "
					     "is it beside url: https://…"},
	{REQUIRED "comfyui: {url: 'http://gpu', insecure: true}\n",
		"3:40: comfyui.insecure: found without https; allowed is it beside url: https://…"},
	{REQUIRED "comfyui: {insecure: 1}\n",
		"3:21: comfyui.insecure: found 1; allowed is true or false, without quotes"},
	{REQUIRED "comfyui: {stall_minutes: 1441}\n",
		"3:26: comfyui.stall_minutes: found 1441; allowed is a whole number of minutes "
		"from 1 to 1440, without quotes"},
	{REQUIRED "comfyui:\n  headers:\n    Host: x\n    a b: c\n    X: \"a\\nsecret\"\n    Y: z\n"
		  "    y: z\n",
		"5:5: comfyui.headers: found Host; allowed is a header that this service does not "
		"set itself\n"
		"6:5: comfyui.headers: found a b; allowed is the name of a header\n"
		"7:8: comfyui.headers: X has a value that is not allowed; allowed is a header's "
		"value in one line, in quotes if it has a colon\n"
		"9:5: comfyui.headers: found y a second time; allowed is once"},
	{REQUIRED "comfyui:\n  host: http://gpu:8188\n",
		"4:9: comfyui.host: found http://gpu:8188; allowed is a host name or IP "
		"address, without http:// and port"},
	{REQUIRED "comfyui:\n",
		"3:9: comfyui: found nothing; allowed is host: and port:, indented below "
		"it, "
		"or {} for localhost:8188; without ComfyUI, leave the key out"},
	{REQUIRED "sample_dir: /t\nsample_dir: /u\n",
		"3:1: sample_dir: found a second time; allowed is once (first in line 2)\n"
		"4:1: sample_dir: found a second time; allowed is once (first in line 2)"},
	{REQUIRED "comfyui: {port: 1, port: 2}\n",
		"3:20: comfyui.port: found a second time; allowed is once (first in line "
		"3)"},
	{"checkpoint_dirs: /c\nsample_dir: [/s]\n",
		"1:18: checkpoint_dirs: found /c; allowed is a list of directories, each "
		"on a "
		"line of its own after \"- \"\n"
		"2:13: sample_dir: found a list; allowed is a path"},
	{"checkpoint_dirs: [/c, , ~, true, '', \"a\\tb\", \"a\\0b\", {x: y}]\nsample_dir: "
	 "~bob/s\n",
		"1:23: not valid: while parsing a flow node, did not find expected node "
		"content"},
	{"checkpoint_dirs: [/c, ~, true, '', \"a\\tb\", \"a\\0b\", {x: y}]\nsample_dir: "
	 "~bob/s\n",
		"1:23: checkpoint_dirs: found nothing; allowed is a path\n"
		"1:26: checkpoint_dirs: found true; allowed is a path\n"
		"1:32: checkpoint_dirs: found \"\"; allowed is a path\n"
		"1:36: checkpoint_dirs: found \"a?b\"; allowed is a path\n"
		"1:44: checkpoint_dirs: found \"a?b\"; allowed is a path\n"
		"1:52: checkpoint_dirs: found a mapping; allowed is a path\n"
		"2:13: sample_dir: found ~bob/s; allowed is a path; of home directories "
		"only "
		"your own, as ~/"},
	{REQUIRED "db_path: ./data/\n", "3:10: db_path: found ./data/; allowed is the path of "
					"a file, without / at its end"},
	{REQUIRED "ip_address: 10.0.0\n",
		"3:13: ip_address: found 10.0.0; allowed is an address of this machine "
		"(0.0.0.0 for all, 127.0.0.1 for this machine alone, \"::\" for IPv6 too) "
		"or "
		"localhost"},
	{REQUIRED "allowed_hosts: [a_b.example, -, .., a..b, 'a b', .a, ü.example, 'a;b', "
		  "x.example:80]\n",
		"3:33: allowed_hosts: found ..; allowed is a host name "
		"(samples.example.org) "
		"or a suffix (.example.org), without http:// and port\n"
		"3:37: allowed_hosts: found a..b; allowed is a host name "
		"(samples.example.org) or a suffix (.example.org), without http:// and "
		"port\n"
		"3:43: allowed_hosts: found \"a b\"; allowed is a host name "
		"(samples.example.org) or a suffix (.example.org), without http:// and "
		"port\n"
		"3:54: allowed_hosts: found ü.example; allowed is a host name "
		"(samples.example.org) or a suffix (.example.org), without http:// and "
		"port\n"
		"3:65: allowed_hosts: found \"a;b\"; allowed is a host name "
		"(samples.example.org) or a suffix (.example.org), without http:// and "
		"port\n"
		"3:72: allowed_hosts: found x.example:80; allowed is a host name "
		"(samples.example.org) or a suffix (.example.org), without http:// and "
		"port"},
	{REQUIRED "exclude: [/abs]\n", "3:11: exclude: found /abs; allowed is a pattern of "
				       "a file or directory name, "
				       "as *.bak or old-*/, of at most 255 bytes"},
	{REQUIRED "watch: Poll\nwatch_interval: 0\n",
		"3:8: watch: found Poll; allowed is auto, inotify or poll\n"
		"4:17: watch_interval: found 0; allowed is a whole number of seconds from "
		"1 to 3600, without quotes"},
	{REQUIRED "watch_interval: 3601\n",
		"3:17: watch_interval: found 3601; allowed is a whole number of seconds "
		"from 1 to 3600, without quotes"},
	{"a: &x 1\n", "1:4: not valid: anchors (&name) and tags (!name) are not allowed"},
	{"a: *x\n", "1:4: not valid: aliases (*name) are not allowed"},
	{"a: !!python/object x\n",
		"1:4: not valid: anchors (&name) and tags (!name) are not allowed"},
	{"? [a]\n: b\n", "1:3: not valid: a key must be a plain word"},
	{REQUIRED "---\na: b\n",
		"3:1: not valid: a second document begins here (---); only one is allowed"},
	{"- a\n", "1:1: found a list; allowed is lines of the form \"key: value\""},
	{"just words\n", "1:1: found just words; allowed is lines of the form \"key: value\""},
	{"a: [1, 2\nb: 3\n", "2:2: not valid: while parsing a flow sequence, did not find "
			     "expected ',' or "
			     "']'"},
	{"a: b: c\n", "1:5: not valid: mapping values are not allowed in this context"},
	{"a:\n\t- b\n", "2:1: not valid: while scanning for the next token, found character "
			"that cannot start any token"},
	{"a: [[[[[[[[[[1]]]]]]]]]]\n", "1:11: not valid: nested too deep"},
	{"a: \xff\n", " not valid: invalid leading UTF-8 octet (byte 4)"},
	{"a: \x01\n", " not valid: control characters are not allowed (byte 4)"},
};

static void test_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(FAULTY) / sizeof(*FAULTY); i++)
		assert_string_equal(faults_of(text_from(FAULTY[i][0])), FAULTY[i][1]);
}

/* What a message repeats of a value is bounded, and never moves a terminal's cursor. */
static void test_fault_repeats_little(void **state)
{
	char source[4096];
	const char *faults;

	(void)state;
	(void)snprintf(source, sizeof(source),
		REQUIRED "ip_address: \"\\e[2J%0*d\"\nport: \xc3\xbc%0200d\n", 500, 0, 0);
	faults = faults_of(text_from(source));
	assert_true(strstr(faults, "found \"?[2J0000") != NULL);
	assert_true(strstr(faults, "…") != NULL);
	assert_true(strlen(faults) < 700);
}

static void test_bounds(void **state)
{
	struct buffer source;
	struct config_faults faults;
	struct config *config;

	(void)state;
	buffer_init(&source, LIMIT_CONFIG);
	buffer_append_string(&source, "sample_dir: /s\ncheckpoint_dirs:\n");
	for (unsigned i = 0; i <= LIMIT_CONFIG_LIST; i++)
		buffer_printf(&source, "- /%u\n", i);
	assert_string_equal(faults_of(buffer_text(&source)),
		"103:3: checkpoint_dirs: one entry too many; allowed are at most 100");

	source.length = 0;
	for (unsigned i = 0; i < 5000; i++)
		buffer_printf(&source, "k%u: 1\n", i);
	assert_false(config_parse(&arena, FILE_PATH, buffer_text(&source), &config, &faults));
	assert_in_range(faults.count, LIMIT_CONFIG_FAULTS, LIMIT_CONFIG_FAULTS + 2);
	buffer_free(&source);
}

/* With any amount of memory it either works or says that there is none. */
static void test_without_memory(void **state)
{
	static const char source[] = REQUIRED "allowed_hosts: [a, b, c]\ncomfyui: {host: x}\n";
	bool loaded = false;

	(void)state;
	for (size_t limit = 0; !loaded; limit += 64) {
		struct arena small;
		struct config *config;
		struct config_faults faults;

		arena_init(&small, limit);
		loaded = config_parse(&small, FILE_PATH, TEXT(source), &config, &faults);
		if (loaded)
			assert_string_equal(config->allowed_hosts[2], "c");
		arena_free(&small);
		assert_true(limit < (1 << 20));
	}
}

static void test_print_reads_as_the_same(void **state)
{
	static const char source[] =
		"checkpoint_dirs: ['a \"b\"', \"/\\u00fc\\\\n # {x}\"]\nsample_dir: /s\nport: 81\n"
		"ip_address: localhost\ncomfyui: {url: 'https://[::1]/c', headers: {X-Key: 'a: "
		"\"b\"'}, "
		"ca_file: c.pem, insecure: true, output_dir: o, stall_minutes: 9}\nallowed_hosts: "
		"[.x.example]\n"
		"exclude: ['*.b\"ak', \"c/\"]\nwatch: inotify\nwatch_interval: 7\n";
	struct buffer first;
	struct buffer second;

	(void)state;
	buffer_init(&first, LIMIT_CONFIG);
	buffer_init(&second, LIMIT_CONFIG);
	config_print(parse(source), &first);
	config_print(parse(arena_copy(&arena, buffer_text(&first))), &second);
	assert_true(strstr(arena_copy(&arena, buffer_text(&first)),
			    "  url: \"https://[::1]:443/c\"\n") != NULL);
	assert_true(text_equal(buffer_text(&first), buffer_text(&second)));
	buffer_free(&first);
	buffer_free(&second);
}

static void test_default_path(void **state)
{
	char directory[LIMIT_PATH];

	(void)state;
	assert_non_null(getcwd(directory, sizeof(directory)));
	assert_int_equal(setenv("CONFIG_PATH", "/x/y.yaml", 1), 0);
	assert_string_equal(config_default_path(&arena), "/x/y.yaml");
	assert_int_equal(setenv("CONFIG_PATH", "y.yaml", 1), 0);
	assert_string_equal(
		config_default_path(&arena), arena_printf(&arena, "%s/y.yaml", directory));
	assert_int_equal(setenv("CONFIG_PATH", "", 1), 0);
	assert_string_equal(
		config_default_path(&arena), arena_printf(&arena, "%s/config.yaml", directory));
	assert_int_equal(unsetenv("CONFIG_PATH"), 0);
}

static void write_file(const char *directory, const char *name, const char *content)
{
	FILE *file = fopen(arena_printf(&arena, "%s/%s", directory, name), "we");

	assert_non_null(file);
	assert_true(fputs(content, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void test_load_from_disk(void **state)
{
	char directory[SUPPORT_PATH];
	struct config *config;
	struct config_faults faults;
	const char *path;
	char *large = arena_alloc(&arena, LIMIT_CONFIG + 2);

	(void)state;
	support_directory_make(directory);
	path = arena_printf(&arena, "%s/config.yaml", directory);
	assert_false(config_load(&arena, path, &config, &faults));
	assert_true(strstr(faults.messages[0], "there is no such file; copy config.example.yaml"));
	memset(large, '#', LIMIT_CONFIG + 1);
	write_file(directory, "config.yaml", large);
	assert_false(config_load(&arena, path, &config, &faults));
	assert_true(strstr(faults.messages[0], "longer than the 65536 bytes"));
	assert_false(config_load(&arena, directory, &config, &faults));
	assert_true(strstr(faults.messages[0], "cannot be read: Is a directory"));
	write_file(directory, "config.yaml", REQUIRED "db_path: a/b/c.db\nworkflow_dir: w/x\n");
	assert_true(config_load(&arena, path, &config, &faults));
	assert_string_equal(config->db_path, arena_printf(&arena, "%s/a/b/c.db", directory));
	support_directory_remove(directory);
}

static void test_directories_are_made(void **state)
{
	char directory[SUPPORT_PATH];
	struct config config = {0};
	struct error error;
	struct stat status;

	(void)state;
	support_directory_make(directory);
	config.db_path = arena_printf(&arena, "%s/a/b/c.db", directory);
	config.cache_dir = arena_printf(&arena, "%s/a/b/cache", directory);
	config.workflow_dir = arena_printf(&arena, "%s/w/x", directory);
	assert_true(config_make_directories(&config, &error));
	assert_true(config_make_directories(&config, &error));
	assert_true(config_make_workflow_dir(&config, &error));
	assert_int_equal(stat(config.workflow_dir, &status), 0);
	assert_int_equal(stat(config.cache_dir, &status), 0);
	assert_true(S_ISDIR(status.st_mode));
	write_file(directory, "file", "");
	config.workflow_dir = arena_printf(&arena, "%s/file/w", directory);
	assert_true(config_make_directories(&config, &error));
	assert_false(config_make_workflow_dir(&config, &error));
	assert_string_equal(error.message,
		arena_printf(&arena,
			"workflow_dir: the directory %s/file/w cannot be created: Not a directory.",
			directory));
	support_directory_remove(directory);
}

/* Warnings for checkpoint_dirs `first` and `second` and a sample_dir, all below `directory`. */
static const char *warnings_of(
	const char *directory, const char *first, const char *second, const char *samples)
{
	const char *dirs[] = {arena_printf(&arena, "%s/%s", directory, first),
		arena_printf(&arena, "%s/%s", directory, second)};
	struct config config = {.checkpoint_dirs = dirs,
		.checkpoint_dir_count = 2,
		.sample_dir = arena_printf(&arena, "%s/%s", directory, samples)};
	const char **items;
	size_t count;
	char *all = arena_printf(&arena, "%s", "");

	assert_true(config_warnings(&arena, &config, &items, &count));
	for (size_t i = 0; i < count; i++) {
		const char *rest = items[i];

		/* The test's own directory is left out of what is compared. */
		for (const char *at; (at = strstr(rest, directory));
			rest = at + strlen(directory) + 1)
			all = arena_printf(&arena, "%s%.*s", all, (int)(at - rest), rest);
		all = arena_printf(&arena, "%s%s\n", all, rest);
	}
	return all;
}

static void test_warnings(void **state)
{
	char directory[SUPPORT_PATH];

	(void)state;
	support_directory_make(directory);
	assert_int_equal(mkdir(arena_printf(&arena, "%s/a", directory), 0777), 0);
	assert_int_equal(mkdir(arena_printf(&arena, "%s/a/b", directory), 0777), 0);
	assert_int_equal(mkdir(arena_printf(&arena, "%s/ab", directory), 0777), 0);
	assert_int_equal(mkdir(arena_printf(&arena, "%s/s", directory), 0777), 0);
	assert_int_equal(symlink("a", arena_printf(&arena, "%s/link", directory)), 0);
	write_file(directory, "file", "");
	assert_string_equal(warnings_of(directory, "a", "ab", "s"), "");
	assert_string_equal(warnings_of(directory, "none", "file", "s"),
		"checkpoint_dirs: none does not exist.\n"
		"checkpoint_dirs: file is not a directory.\n");
	assert_string_equal(warnings_of(directory, "a", "file/x", "s"),
		"checkpoint_dirs: file/x cannot be reached: Not a directory.\n");
	assert_string_equal(warnings_of(directory, "a/b", "a", "s"),
		"checkpoint_dirs: a/b lies inside a of checkpoint_dirs; checkpoints in it are "
		"found "
		"under two names.\n");
	assert_string_equal(warnings_of(directory, "a", "link", "s"),
		"checkpoint_dirs: link is the same directory as a of checkpoint_dirs; name it "
		"once.\n");
	assert_string_equal(warnings_of(directory, "ab", "s", "link/b"), "");
	assert_string_equal(warnings_of(directory, "ab", "a", "link/b"),
		"sample_dir: link/b lies inside a of checkpoint_dirs; checkpoints and samples are "
		"better kept apart.\n");
	support_directory_remove(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_all_keys),
		cmocka_unit_test(test_comfyui_defaults),
		cmocka_unit_test(test_comfyui_url),
		cmocka_unit_test(test_comfyui_behind_a_proxy),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_fault_repeats_little),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_without_memory),
		cmocka_unit_test(test_print_reads_as_the_same),
		cmocka_unit_test(test_default_path),
		cmocka_unit_test(test_load_from_disk),
		cmocka_unit_test(test_directories_are_made),
		cmocka_unit_test(test_warnings),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
