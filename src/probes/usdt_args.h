/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usdt_args - where the arguments of a USDT probe are, as its ELF note says in the assembler's
 * language.
 *
 *	x86-64   -4@%eax 8@$5 8@-8(%rbp) 4@(%rax,%rcx,4) 4@counter(%rip)
 *	arm64    -4@w1 8@5 8@[sp, 8] 8@[x0, x1, lsl 3]
 *
 * The number is the size in bytes, negative for signed values.
 */
#ifndef PROBES_USDT_ARGS_H
#define PROBES_USDT_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum usdt_where {
	USDT_NONE,  /* not understood: a vector register */
	USDT_CONST, /* value */
	USDT_REG,   /* reg */
	USDT_MEM,   /* at reg + index * scale + value (+ symbol) */
};

struct usdt_arg {
	enum usdt_where where;
	uint8_t size; /* 1, 2, 4, 8 */
	bool is_signed;
	char reg[8], index[8]; /* as arch_reg names them; "": none */
	uint8_t scale;
	int64_t value;
	char symbol[64]; /* whose address is added; "": none */
};

/* Reads all of them, 'most' at most; returns how many there are. machine: as struct arch names it.
 */
size_t usdt_args_parse(const char *machine, const char *text, struct usdt_arg *arg, size_t most);

#endif
