/* SPDX-License-Identifier: Apache-2.0 */
/* dump.c - the tree as text, one node a line. */

#include "ast/ast.h"

#include <inttypes.h>

static void line(int indent, FILE *out)
{
	fprintf(out, "%*s", indent * 2, "");
}

static void quoted(const char *text, size_t len, FILE *out)
{
	fputc('"', out);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			fprintf(out, "\\x%02x", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

static void dump_type(const struct type_spec *spec, FILE *out)
{
	static const char *const words[] = { "", "struct ", "union ", "enum ", "typeof" };

	fputs(words[spec->base], out);
	if (spec->name)
		fputs(spec->name, out);
	else
		fputc('(', out);
	if (spec->of_type)
		dump_type(spec->of_type, out);
	if (!spec->name)
		fputs(spec->of_expr ? "expr)" : ")", out);
	for (size_t i = 0; i < spec->suffixes; i++) {
		if (spec->suffix[i].kind == SUFFIX_POINTER)
			fputs("*", out);
		else if (spec->suffix[i].sized)
			fprintf(out, "[%" PRIu64 "]", spec->suffix[i].count);
		else
			fputs("[]", out);
	}
}

static void dump_spec(const struct type_spec *spec, FILE *out)
{
	if (!spec)
		return;
	fputs(" <", out);
	dump_type(spec, out);
	fputc('>', out);
}

/* The expressions in typeof(): "expr" in the type's text. */
static void dump_of(struct types *ty, const struct type_spec *spec, int indent, FILE *out)
{
	for (; spec; spec = spec->of_type)
		if (spec->of_expr)
			expr_dump(ty, spec->of_expr, indent, out);
}

static void dump_step(const struct member_step *step, FILE *out)
{
	if (step->name)
		fprintf(out, " .%s", step->name);
	else
		fprintf(out, " [%" PRIu64 "]", step->index);
}

/* What follows the kind's name on a node's own line. */
static void dump_head(const struct expr *e, FILE *out)
{
	switch (e->kind) {
	case EXPR_INT:
		if (e->integer.negative)
			fprintf(out, " %" PRId64, (int64_t)e->integer.value);
		else
			fprintf(out, " %" PRIu64, e->integer.value);
		break;
	case EXPR_STRING:
		fputc(' ', out);
		quoted(e->string.text, e->string.len, out);
		break;
	case EXPR_BOOL: fputs(e->boolean.value ? " true" : " false", out); break;
	case EXPR_NAME:
	case EXPR_CALL:
	case EXPR_FN_CALL:
	case EXPR_C_CALL: fprintf(out, " %s", e->call.name); break;
	case EXPR_VAR: fprintf(out, " %s", e->var.name); break;
	case EXPR_MAP: fprintf(out, " %s", e->map.name); break;
	case EXPR_PARAM: fprintf(out, " $%" PRIu64, e->integer.value); break;
	case EXPR_FIELD:
		if (e->field.name)
			fprintf(out, " .%s", e->field.name);
		else
			fprintf(out, " .%" PRIu64, e->field.number);
		break;
	case EXPR_UNARY: fprintf(out, " %s", unary_op_text(e->unary.op)); break;
	case EXPR_BINARY: fprintf(out, " %s", binary_op_text(e->binary.op)); break;
	case EXPR_CAST: dump_spec(e->cast.spec, out); break;
	case EXPR_INCDEC:
		fprintf(out, " %s %s", e->incdec.prefix ? "pre" : "post",
		        e->incdec.increment ? "++" : "--");
		break;
	case EXPR_SIZEOF:
	case EXPR_OFFSETOF:
	case EXPR_TYPEINFO:
	case EXPR_TYPE:
		dump_spec(e->typed.spec, out);
		for (size_t i = 0; e->kind == EXPR_OFFSETOF && i < e->typed.members; i++)
			dump_step(&e->typed.member[i], out);
		break;
	case EXPR_PARAM_COUNT:
	case EXPR_INDEX:
	case EXPR_TERNARY:
	case EXPR_TUPLE:
	case EXPR_RECORD:
	case EXPR_BLOCK:
	case EXPR_IF:
	case EXPR_COMPTIME:
	case EXPR_BAD: break;
	}
}

struct parts {
	struct types *ty;
	int indent;
	FILE *out;
};

static void dump_part(void *arg, struct expr *e)
{
	const struct parts *p = arg;

	expr_dump(p->ty, e, p->indent, p->out);
}

static void dump_body(void *arg, struct block *b)
{
	const struct parts *p = arg;

	block_dump(p->ty, b, p->indent, p->out);
}

static void dump_record(const struct parts *p, const struct expr *e)
{
	for (size_t i = 0; i < e->tuple.elems; i++) {
		line(p->indent, p->out);
		fprintf(p->out, ".%s =\n", e->tuple.name[i]);
		expr_dump(p->ty, e->tuple.elem[i], p->indent + 1, p->out);
	}
}

static void dump_if(const struct parts *p, const struct expr *e)
{
	expr_dump(p->ty, e->cond.cond, p->indent, p->out);
	block_dump(p->ty, e->cond.yes, p->indent, p->out);
	if (e->cond.no) {
		line(p->indent, p->out);
		fputs("else\n", p->out);
		block_dump(p->ty, e->cond.no, p->indent, p->out);
	}
}

static void dump_parts(struct types *ty, const struct expr *e, int indent, FILE *out)
{
	struct parts p = { ty, indent, out };

	if (e->kind == EXPR_RECORD)
		dump_record(&p, e);
	else if (e->kind == EXPR_IF)
		dump_if(&p, e);
	else /* hooks may rewrite what they get; these do not */
		expr_below((struct expr *)e,
		           &(struct ast_hooks){ .expr = dump_part, .block = dump_body, .arg = &p });
}

void expr_dump(struct types *ty, const struct expr *e, int indent, FILE *out)
{
	line(indent, out);
	fputs(expr_kind_name(e->kind), out);
	dump_head(e, out);
	if (ty && e->type)
		fprintf(out, ": %s", type_name(ty, e->type));
	fputc('\n', out);
	dump_parts(ty, e, indent + 1, out);
}

static void dump_stmt(struct types *ty, const struct stmt *s, int indent, FILE *out)
{
	line(indent, out);
	fputs(stmt_kind_name(s->kind), out);
	switch (s->kind) {
	case STMT_EXPR:
	case STMT_DISCARD:
	case STMT_RETURN:
		fputc('\n', out);
		if (s->expr)
			expr_dump(ty, s->expr, indent + 1, out);
		break;
	case STMT_ASSIGN:
		fprintf(out, " %s=\n", binary_op_text(s->assign.op));
		expr_dump(ty, s->assign.target, indent + 1, out);
		expr_dump(ty, s->assign.value, indent + 1, out);
		break;
	case STMT_LET:
		dump_spec(s->let.spec, out);
		fputc('\n', out);
		dump_of(ty, s->let.spec, indent + 1, out);
		expr_dump(ty, s->let.target, indent + 1, out);
		if (s->let.value)
			expr_dump(ty, s->let.value, indent + 1, out);
		break;
	case STMT_FOR_MAP:
	case STMT_FOR_RANGE:
	case STMT_WHILE:
	case STMT_UNROLL:
		fputc('\n', out);
		if (s->loop.var)
			expr_dump(ty, s->loop.var, indent + 1, out);
		expr_dump(ty, s->loop.over, indent + 1, out);
		if (s->loop.end)
			expr_dump(ty, s->loop.end, indent + 1, out);
		block_dump(ty, s->loop.body, indent + 1, out);
		break;
	case STMT_IMPORT: fprintf(out, " \"%s\"\n", s->import.path); break;
	case STMT_BREAK:
	case STMT_CONTINUE:
	case STMT_BAD: fputc('\n', out); break;
	}
}

void block_dump(struct types *ty, const struct block *b, int indent, FILE *out)
{
	line(indent, out);
	fputs("block\n", out);
	vec_each (i, &b->stmts)
		dump_stmt(ty, b->stmts.v[i], indent + 1, out);
	if (b->value) {
		line(indent + 1, out);
		fputs("value\n", out);
		expr_dump(ty, b->value, indent + 2, out);
	}
}

static void dump_macro(const struct macro_def *m, FILE *out)
{
	fprintf(out, "macro %s", m->name);
	for (size_t i = 0; i < m->params; i++)
		fprintf(out, " %s", m->param[i].name);
	fputc('\n', out);
	block_dump(NULL, m->body, 1, out);
}

static void dump_fn(const struct fn_def *f, FILE *out)
{
	fprintf(out, "fn %s", f->name);
	for (size_t i = 0; i < f->params; i++) {
		fprintf(out, " %s", f->param[i].name);
		if (f->param[i].spec)
			dump_spec(f->param[i].spec, out);
	}
	if (f->result) {
		fputs(" :", out);
		dump_spec(f->result, out);
	}
	fputc('\n', out);
	block_dump(NULL, f->body, 1, out);
}

static void dump_probe(const struct probe_def *p, FILE *out)
{
	fputs("probe", out);
	vec_each (i, &p->points)
		fprintf(out, "%s %s", i ? "," : "", p->points.v[i].text);
	fputc('\n', out);
	if (p->predicate) {
		fputs("  predicate\n", out);
		expr_dump(NULL, p->predicate, 2, out);
	}
	block_dump(NULL, p->body, 1, out);
}

void script_dump(const struct script *s, FILE *out)
{
	vec_each (i, &s->c_text)
		fprintf(out, "c %s\n", s->c_text.v[i].text);
	vec_each (i, &s->config) {
		fprintf(out, "config %s\n", s->config.v[i].key);
		expr_dump(NULL, s->config.v[i].value, 1, out);
	}
	vec_each (i, &s->imports)
		fprintf(out, "import \"%s\"\n", s->imports.v[i].text);
	vec_each (i, &s->maps)
		fprintf(out, "map %s %s(%" PRIu64 ")\n", s->maps.v[i].name, s->maps.v[i].kind,
		        s->maps.v[i].max_entries);
	vec_each (i, &s->macros)
		if (!s->macros.v[i]->library)
			dump_macro(s->macros.v[i], out);
	vec_each (i, &s->fns)
		dump_fn(s->fns.v[i], out);
	vec_each (i, &s->probes)
		dump_probe(s->probes.v[i], out);
}
