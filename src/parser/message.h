/* SPDX-License-Identifier: Apache-2.0 */
/* message - what to say about a token that does not fit. */
#ifndef PARSER_MESSAGE_H
#define PARSER_MESSAGE_H

#include "parser/grammar.h"

/* The tokens that would fit, by the names that parser.y gives them. */
struct wanted {
	const char **name;
	int n;
};

bool wants(const struct wanted *w, const char *name);

void message_unexpected(struct parser *p, struct span at, const char *found,
                        const struct wanted *w);

/* What the user may have meant, or NULL. */
const char *syntax_hint(struct parser *p, struct span at, const char *found,
                        const struct wanted *w);

/* Of a name alone where something is assigned. */
#define HINT_SIGNS "names of variables start with '$', names of maps with '@'"

#endif
