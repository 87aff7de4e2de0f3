/*
 * Overrides: WIREDESK__KAFKA__BROKERS in the environment and --set kafka.brokers=… put single values into the
 * configuration's tree.
 *
 * A path steps from map to map; a number steps into a list, and in the run list a stage's name does. What is missing on
 * the way is made. Below kafka.client all that is left of a path is one name, because librdkafka's names have dots of
 * their own.
 */
#ifndef WIREDESK_CONFIG_OVERRIDE_H
#define WIREDESK_CONFIG_OVERRIDE_H

#include "pipeline/base/node.h"
#include "pipeline/base/options.h"

#define OVERRIDE_DEPTH_MAX 16

/* "kafka.brokers=a:9092", as given to --set. */
bool override_set(struct arena *a, struct node *root, const char *argument, struct err *err);

/*
 * Every variable that begins with WIREDESK__, in the order of their names: two underscores a level, a single one is '-'
 * (in names below kafka.client: '.'), capitals are small letters. Other variables that begin with WIREDESK_ are noted
 * in warnings.
 */
bool override_environment(struct arena *a, struct node *root, char *const *environment, struct strings *warnings,
                          struct err *err);

#endif
