/* SPDX-License-Identifier: Apache-2.0 */
/* trace - parses scripts with a parser that tells what it does: grammar.py reads it.
 *
 *	grammar-trace FILE... 2>what-it-did
 */

#include "parser/parser.h"

#include "base/arena.h"
#include "base/diag.h"
#include "stdlib/stdlib.h"

extern int yydebug;

/* What the standard library uses of the grammar does not count: it has no words here. */
const struct stdlib_file stdlib_files[] = { { 0 } };
const struct stdlib_word stdlib_words[] = { { 0 } };

const struct stdlib_word *stdlib_find(const char *name)
{
	return NULL;
}

int main(int argc, char **argv)
{
	yydebug = 1;
	for (int i = 1; i < argc; i++) {
		struct arena arena = ARENA_INIT;
		struct unit u = { .arena = &arena, .source = { .name = argv[i] } };
		struct strbuf text = STRBUF_INIT;

		if (strbuf_read_file(&text, argv[i]))
			return 1;
		u.source.text = text.buf;
		u.source.len = text.len;
		u.diags = diags_new(&arena, &u.source);
		parse_run(&u);
		intern_release(&u.names);
		arena_release(&arena);
		strbuf_release(&text);
	}
	return 0;
}
