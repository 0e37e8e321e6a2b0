/* SPDX-License-Identifier: Apache-2.0 */
/* pinned.c - formats as bpf_seq_printf knows them (bpf-helpers(7)). */

#include "lang/pinned.h"

#include "base/arena.h"
#include "lang/format.h"
#include "probes/probe.h"

#include <string.h>

enum { MOST_ARGS = 12 };

bool in_pinned(const struct sema *s)
{
	return s->program->kind->caps & PROBE_ITER && s->program->targets.v[0].mode;
}

/* The kernel's conversion for a value of this kind; NULL: there is none. Everything is 64 bits
 * wide. */
static const char *conversion(const struct type *t, char wanted)
{
	if (t->kind == KIND_STRING)
		return "s";
	if (t->kind == KIND_KSYM)
		return "ps";
	if (!type_is_int(t) && t->kind != KIND_POINTER)
		return NULL;
	switch (wanted) {
	case 'c': return "c";
	case 'x':
	case 'X': return "llx";
	case 'p': return "#llx";
	case 'u': return "llu";
	case 's': return t->is_signed ? "lld" : "llu";
	default: return "lld";
	}
}

const struct type *pinned_check(struct sema *s, const struct expr *call)
{
	if (call->call.args - 1 > MOST_ARGS) {
		diag_error(s->diags, call->call.arg[1 + MOST_ARGS]->span,
		           "printf() of a pinned iterator prints up to %d arguments", MOST_ARGS);
		return &type_error;
	}
	for (size_t i = 1; i < call->call.args; i++) {
		const struct expr *e = call->call.arg[i];

		if (e->type == &type_unknown || e->type == &type_error || conversion(e->type, 'd'))
			continue;
		diag_hint(diag_error(s->diags, e->span, "A pinned iterator cannot print %s",
		                     type_name(s->ty, e->type)),
		          "the kernel itself prints: it knows numbers, strings and kernel symbols");
		return &type_error;
	}
	return &type_none;
}

/* Flags and width stay, a precision and length do not. */
static void add_conversion(struct strbuf *sb, const struct format_spec *spec, const struct type *t)
{
	size_t n = 1 + strspn(spec->text + 1, "-+ 0");
	const char *conv = conversion(t, spec->text[spec->len - 1]);

	n += strspn(spec->text + n, "123456789");
	n += strspn(spec->text + n, "0123456789");
	/* "%#llx" is not known: the prefix is text. */
	if (*conv == '#') {
		strbuf_adds(sb, "0x");
		conv++;
	}
	strbuf_add(sb, spec->text, n);
	strbuf_adds(sb, conv);
}

void pinned_printf(struct cg *cg, const struct expr *call)
{
	const char *at = call->call.arg[0]->string.text, *from = at;
	struct value arg[MOST_ARGS];
	struct strbuf sb = STRBUF_INIT;
	struct format_spec spec;
	size_t n = 0;

	for (; format_next(&at, &spec); n++, from = at) {
		arg[n] = cg_arg(cg, call, n + 1);
		strbuf_add(&sb, from, (size_t)(spec.text - from));
		add_conversion(&sb, &spec, arg[n].type);
	}
	strbuf_adds(&sb, from);
	cg_seq_printf(cg, arena_strdup(cg_unit(cg)->arena, sb.buf), arg, n);
	strbuf_release(&sb);
}
