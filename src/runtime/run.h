/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run - runs an image: load, attach, print, until it ends.
 *
 *	struct rt_opts o = { .quiet = true };
 *	exit(rt_run(image, len, &o));
 *
 * Returns the process's exit status: 0, the script's exit(n), or 1 when the image could not be
 * loaded or attached (the reason has been printed).
 */
#ifndef RUNTIME_RUN_H
#define RUNTIME_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum rt_buffering { RT_BUFFER_LINE, RT_BUFFER_FULL, RT_BUFFER_NONE };

struct rt_opts {
	const char *output;        /* a file for the script's output; NULL: stdout */
	const char *cmd;           /* a command to start, or NULL */
	pid_t pid;                 /* a process to trace, or 0 */
	const char *const *option; /* options of the script: "--name=value", "--name" */
	size_t options;
	bool json, quiet, dry_run;
	enum rt_buffering buffering;
};

int rt_run(const void *image, size_t len, const struct rt_opts *o);

#endif
