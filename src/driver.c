/* SPDX-License-Identifier: Apache-2.0 */
/* driver.c - the compiler at a glance: text in, image out. */

#include "driver.h"

#include "base/arena.h"
#include "base/bug.h"
#include "base/diag.h"
#include "cdef/cdef.h"
#include "codegen/cg.h"
#include "image/meta_dump.h"
#include "image/meta_write.h"
#include "lang/lang.h"
#include "parser/parser.h"
#include "probes/probe.h"
#include "sema/sema.h"

#include <errno.h>
#include <string.h>

static void dump_ast(const struct unit *u, FILE *out)
{
	script_dump(&u->script, out);
}

static void dump_types(const struct unit *u, FILE *out)
{
	vec_each (i, &u->fns) {
		const struct program *p = u->fns.v[i];

		fprintf(out, "function %s: %s\n", p->fn->name,
		        type_name(u->types, p->parts->result));
		block_dump(u->types, p->body, 1, out);
	}
	vec_each (i, &u->programs) {
		const struct program *p = u->programs.v[i];

		fprintf(out, "program %s\n", p->targets.v[0].name);
		if (p->predicate)
			expr_dump(u->types, p->predicate, 1, out);
		block_dump(u->types, p->body, 1, out);
	}
	map_each (e, &u->maps) {
		const struct map_var *m = e->value;

		fprintf(out, "map %s", m->name);
		if (m->key)
			fprintf(out, "[%s]", type_name(u->types, m->key));
		fprintf(out, ": %s\n", m->value ? type_name(u->types, m->value) : "unknown");
	}
}

static void dump_image(const struct unit *u, FILE *out)
{
	struct strbuf bytes = STRBUF_INIT;
	struct meta m;

	meta_finish(u->meta, &bytes);
	BUG_ON(meta_open(&m, bytes.buf, bytes.len));
	meta_dump(&m, out);
	strbuf_release(&bytes);
}

/* clang-format off */
static const struct pass {
	const char *stage; /* of -d, shown once the pass has run; NULL: none */
	void (*run)(struct unit *u);
	void (*dump)(const struct unit *u, FILE *out);
	bool goes_on; /* after errors, too: one run reports wrong syntax, probes, names and types */
} passes[] = {
	/*                           what holds afterwards: */
	{ "ast",    parse_run,    dump_ast,               true  }, /* a tree; each node has its span */
	{ NULL,     config_run,   NULL,                   true  }, /* settings from script and environment */
	{ NULL,     definitions_run, NULL,                true  }, /* types, enumerators and macros in C are known */
	{ NULL,     objects_run,  NULL,                   true  }, /* functions of imported C objects are known */
	{ NULL,     macro_run,    NULL,                   true  }, /* macros are expanded */
	{ NULL,     expand_run,   NULL,                   true  }, /* programs with concrete targets, no wildcards */
	{ NULL,     resolve_run,  NULL,                   true  }, /* each name points at its definition */
	{ "types",  types_run,    dump_types,             false }, /* each expression has a type */
	{ NULL,     layout_run,   NULL,                   false }, /* maps, probes and types are numbered */
	{ "ir",     codegen_run,  codegen_dump_ir,        false }, /* one LLVM function per program */
	{ "ir-opt", optimise_run, codegen_dump_optimised, false }, /* the same, optimised */
	{ "asm",    object_run,   codegen_dump_asm,       false }, /* the bytes of the image */
	{ NULL,     link_run,     NULL,                   false }, /* the same, with imported C objects */
	{ "image",  NULL,         dump_image,             false },
};
/* clang-format on */

/* What bpftrace calls them. */
static const struct {
	const char *alias, *stage;
} stage_aliases[] = {
	{ "parse", "ast" }, { "codegen", "ir" }, { "codegen-opt", "ir-opt" }, { "dis", "asm" }
};

/* Whether the word of len bytes at 'word' names a stage. */
static bool names_stage(const char *word, size_t len, const char *stage)
{
	for (size_t i = 0; i < countof(stage_aliases); i++)
		if (strlen(stage_aliases[i].alias) == len &&
		    !strncmp(word, stage_aliases[i].alias, len))
			return !strcmp(stage_aliases[i].stage, stage);
	return strlen(stage) == len && !strncmp(word, stage, len);
}

static bool stage_wanted(const char *dump, const char *stage)
{
	for (const char *at = dump; at && stage; at = strchr(at, ',')) {
		at += *at == ',';
		if (names_stage(at, strcspn(at, ","), "all") ||
		    names_stage(at, strcspn(at, ","), stage))
			return true;
	}
	return false;
}

static bool stage_known(const char *name, size_t len)
{
	for (size_t i = 0; i < countof(passes); i++)
		if (passes[i].stage && names_stage(name, len, passes[i].stage))
			return true;
	return names_stage(name, len, "all");
}

bool dump_stages_valid(const char *dump, const char **known)
{
	*known = "all, ast, types, ir, ir-opt, asm, image";
	for (const char *at = dump; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (!stage_known(at, strcspn(at, ",")))
			return false;
	}
	return true;
}

void unit_init(struct unit *u, struct arena *arena, const char *name, const char *text, size_t len)
{
	*u = (struct unit){
		.source = { .name = name, .text = text, .len = len },
		.arena = arena,
		.lang = lang_table,
		.types = types_new(arena),
		.image = STRBUF_INIT,
	};
	u->diags = diags_new(arena, &u->source);
	u->meta = arena_new(arena, struct meta_writer);
	meta_writer_init(u->meta);
}

/* Whether a stage behind pass i is wanted: the last one shown ends the run. */
static bool later_wanted(const char *dump, size_t i)
{
	while (++i < countof(passes))
		if (stage_wanted(dump, passes[i].stage))
			return true;
	return false;
}

/* Runs the passes before 'end' (NULL: all), up to the first that cannot go on after errors. */
static int run_passes(struct unit *u, void (*end)(struct unit *u), const char *dump, FILE *out)
{
	bool failed = false;

	for (size_t i = 0; i < countof(passes) && (!end || passes[i].run != end); i++) {
		if (passes[i].run)
			passes[i].run(u);
		failed = diags_failed(u->diags);
		if (failed && (!passes[i].goes_on || u->unread))
			return -EINVAL;
		if (passes[i].dump && stage_wanted(dump, passes[i].stage)) {
			if (!failed)
				passes[i].dump(u, out);
			if (!later_wanted(dump, i))
				return failed ? -EINVAL : 0;
		}
	}
	return diags_failed(u->diags) ? -EINVAL : 0;
}

int compile(struct unit *u, const char *dump, FILE *out)
{
	return run_passes(u, NULL, dump, out);
}

int compile_targets(struct unit *u)
{
	run_passes(u, resolve_run, NULL, NULL);
	return diags_failed(u->diags) ? -EINVAL : 0;
}

void unit_release(struct unit *u)
{
	codegen_release(u);
	cdef_release(u);
	meta_writer_release(u->meta);
	types_release(u->types);
	map_release(&u->type_rows);
	map_release(&u->maps);
	intern_release(&u->names);
	strbuf_release(&u->image);
}
