/*
 * wiredesk gazetteer build: a desk's own names, from TSV or JSON Lines into one file that the stage entities maps.
 */
#ifndef WIREDESK_GAZETTEER_BUILD_H
#define WIREDESK_GAZETTEER_BUILD_H

#include "worker/command.h"

/* The inputs are the files behind the first one, which is the word "build". Returns the exit code. */
int gazetteer_build(const struct command_line *line);

#endif
