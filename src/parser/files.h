/* SPDX-License-Identifier: Apache-2.0 */
/* files - a script may consist of several: itself, what it imports, parts of the standard library.
 */
#ifndef PARSER_FILES_H
#define PARSER_FILES_H

#include "parser/grammar.h"

struct file {
	const char *name, *text; /* text: len bytes and a NUL */
	size_t len;
	uint32_t base; /* offset of its start */
};

/* Reads a file into p->script, with p's members but the lexer set. */
void parse_file(struct parser *p, const struct file *f);

#endif
