/* SPDX-License-Identifier: Apache-2.0 */
/*
 * command_line - what the user asks for.
 *
 *	struct cli cli = { 0 };
 *	int status = cli_parse(&cli, argc, argv);	(>= 0: all is done, this is the exit status)
 *	...
 *	cli_release(&cli);
 */
#ifndef COMMAND_LINE_H
#define COMMAND_LINE_H

#include "base/vec.h"
#include "runtime/run.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { EXIT_USAGE = 1, EXIT_COMPILE = 1 };

struct cli {
	const char *program; /* -e */
	const char *file;    /* or the first operand */
	const char *const *param;
	size_t params;
	const char *const *option; /* of the script */
	size_t options;
	const char **operand; /* all of them: the file and the parameters */
	const char *dump;     /* -d */
	const char *emit_elf, *aot;
	const char *output, *format, *buffering;
	const char *cmd;
	const char *pid;
	const char *mode;                         /* of modes[], or NULL */
	const char *filter;                       /* --probe-filter */
	VEC(const char *) include_dirs, includes; /* -I, --include */
	const char *traceable;                    /* a list of functions */
	bool list, info, quiet, dry_run, unsafe, no_warnings, runtime_warnings;
};

/* Both return -1, or the exit status: the request was answered, or is wrong and was complained of.
 */
int cli_parse(struct cli *cli, int argc, char **argv);
/* Whether the options fit together; what concerns the runtime goes to *rt. */
int cli_check(const struct cli *cli, struct rt_opts *rt);
void cli_release(struct cli *cli);

/* The caps of the probes that a mode runs (--test, --bench). */
uint32_t cli_probes_on_demand(const struct cli *cli);
void cli_usage(FILE *out);
/* Says what is wrong, and how the tool is called; returns EXIT_USAGE. */
int cli_bad_usage(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
