#ifndef STACK_LISTEN_H
#define STACK_LISTEN_H

#include "base/buffer.h"
#include "config/config.h"

/*
 * Where the web server listens: appends one nginx `listen` line for each address that
 * `ip_address` and `port` mean ("localhost" may mean two).
 */
void stack_listen_lines(const struct config *config, struct buffer *out);

/*
 * Tries to take every address the web server would take, and lets go again. Returns false with a
 * sentence that says what to do: port taken, not permitted, no address of this machine.
 * `demo`: the port comes from PORT and not from a file.
 */
bool stack_listen_probe(const struct config *config, bool demo, struct error *error);

/*
 * Appends the port on 127.0.0.1 for websocketd, which listens nowhere else: one that is free at
 * this moment, from one that depends on the configured port, so that stacks side by side rarely
 * meet.
 */
void stack_feed_port(const struct config *config, struct buffer *out);

/*
 * Appends the URLs a person can open, a line each: first one for this machine, then, where others
 * can reach it, one with the address of this machine on its network.
 */
void stack_listen_urls(const struct config *config, struct buffer *out);

#endif
