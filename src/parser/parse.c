/* SPDX-License-Identifier: Apache-2.0 */
/* parse.c - one run of scanner and parser over a source. */

#include "parser/parser.h"

#include "base/arena.h"
#include "base/diag.h"
#include "parser/grammar.h"
#include "parser/parser.tab.h"

/* Of the generated scanner; its header is not included, since its macros are many. */
struct yy_buffer_state;
int yylex_init_extra(struct lexer *extra, void **scanner);
int yylex_destroy(void *scanner);
struct yy_buffer_state *yy_scan_bytes(const char *text, int len, void *scanner);

/* Spans are 32 bits wide and flex counts in int; no script comes near. */
enum { SOURCE_MAX = 1 << 28 };

void parse_run(struct unit *u)
{
	struct lexer lexer = { .u = u };
	struct parser p = { .u = u, .lexer = &lexer, .arena = u->arena };
	void *scanner;

	if (u->source.len > SOURCE_MAX) {
		diag_error(u->diags, SPAN_NONE, "'%s' is too large for a script", u->source.name);
		return;
	}
	if (yylex_init_extra(&lexer, &scanner))
		return;
	yy_scan_bytes(u->source.text, (int)u->source.len, scanner);
	parser_parse(scanner, &p);
	yylex_destroy(scanner);
}

/* Blocks have statements, whose spans nobody would put right. */
static void note_block(void *arg, struct expr *e)
{
	bool *found = arg;

	*found |= e->kind == EXPR_BLOCK || e->kind == EXPR_IF || e->kind == EXPR_BAD;
}

struct expr *parse_expression(struct unit *u, const char *text)
{
	struct source source = u->source;
	struct script script = u->script;
	const char *whole = arena_printf(u->arena, "BEGIN { %s }", text);
	struct expr *value = NULL;
	bool block = false;

	u->source = (struct source){ "macro", whole, strlen(whole) };
	u->script = (struct script){ 0 };
	parse_run(u);
	if (u->script.probes.n == 1 && !u->script.probes.v[0]->body->stmts.n)
		value = u->script.probes.v[0]->body->value;
	u->source = source;
	u->script = script;
	if (value)
		expr_visit(value, note_block, &block);
	return block ? NULL : value;
}
