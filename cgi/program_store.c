#include "program_store.h"

#include "base/log.h"

bool program_open(struct program *program, enum store_durability durability, struct error *error)
{
	struct log_line line;

	*program = (struct program){.durability = durability};
	arena_init(&program->arena, (size_t)1 << 20);
	if (!config_load_default(&program->arena, &program->config, error)) {
		arena_free(&program->arena);
		return false;
	}
	if (!store_ready(program->config->db_path, durability, &program->store, error)) {
		log_begin(&line, LOG_ERROR, "database.unavailable");
		log_error_fields(&line, error);
		log_end(&line);
	}
	return true;
}

void program_close(struct program *program)
{
	store_close(program->store);
	arena_free(&program->arena);
}

struct store *program_store(const struct http_request *request, struct http_response *response)
{
	struct program *program = request->context;
	struct error error;

	if (!store_ready(program->config->db_path, program->durability, &program->store, &error))
		http_fail(response, &error);
	return program->store;
}
