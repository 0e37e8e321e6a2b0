/* SPDX-License-Identifier: Apache-2.0 */
/* load.c - loads an object, attaches its programs, waits to be ended. */

#include <bpf/libbpf.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct bpf_object *obj = bpf_object__open_file(argv[1], NULL);
	struct bpf_program *prog;

	if (!obj || bpf_object__load(obj))
		return 1;
	bpf_object__for_each_program(prog, obj)
		if (!bpf_program__attach(prog))
			return 1;
	fprintf(stderr, "attached\n");
	pause();
	return 0;
}
