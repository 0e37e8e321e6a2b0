/* SPDX-License-Identifier: Apache-2.0 */
/* macro_check.c - what a macro may not do, whether or not it is called. */

#include "sema/macro.h"

struct checker {
	struct diags *diags;
	const struct macro_def *macro;
	unsigned int loops;
};

static void check_block(void *arg, struct block *b);

static const struct macro_param *param_of(const struct macro_def *m, const char *name)
{
	for (size_t i = 0; i < m->params; i++)
		if (m->param[i].name == name)
			return &m->param[i];
	return NULL;
}

static void check_expr(void *arg, struct expr *e)
{
	const struct checker *c = arg;
	const struct ast_hooks h = { check_expr, check_block, NULL, arg };

	if (e->kind == EXPR_MAP && !param_of(c->macro, e->map.name))
		diag_hint(diag_error(c->diags, e->span,
		                     "Unhygienic access to map: %s. Maps must be passed into "
		                     "the macro as arguments.",
		                     e->map.name),
		          "make %s a parameter: macro %s(..., %s)", e->map.name, c->macro->name,
		          e->map.name);
	expr_below(e, &h);
}

static void not_allowed(const struct checker *c, const struct stmt *s, const char *what,
                        const char *hint)
{
	diag_hint(diag_error(c->diags, s->span, "'%s' statement is not allowed in a macro", what),
	          "%s", hint);
}

static void check_jump(const struct checker *c, const struct stmt *s, const char *what)
{
	if (!c->loops)
		not_allowed(c, s, what, "it needs a loop inside the macro");
}

static void check_stmt(struct checker *c, const struct stmt *s)
{
	const struct macro_param *p;

	switch (s->kind) {
	case STMT_BREAK: check_jump(c, s, "break"); break;
	case STMT_CONTINUE: check_jump(c, s, "continue"); break;
	case STMT_RETURN:
		not_allowed(c, s, "return", "a macro's value is its last expression, without ';'");
		break;
	case STMT_LET:
		p = param_of(c->macro, s->let.target->var.name);
		if (p)
			diag_note(diag_error(c->diags, s->let.target->span,
			                     "Variable declaration shadows macro arg %s", p->name),
			          p->span, "this one");
		break;
	case STMT_EXPR:
	case STMT_ASSIGN:
	case STMT_DISCARD:
	case STMT_FOR_MAP:
	case STMT_FOR_RANGE:
	case STMT_WHILE:
	case STMT_UNROLL:
	case STMT_IMPORT:
	case STMT_BAD: break;
	}
}

static bool is_loop(const struct stmt *s)
{
	return s->kind == STMT_FOR_MAP || s->kind == STMT_FOR_RANGE || s->kind == STMT_WHILE ||
	       s->kind == STMT_UNROLL;
}

static void check_block(void *arg, struct block *b)
{
	struct checker *c = arg;
	const struct ast_hooks h = { check_expr, check_block, NULL, arg };

	vec_each (i, &b->stmts) {
		struct stmt *s = b->stmts.v[i];

		check_stmt(c, s);
		c->loops += is_loop(s);
		stmt_below(s, &h);
		c->loops -= is_loop(s);
	}
	if (b->value)
		check_expr(c, b->value);
}

static void check_params(struct unit *u, const struct macro_def *m)
{
	static const char *const words[] = { "Variable", "Map", "Ident" };

	for (size_t i = 0; i < m->params; i++) {
		const struct macro_param *p = &m->param[i], *first = param_of(m, p->name);

		if (first != p)
			diag_note(diag_error(u->diags, p->span,
			                     "%s for macro argument has already been used: %s",
			                     words[p->kind], p->name),
			          first->span, "this is the first one");
	}
}

void macro_check(struct unit *u, const struct macro_def *m)
{
	struct checker c = { .diags = u->diags, .macro = m };

	check_params(u, m);
	check_block(&c, m->body);
}
