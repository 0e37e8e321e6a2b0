/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link.c - our object and those that the script imports become one, by libbpf's linker.
 *
 * It works on files: ours are in memory. Everything of ours is in the result as it was, since
 * sections that only one object has are taken over whole.
 */

#include "base/diag.h"
#include "codegen/cg.h"
#include "image/image.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The linker says the first cause, then what failed because of it. */
static char first_cause[256];

static int on_message(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	if (level == LIBBPF_WARN && !*first_cause)
		vsnprintf(first_cause, sizeof(first_cause), fmt, ap);
	return 0;
}

#define MEMORY_FILES "/proc/self/fd/"

struct memory_file {
	int fd;
	char path[32];
};

static int write_all(int fd, const char *at, size_t len)
{
	while (len) {
		ssize_t n = write(fd, at, len);

		if (n < 0)
			return -errno;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

static int memory_open(struct memory_file *f, const void *bytes, size_t len)
{
	f->fd = memfd_create("object", MFD_CLOEXEC);
	if (f->fd < 0)
		return -errno;
	snprintf(f->path, sizeof(f->path), MEMORY_FILES "%d", f->fd);
	return write_all(f->fd, bytes, len);
}

static void memory_close(struct memory_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
}

static int add(struct bpf_linker *linker, const void *bytes, size_t len)
{
	struct memory_file f;
	int err = memory_open(&f, bytes, len);

	if (!err)
		err = bpf_linker__add_file(linker, f.path, NULL);
	memory_close(&f);
	return err;
}

/* A type of sections that <elf.h> does not know, and the linker skips. */
#ifndef SHT_LLVM_ADDRSIG
#define SHT_LLVM_ADDRSIG 0x6fff4c03
#endif

/* The license is the script's, and so are the programs: of what is imported functions are wanted.
 */
static void leave_out(const struct c_object *o)
{
	struct image_sections s;

	if (image_sections(o->bytes, o->len, &s))
		return;
	for (unsigned int i = 0; i < s.n; i++)
		if (image_is_program(&s, i) || !strcmp(image_section_name(&s, i), "license"))
			s.v[i].sh_type = SHT_LLVM_ADDRSIG;
}

static void report(struct unit *u, struct span at, const char *path, int err)
{
	struct diag *d = diag_error(u->diags, at, "'%s' cannot be linked with the script: %s", path,
	                            strerror(-err));
	const char *file = strstr(first_cause, MEMORY_FILES);

	first_cause[strcspn(first_cause, "\n")] = '\0';
	if (file)
		diag_note(d, SPAN_NONE, "%.*s%s%s", (int)(file - first_cause), first_cause, path,
		          file + strcspn(file, "'"));
	else if (*first_cause)
		diag_note(d, SPAN_NONE, "%s", first_cause);
}

static int link_all(struct unit *u, struct bpf_linker *linker)
{
	int err = add(linker, u->image.buf, u->image.len);

	if (err) {
		report(u, SPAN_NONE, u->source.name, err);
		return err;
	}
	vec_each (i, &u->c_objects) {
		const struct c_object *o = u->c_objects.v[i];

		leave_out(o);
		err = add(linker, o->bytes, o->len);
		if (err) {
			report(u, o->span, o->path, err);
			return err;
		}
	}
	err = bpf_linker__finalize(linker);
	if (err)
		report(u, u->c_objects.v[0]->span, u->c_objects.v[0]->path, err);
	return err;
}

void link_run(struct unit *u)
{
	libbpf_print_fn_t before;
	struct bpf_linker *linker;
	struct memory_file out;

	if (!u->c_objects.n)
		return;
	before = libbpf_set_print(on_message);
	*first_cause = '\0';
	if (memory_open(&out, "", 0) || !(linker = bpf_linker__new(out.path, NULL))) {
		report(u, u->c_objects.v[0]->span, u->c_objects.v[0]->path, -errno);
	} else {
		if (!link_all(u, linker)) {
			strbuf_reset(&u->image);
			lseek(out.fd, 0, SEEK_SET);
			strbuf_read_fd(&u->image, out.fd);
		}
		bpf_linker__free(linker);
	}
	memory_close(&out);
	libbpf_set_print(before);
}
