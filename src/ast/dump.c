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

static void dump_list(struct types *ty, struct expr *const *list, const char *const *name, size_t n,
                      int indent, FILE *out)
{
	for (size_t i = 0; i < n; i++) {
		if (name) {
			line(indent, out);
			fprintf(out, ".%s =\n", name[i]);
		}
		expr_dump(ty, list[i], indent + (name != NULL), out);
	}
}

static void dump_parts(struct types *ty, const struct expr *e, int indent, FILE *out)
{
	switch (e->kind) {
	case EXPR_CALL:
	case EXPR_FN_CALL:
	case EXPR_C_CALL: dump_list(ty, e->call.arg, NULL, e->call.args, indent, out); break;
	case EXPR_MAP: dump_list(ty, e->map.key, NULL, e->map.keys, indent, out); break;
	case EXPR_FIELD: expr_dump(ty, e->field.base, indent, out); break;
	case EXPR_INDEX:
		expr_dump(ty, e->index.base, indent, out);
		expr_dump(ty, e->index.index, indent, out);
		break;
	case EXPR_UNARY:
	case EXPR_COMPTIME: expr_dump(ty, e->unary.operand, indent, out); break;
	case EXPR_BINARY:
		expr_dump(ty, e->binary.left, indent, out);
		expr_dump(ty, e->binary.right, indent, out);
		break;
	case EXPR_TERNARY:
		expr_dump(ty, e->ternary.cond, indent, out);
		if (e->ternary.yes)
			expr_dump(ty, e->ternary.yes, indent, out);
		expr_dump(ty, e->ternary.no, indent, out);
		break;
	case EXPR_CAST:
		dump_of(ty, e->cast.spec, indent, out);
		expr_dump(ty, e->cast.operand, indent, out);
		break;
	case EXPR_TUPLE:
	case EXPR_RECORD:
		dump_list(ty, e->tuple.elem, e->tuple.name, e->tuple.elems, indent, out);
		break;
	case EXPR_INCDEC: expr_dump(ty, e->incdec.target, indent, out); break;
	case EXPR_BLOCK: block_dump(ty, e->block, indent, out); break;
	case EXPR_IF:
		expr_dump(ty, e->cond.cond, indent, out);
		block_dump(ty, e->cond.yes, indent, out);
		if (e->cond.no) {
			line(indent, out);
			fputs("else\n", out);
			block_dump(ty, e->cond.no, indent, out);
		}
		break;
	case EXPR_SIZEOF:
	case EXPR_OFFSETOF:
	case EXPR_TYPEINFO:
	case EXPR_TYPE:
		dump_of(ty, e->typed.spec, indent, out);
		if (e->typed.operand)
			expr_dump(ty, e->typed.operand, indent, out);
		break;
	case EXPR_INT:
	case EXPR_STRING:
	case EXPR_BOOL:
	case EXPR_NAME:
	case EXPR_VAR:
	case EXPR_PARAM:
	case EXPR_PARAM_COUNT:
	case EXPR_BAD: break;
	}
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
