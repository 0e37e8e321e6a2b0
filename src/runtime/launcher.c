/* SPDX-License-Identifier: Apache-2.0 */
/* launcher.c - main of ahead-of-time programs: the image is behind us in our own file. */

#include "base/bug.h"
#include "base/log.h"
#include "image/image.h"
#include "runtime/options.h"
#include "runtime/run.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int usage(FILE *out)
{
	fputs("options: -o FILE  -f text|json  -q  -v  -p PID  -c COMMAND  -h  -V\n"
	      "This program was made by sonde --aot; see sonde(8).\n",
	      out);
	return out == stderr;
}

int main(int argc, char **argv)
{
	struct rt_opts o = { 0 };
	const void *image;
	size_t len;
	int opt, err;

	while ((opt = getopt(argc, argv, "o:f:qvp:c:hV")) != -1) {
		switch (opt) {
		case 'o': o.output = optarg; break;
		case 'f':
			if (!option_format(optarg, &o.json))
				return 1;
			break;
		case 'q': o.quiet = true; break;
		case 'v': log_verbose = true; break;
		case 'p':
			if (!option_pid(optarg, &o.pid))
				return 1;
			break;
		case 'c': o.cmd = optarg; break;
		case 'h': return usage(stdout);
		case 'V': puts("sonde v" SONDE_VERSION); return 0;
		default: return usage(stderr);
		}
	}
	err = image_open_program("/proc/self/exe", &image, &len);
	if (err) {
		log_error("this launcher has no program behind it: %s", strerror(-err));
		return 1;
	}
	return may_trace() ? rt_run(image, len, &o) : 1;
}
