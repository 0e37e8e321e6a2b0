/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image - the bytes that the compiler makes and the runtime runs: an ELF object for EM_BPF.
 *
 *	const void *meta; size_t len;
 *	if (!image_section(bytes, size, META_SECTION, &meta, &len))
 *		meta_open(&m, meta, len);
 *
 * An ahead-of-time program is the launcher with an image behind it:
 *	[launcher][padding to 8][image][struct image_trailer]
 */
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct image_trailer {
	uint64_t magic;    /* IMAGE_TRAILER_MAGIC */
	uint64_t off, len; /* of the image in the file */
};
#define IMAGE_TRAILER_MAGIC 0x31656764652d6e73ULL

/* The headers of an object's sections, in the object itself. Returns 0 or -EINVAL (no object for
 * BPF). */
struct image_sections {
	Elf64_Shdr *v;
	unsigned int n;
	const char *names;
	size_t names_len;
};
int image_sections(const void *image, size_t image_len, struct image_sections *out);
/* "": damaged. */
const char *image_section_name(const struct image_sections *s, unsigned int i);

/* Whether the section holds programs: code of functions that are called only is in .text. */
bool image_is_program(const struct image_sections *s, unsigned int i);

/* Finds a section by name. Returns 0, -EINVAL (not an object of ours) or -ENOENT. */
int image_section(const void *image, size_t image_len, const char *name, const void **data,
                  size_t *len);

/* Finds a function or variable by name. Returns 0 with a copy of its symbol, or as above. */
int image_symbol(const void *image, size_t image_len, const char *name, Elf64_Sym *out);

/* Writes launcher and image as an executable file. Returns 0 or -errno; the file is complete or
 * does not exist. */
int image_write_program(const char *path, const void *launcher, size_t launcher_len,
                        const void *image, size_t image_len);

/* Maps the image behind the executable at path (of a running program: /proc/self/exe).
 * Returns 0, -ENOENT when there is none, or -errno. Unmap with munmap(2) is never needed. */
int image_open_program(const char *path, const void **image, size_t *len);

#endif
