#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

bool error_set(struct error *error, enum error_kind kind, const char *code, const char *format, ...)
{
	va_list arguments;

	error->kind = kind;
	error->cause[0] = '\0';
	(void)snprintf(error->code, sizeof(error->code), "%s", code);
	va_start(arguments, format);
	(void)vsnprintf(error->message, sizeof(error->message), format, arguments);
	va_end(arguments);
	return false;
}

bool error_cause(struct error *error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(error->cause, sizeof(error->cause), format, arguments);
	va_end(arguments);
	return false;
}

bool error_memory(struct error *error)
{
	return error_set(error, ERROR_SYSTEM, "internal_error",
		"The server ran out of memory for this request.");
}
