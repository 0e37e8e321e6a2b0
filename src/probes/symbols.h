/* SPDX-License-Identifier: Apache-2.0 */
/*
 * symbols - names of kernel functions, and of functions in ELF files.
 *
 * Nothing is read before it is asked for; what was read is kept in the cache.
 */
#ifndef PROBES_SYMBOLS_H
#define PROBES_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct probe_cache;

struct symbol {
	const char *name;   /* lives as long as the cache */
	const char *module; /* kernel: module, or NULL for the kernel itself */
	uint64_t address;   /* kernel: 0 where kptr_restrict hides it; ELF: virtual address */
	uint64_t size;      /* ELF only; 0: unknown */
};

typedef bool symbol_fn(void *arg, const struct symbol *s); /* false: enough */

/* Functions that kprobes can be placed on: available_filter_functions, else kallsyms.
 * Returns 0 or -errno. */
int ksym_each_traceable(struct probe_cache *c, symbol_fn *fn, void *arg);
/* Names a file with the functions that can be traced, as available_filter_functions has them:
 * "name" or "name [module]" a line. */
void ksym_set_traceable(struct probe_cache *c, const char *path);
/* The address of a symbol from kallsyms (functions, and variables where the kernel lists them).
 * Returns 0, -ENOENT or -errno. */
int ksym_address(struct probe_cache *c, const char *name, uint64_t *address);
/* The symbol that covers an address; *offset from its start. Returns NULL when unknown. */
const struct symbol *ksym_lookup(struct probe_cache *c, uint64_t address, uint64_t *offset);

/* An ELF file, opened once per path (and mount namespace: pass /proc/PID/root/... paths). */
struct elf_file;
/* Returns NULL with errno set. */
struct elf_file *elf_open(struct probe_cache *c, const char *path);
/* Function symbols of .symtab and .dynsym, each name and address once. */
int elf_each_function(struct elf_file *f, symbol_fn *fn, void *arg);
/* By exact name (any symbol type). Returns 0 or -ENOENT. */
int elf_symbol(struct elf_file *f, const char *name, struct symbol *out);
/* The function that covers a virtual address, or NULL. */
const struct symbol *elf_lookup(struct elf_file *f, uint64_t vaddr, uint64_t *offset);
/* Between virtual addresses and offsets in the file, by program headers. -ENOENT: not mapped. */
int elf_vaddr_to_offset(struct elf_file *f, uint64_t vaddr, uint64_t *offset);
int elf_offset_to_vaddr(struct elf_file *f, uint64_t offset, uint64_t *vaddr);
/* Whether it is started itself: fixed in memory, or with a dynamic linker named in it. */
bool elf_is_program(struct elf_file *f);
/* libelf's own handle. */
struct Elf *elf_libelf(struct elf_file *f);
/* The build id, up to 20 bytes into id; returns its length, 0: none. */
size_t elf_build_id(struct elf_file *f, unsigned char id[20]);

#endif
