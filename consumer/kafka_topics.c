#include "consumer/kafka_topics.h"

#include "pipeline/base/check.h"

#include <stdlib.h>
#include <string.h>

const char *topics_intern(struct topics *topics, const char *name)
{
	for (size_t i = 0; i < topics->n; i++) {
		if (strcmp(topics->names[i], name) == 0)
			return topics->names[i];
	}
	if (topics->n == topics->room) {
		topics->room = topics->room ? 2 * topics->room : 8;
		topics->names = realloc(topics->names, topics->room * sizeof(*topics->names));
		CHECK(topics->names);
	}
	char *own = strdup(name);
	CHECK(own);
	topics->names[topics->n++] = own;
	return own;
}

void topics_free(struct topics *topics)
{
	for (size_t i = 0; i < topics->n; i++)
		free(topics->names[i]);
	free(topics->names);
	*topics = (struct topics){0};
}
