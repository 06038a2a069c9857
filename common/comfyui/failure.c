#include "comfyui/failure.h"

#include <arpa/inet.h>
#include <string.h>

/* True for the addresses of this machine alone, as they are usually written. */
static bool is_loopback(const char *host)
{
	return strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ||
	       strncmp(host, "127.", strlen("127.")) == 0;
}

static bool explain_connection(const struct config_comfyui *config, enum comfyui_failure failure,
	unsigned seconds, struct error *error)
{
	const char *url = config->url;

	if (failure == COMFYUI_FAILURE_UNRESOLVED)
		return error_set(error, ERROR_UNAVAILABLE, "comfyui_unreachable",
			"The name %s is not known to this machine; correct comfyui in config.yaml, "
			"or write an IP address.",
			config->host);
	if (failure == COMFYUI_FAILURE_UNROUTABLE)
		return error_set(error, ERROR_UNAVAILABLE, "comfyui_unreachable",
			"There is no way to %s; is the machine on, and the network up?", url);
	if (failure == COMFYUI_FAILURE_UNCONNECTED)
		return error_set(error, ERROR_UNAVAILABLE, "comfyui_unreachable",
			"No connection to %s within %u s; is the machine on, and does a "
			"firewall let port %d through?",
			url, seconds, config->port);
	if (is_loopback(config->host))
		return error_set(error, ERROR_UNAVAILABLE, "comfyui_unreachable",
			"Nothing listens at %s; start ComfyUI, or correct comfyui in config.yaml. "
			"(From a container, this machine is another one: name the host's address.)",
			url);
	return error_set(error, ERROR_UNAVAILABLE, "comfyui_unreachable",
		"Nothing listens at %s; start ComfyUI there with --listen, without which it "
		"answers its own machine alone.",
		url);
}

static bool explain_tls(
	const struct config_comfyui *config, enum comfyui_failure failure, struct error *error)
{
	if (failure == COMFYUI_FAILURE_CA_FILE_UNREADABLE)
		return error_set(error, ERROR_UNAVAILABLE, "comfyui_unreachable",
			"The file of comfyui.ca_file, %s, cannot be read as certificates.",
			config->ca_file ? config->ca_file : "(the system's)");
	if (failure == COMFYUI_FAILURE_TLS_UNTRUSTED)
		return error_set(error, ERROR_UNAVAILABLE, "comfyui_unreachable",
			"The certificate of %s cannot be trusted; name the file of its authority "
			"as comfyui.ca_file, or, on a network of your own, set comfyui.insecure.",
			config->url);
	return error_set(error, ERROR_UNAVAILABLE, "comfyui_unreachable",
		"%s does not speak TLS as expected; is it http:// instead of https://?",
		config->url);
}

bool comfyui_failure_explain(const struct config_comfyui *config, enum comfyui_failure failure,
	unsigned timeout_ms, struct error *error)
{
	unsigned seconds = (timeout_ms + 999) / 1000;
	const char *url = config->url;

	switch (failure) {
	case COMFYUI_FAILURE_UNRESOLVED:
	case COMFYUI_FAILURE_REFUSED:
	case COMFYUI_FAILURE_UNROUTABLE:
	case COMFYUI_FAILURE_UNCONNECTED:
		return explain_connection(config, failure, seconds, error);
	case COMFYUI_FAILURE_TLS:
	case COMFYUI_FAILURE_TLS_UNTRUSTED:
	case COMFYUI_FAILURE_CA_FILE_UNREADABLE:
		return explain_tls(config, failure, error);
	case COMFYUI_FAILURE_SILENT:
		return error_set(error, ERROR_UNAVAILABLE, "comfyui_unreachable",
			"%s takes the connection, but gave no answer within %u s; ComfyUI "
			"may be loading a model, or hang.",
			url, seconds);
	case COMFYUI_FAILURE_BROKEN_OFF:
		return error_set(error, ERROR_UNAVAILABLE, "comfyui_unreachable",
			"%s broke the connection off; ComfyUI may be starting or stopping.", url);
	case COMFYUI_FAILURE_NOT_HTTP:
		return error_set(error, ERROR_UNAVAILABLE, "comfyui_unreachable",
			"What answers at %s does not speak HTTP; is it ComfyUI's port, and is it "
			"%s?",
			url, config->secure ? "http:// instead of https://" : "https://");
	case COMFYUI_FAILURE_TOO_LONG:
		return error_set(error, ERROR_UNAVAILABLE, "comfyui_unreachable",
			"%s answers with more than is read of it.", url);
	case COMFYUI_FAILURE_OTHER:
		break;
	}
	return error_set(error, ERROR_UNAVAILABLE, "comfyui_unreachable",
		"%s cannot be reached; the log has the reason.", url);
}
