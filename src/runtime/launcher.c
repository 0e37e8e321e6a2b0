/* SPDX-License-Identifier: Apache-2.0 */
/* launcher.c - main of ahead-of-time programs: the image is behind us in our own file. */

#include "base/bug.h"
#include "base/log.h"
#include "base/mem.h"
#include "image/image.h"
#include "runtime/cli.h"
#include "runtime/run.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "--name=value" is an option of the script, before and behind "--"; ours are letters. */
static void split_options(int *argc, char **argv, struct rt_opts *o)
{
	const char **option = mem_calloc((size_t)*argc, sizeof(*option));
	int kept = 0;

	for (int i = 0; i < *argc; i++) {
		if (i && !strncmp(argv[i], "--", 2)) {
			if (argv[i][2])
				option[o->options++] = argv[i];
		} else {
			argv[kept++] = argv[i];
		}
	}
	argv[kept] = NULL;
	*argc = kept;
	o->option = option;
}

static int usage(FILE *out)
{
	fputs("options: -o FILE  -f text|json  -q  -v  -p PID  -c COMMAND  -h  -V\n"
	      "--help shows the options of the script.\n"
	      "This program was made by sonde --aot; see sonde(8).\n",
	      out);
	return out == stderr;
}

/* Returns -1 to go on, or the exit status. */
static int take_option(struct rt_opts *o, int opt)
{
	switch (opt) {
	case 'o': o->output = optarg; break;
	case 'f': return option_format(optarg, &o->json) ? -1 : 1;
	case 'q': o->quiet = true; break;
	case 'v': log_verbose = true; break;
	case 'p': return option_pid(optarg, &o->pid) ? -1 : 1;
	case 'c': o->cmd = optarg; break;
	case 'h': return usage(stdout);
	case 'V': puts("sonde v" SONDE_VERSION); return 0;
	default: return usage(stderr);
	}
	return -1;
}

int main(int argc, char **argv)
{
	struct rt_opts o = { 0 };
	const void *image;
	size_t len;
	int opt, err, status = -1;

	split_options(&argc, argv, &o);
	while (status < 0 && (opt = getopt(argc, argv, "o:f:qvp:c:hV")) != -1)
		status = take_option(&o, opt);
	if (status >= 0)
		return status;
	if (optind < argc)
		log_warn("'%s' is not heeded: parameters were fixed when this program was made",
		         argv[optind]);
	err = image_open_program("/proc/self/exe", &image, &len);
	if (err) {
		log_error("this launcher has no program behind it: %s", strerror(-err));
		return 1;
	}
	status = may_trace() ? rt_run(image, len, &o) : 1;
	free((void *)o.option);
	return status;
}
