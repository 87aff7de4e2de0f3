/*
 * The asking side of HTTP: addresses as they stand in the configuration, and a client just big enough for `wiredesk
 * health`.
 */
#ifndef WIREDESK_HTTP_CLIENT_H
#define WIREDESK_HTTP_CLIENT_H

#include "pipeline/base/buf.h"
#include "pipeline/base/err.h"

#include <netinet/in.h>
#include <sys/socket.h>

struct http_address {
	struct sockaddr_storage at;
	socklen_t n;
};

/* "127.0.0.1:9464", "[::1]:9464"; numbers only. Port 0: any free one. */
bool http_parse_address(struct str text, struct http_address *out, struct err *err);

/* As it is written there. */
void http_write_address(const struct http_address *address, char *out, size_t room);

/* A small client, for `wiredesk health`: the status of GET path, its body's first bytes; -1 with err set when nobody
 * answers. */
int http_get(const struct http_address *address, const char *path, int timeout_ms, struct buf *body, struct err *err);

#endif
