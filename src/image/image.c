/* SPDX-License-Identifier: Apache-2.0 */
/* image.c - sections of an object, and images behind a launcher. */

#include "image/image.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static bool inside(uint64_t off, uint64_t len, size_t total)
{
	return off <= total && len <= total - off;
}

int image_sections(const void *image, size_t image_len, struct image_sections *out)
{
	const Elf64_Ehdr *eh = image;
	const Elf64_Shdr *names;

	if (image_len < sizeof(*eh) || memcmp(eh->e_ident, ELFMAG, SELFMAG) ||
	    eh->e_ident[EI_CLASS] != ELFCLASS64 || eh->e_machine != EM_BPF ||
	    eh->e_shentsize != sizeof(*names) || eh->e_shoff % 8 ||
	    !inside(eh->e_shoff, (uint64_t)eh->e_shnum * sizeof(*names), image_len) ||
	    eh->e_shstrndx >= eh->e_shnum)
		return -EINVAL;
	out->v = (Elf64_Shdr *)((char *)(uintptr_t)image + eh->e_shoff);
	out->n = eh->e_shnum;
	names = &out->v[eh->e_shstrndx];
	if (!inside(names->sh_offset, names->sh_size, image_len))
		return -EINVAL;
	out->names = (const char *)image + names->sh_offset;
	out->names_len = names->sh_size;
	return 0;
}

const char *image_section_name(const struct image_sections *s, unsigned int i)
{
	size_t at = s->v[i].sh_name;

	return at < s->names_len && memchr(s->names + at, 0, s->names_len - at) ? s->names + at
	                                                                        : "";
}

bool image_is_program(const struct image_sections *s, unsigned int i)
{
	return s->v[i].sh_flags & SHF_EXECINSTR && s->v[i].sh_size &&
	       strcmp(image_section_name(s, i), ".text");
}

int image_section(const void *image, size_t image_len, const char *name, const void **data,
                  size_t *len)
{
	struct image_sections s;
	int err = image_sections(image, image_len, &s);

	for (unsigned int i = 0; !err && i < s.n; i++) {
		const Elf64_Shdr *sh = &s.v[i];

		if (sh->sh_type == SHT_NOBITS || strcmp(image_section_name(&s, i), name) ||
		    !inside(sh->sh_offset, sh->sh_size, image_len))
			continue;
		*data = (const char *)image + sh->sh_offset;
		*len = sh->sh_size;
		return 0;
	}
	return err ? err : -ENOENT;
}

int image_symbol(const void *image, size_t image_len, const char *name, Elf64_Sym *out)
{
	struct image_sections s;
	const Elf64_Shdr *table = NULL, *names;
	const Elf64_Sym *sym;

	if (image_sections(image, image_len, &s))
		return -EINVAL;
	for (unsigned int i = 0; i < s.n; i++)
		if (s.v[i].sh_type == SHT_SYMTAB)
			table = &s.v[i];
	if (!table || table->sh_offset % 8 || table->sh_link >= s.n ||
	    !inside(table->sh_offset, table->sh_size, image_len))
		return -EINVAL;
	names = &s.v[table->sh_link];
	if (!inside(names->sh_offset, names->sh_size, image_len))
		return -EINVAL;
	sym = (const Elf64_Sym *)((const char *)image + table->sh_offset);
	for (size_t i = 0; i < table->sh_size / sizeof(*sym); i++) {
		uint32_t at = sym[i].st_name;

		if (at >= names->sh_size ||
		    strncmp((const char *)image + names->sh_offset + at, name, names->sh_size - at))
			continue;
		*out = sym[i];
		return 0;
	}
	return -ENOENT;
}

static int write_all(int fd, const void *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data = (const char *)data + n;
		len -= (size_t)n;
	}
	return 0;
}

int image_write_program(const char *path, const void *launcher, size_t launcher_len,
                        const void *image, size_t image_len)
{
	static const char zeros[8];
	size_t pad = (8 - launcher_len % 8) % 8, pad_end = (8 - image_len % 8) % 8;
	struct image_trailer t = { IMAGE_TRAILER_MAGIC, launcher_len + pad, image_len };
	char temp[PATH_MAX];
	int fd, err;

	if (snprintf(temp, sizeof(temp), "%s.XXXXXX", path) >= (int)sizeof(temp))
		return -ENAMETOOLONG;
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = write_all(fd, launcher, launcher_len);
	if (!err)
		err = write_all(fd, zeros, pad);
	if (!err)
		err = write_all(fd, image, image_len);
	if (!err)
		err = write_all(fd, zeros, pad_end);
	if (!err)
		err = write_all(fd, &t, sizeof(t));
	if (!err && fchmod(fd, 0755))
		err = -errno;
	if (close(fd) && !err)
		err = -errno;
	if (!err && rename(temp, path))
		err = -errno;
	if (err)
		unlink(temp);
	return err;
}

int image_open_program(const char *path, const void **image, size_t *len)
{
	const struct image_trailer *t;
	struct stat st;
	size_t size;
	char *file;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st)) {
		close(fd);
		return -errno;
	}
	size = (size_t)st.st_size;
	file = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (file == MAP_FAILED)
		return -errno;
	t = (const struct image_trailer *)(file + size - sizeof(*t));
	if (size % 8 || size < sizeof(*t) || t->magic != IMAGE_TRAILER_MAGIC || t->off % 8 ||
	    !inside(t->off, t->len, size - sizeof(*t))) {
		munmap(file, size);
		return -ENOENT;
	}
	*image = file + t->off;
	*len = t->len;
	return 0;
}
