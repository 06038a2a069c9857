#ifndef COMFYUI_FAILURE_H
#define COMFYUI_FAILURE_H

#include "base/error.h"
#include "config/config.h"

/* Why no answer came. */
enum comfyui_failure {
	COMFYUI_FAILURE_UNRESOLVED,    /* the host's name is unknown */
	COMFYUI_FAILURE_REFUSED,       /* nothing listens there */
	COMFYUI_FAILURE_UNROUTABLE,    /* no way to the machine */
	COMFYUI_FAILURE_UNCONNECTED,   /* no connection within the time */
	COMFYUI_FAILURE_SILENT,	       /* a connection, and no whole answer within the time */
	COMFYUI_FAILURE_BROKEN_OFF,    /* the connection ended in the middle */
	COMFYUI_FAILURE_NOT_HTTP,      /* what answers speaks something else */
	COMFYUI_FAILURE_TLS,	       /* TLS was not agreed upon */
	COMFYUI_FAILURE_TLS_UNTRUSTED, /* the certificate cannot be verified */
	COMFYUI_FAILURE_CA_FILE_UNREADABLE,
	COMFYUI_FAILURE_TOO_LONG, /* the answer passes its bound */
	COMFYUI_FAILURE_OTHER	  /* anything else: the cause says what */
};

/*
 * Fills the error: ERROR_UNAVAILABLE `comfyui_unreachable`, and a sentence that names the address
 * and what the user can do. `timeout_ms`: the limit that was passed. Returns false.
 */
bool comfyui_failure_explain(const struct config_comfyui *config, enum comfyui_failure failure,
	unsigned timeout_ms, struct error *error);

#endif
