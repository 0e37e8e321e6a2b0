/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usdt_notes - the places that the authors of a program have marked in it (USDT: <sys/sdt.h>).
 *
 * A mark is a nop and a note in the section .note.stapsdt: its address, a name, and where the
 * compiler keeps the arguments there. A mark in a function that was inlined has several notes.
 */
#ifndef PROBES_USDT_NOTES_H
#define PROBES_USDT_NOTES_H

#include <stdbool.h>
#include <stdint.h>

struct elf_file;

struct usdt_note {
	const char *provider, *name, *args; /* live as long as the file */
	uint64_t address;                   /* virtual, in the file */
	uint64_t semaphore;                 /* likewise; 0: none */
};

/* Calls fn for each note, in the order of the file, until it returns false. */
void usdt_each(struct elf_file *f, bool (*fn)(void *arg, const struct usdt_note *n), void *arg);

#endif
