/* SPDX-License-Identifier: Apache-2.0 */
/* parse.c - one run of scanner and parser over a file. */

#include "parser/files.h"
#include "parser/parser.h"

#include "base/arena.h"
#include "base/diag.h"
#include "parser/parser.h"
#include "parser/parser.tab.h"

#include <string.h>

/* Of the generated scanner; its header is not included, since its macros are many. */
struct yy_buffer_state;
int yylex_init_extra(struct lexer *extra, void **scanner);
int yylex_destroy(void *scanner);
struct yy_buffer_state *yy_scan_bytes(const char *text, int len, void *scanner);

/* Spans are 32 bits wide and flex counts in int; no script comes near. */
enum { SOURCE_MAX = 1 << 28 };

void parse_file(struct parser *p, const struct file *f)
{
	struct lexer lexer = {
		.u = p->u,
		.text = f->text,
		.len = f->len,
		.base = f->base,
		.pos = f->base,
	};
	void *scanner;

	if (f->len > SOURCE_MAX || f->base == UINT32_MAX) {
		diag_error(p->u->diags, SPAN_NONE, "'%s' is too large for a script", f->name);
		return;
	}
	if (yylex_init_extra(&lexer, &scanner))
		return;
	lexer.end = f->base;
	p->lexer = &lexer;
	p->understood = f->base;
	yy_scan_bytes(f->text, (int)f->len, scanner);
	if (parser_parse(scanner, p))
		g_gap(p,
		      (struct span){ p->understood, f->base + (uint32_t)f->len - p->understood });
	p->u->unread |= lexer.stopped;
	yylex_destroy(scanner);
}

/* Blocks have statements, whose spans nobody would put right. */
static void note_block(void *arg, struct expr *e)
{
	bool *found = arg;

	*found |= e->kind == EXPR_BLOCK || e->kind == EXPR_IF || e->kind == EXPR_BAD;
}

static const char before_expression[] = "BEGIN { ";
_Static_assert(sizeof(before_expression) - 1 == PARSED_EXPRESSION_AT, "said in the header");

struct expr *parse_expression(struct unit *u, const char *text)
{
	struct script script = { 0 };
	struct parser p = { .u = u, .arena = u->arena, .script = &script };
	const char *whole = arena_printf(u->arena, "%s%s }", before_expression, text);
	const struct file f = { .name = "macro", .text = whole, .len = strlen(whole) };
	struct expr *value = NULL;
	bool block = false;

	parse_file(&p, &f);
	if (script.probes.n == 1 && !script.probes.v[0]->body->stmts.n)
		value = script.probes.v[0]->body->value;
	if (value)
		expr_visit(value, note_block, &block);
	return block ? NULL : value;
}
