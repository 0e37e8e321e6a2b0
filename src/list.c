/* SPDX-License-Identifier: Apache-2.0 */
/* list.c - "-l". */

#include "list.h"

#include "base/arena.h"
#include "base/diag.h"
#include "base/log.h"
#include "command_line.h"
#include "driver.h"
#include "probes/btf.h"
#include "probes/btf_text.h"
#include "probes/probe.h"
#include "sema/ktypes.h"
#include "sema/probe_args.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static void print_arg(struct unit *u, const struct program *p, const struct probe_arg *a)
{
	const char *type = a->ctype ? a->ctype : type_name(u->types, probe_arg_type(u, p, a));

	printf("    %s %s", type, a->name);
	if (a->count && !strchr(type, '['))
		printf("[%u]", a->count);
	putchar('\n');
}

static void print_args(struct unit *u, const struct probe_target *t)
{
	struct program p = { .kind = t->kind };
	struct probe_args args = { 0 };

	if (!t->kind->params && !t->kind->args)
		return;
	if (t->kind->params ? t->kind->params(u->probes, t, &args)
	                    : t->kind->args(u->probes, t, &args))
		return;
	for (size_t i = 0; i < args.count; i++)
		print_arg(u, &p, &args.arg[i]);
	if (args.retval && t->kind->caps & PROBE_TYPED_RETVAL)
		print_arg(u, &p, args.retval);
}

/* "vmlinux: struct file {...};" */
static void print_definition(struct unit *u, const struct probe_target *t)
{
	const struct btf_file *b = btf_module(u->probes->cache, t->module);

	printf("%s: %s\n", t->module, btf_definition(u->arena, b, (uint32_t)t->address));
}

static void print_target(void *arg, const struct probe_target *t)
{
	/* A type of the kernel. */
	if (!t->kind && log_verbose) {
		print_definition(arg, t);
		return;
	}
	puts(t->name);
	if (t->kind && log_verbose)
		print_args(arg, t);
}

/* How fast a clock or counter goes is the script's matter: "interval:s:". */
static void print_script_target(struct unit *u, const struct probe_target *t)
{
	struct probe_target named = *t;

	const char *rate = strrchr(t->name, ':');

	if (t->kind->list && rate && isdigit((unsigned char)rate[1]))
		named.name = arena_memdup(u->arena, t->name, (size_t)(rate + 1 - t->name));
	print_target(u, &named);
}

int list_pattern(struct unit *u, const char *pattern)
{
	ktypes_init(u);
	probe_list(u->probes, pattern ? pattern : "*", print_target, u);
	diags_print(u->diags, stderr, log_colour());
	return diags_failed(u->diags) ? EXIT_USAGE : 0;
}

int list_script(struct unit *u)
{
	if (compile_targets(u)) {
		diags_print(u->diags, stderr, log_colour());
		return EXIT_COMPILE;
	}
	vec_each (i, &u->programs) {
		const struct program *p = u->programs.v[i];

		vec_each (j, &p->targets)
			if (!(p->kind->caps & PROBE_SPECIAL))
				print_script_target(u, &p->targets.v[j]);
	}
	return 0;
}
