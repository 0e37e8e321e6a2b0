/* SPDX-License-Identifier: Apache-2.0 */
/*
 * marks - a program to be traced: functions, and places marked for USDT probes.
 *
 * The notes are what <sys/sdt.h> would write; they are spelled out so that the header need not be
 * installed.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* clang-format off */
#define MARK(provider, name, semaphore, operands, ...)                                             \
	__asm__ volatile("990: nop\n"                                                              \
	                 ".pushsection .note.stapsdt, \"\", \"note\"\n"                            \
	                 ".balign 4\n"                                                             \
	                 ".4byte 992f - 991f, 994f - 993f, 3\n"                                    \
	                 "991: .asciz \"stapsdt\"\n"                                               \
	                 "992: .balign 4\n"                                                        \
	                 "993: .8byte 990b, _.stapsdt.base, " semaphore "\n"                       \
	                 ".asciz \"" provider "\", \"" name "\", \"" operands "\"\n"               \
	                 "994: .balign 4\n"                                                        \
	                 ".popsection\n" :: __VA_ARGS__)
/* clang-format on */

__asm__(".pushsection .stapsdt.base, \"aG\", \"progbits\", .stapsdt.base, comdat\n"
        ".weak _.stapsdt.base\n.hidden _.stapsdt.base\n"
        "_.stapsdt.base: .space 1\n.size _.stapsdt.base, 1\n.popsection\n");

/* The tracer counts itself in here. */
static volatile uint16_t listeners __attribute__((section(".probes"), used));

int counter = 42;
short small = 7;
const char *greeting = "hello";

static inline __attribute__((always_inline)) void step(int number, long value)
{
	MARK("sonde", "step", "0", "-4@%0 8@%1", "nor"(number), "nor"(value));
}

__attribute__((noinline, noclone)) long weigh(long a, long b)
{
	__asm__ volatile("");
	return a * 10 + b;
}

int main(int argc, char **argv)
{
	long values[] = { 100, 200, 300, 400 };
	volatile int negative = -5;
	long i = argc + 2;

	MARK("sonde", "first", "0", "-4@%0 8@%1", "r"(negative), "r"(greeting));
	step(1, values[1]);
	step(2, weigh(argc, 2));
	MARK("sonde", "memory", "0", "8@(%0,%1,8) 8@8(%0)", "r"(values), "r"(i));
	MARK("other", "guarded", "listeners", "8@%0", "r"((long)listeners));
	if (listeners)
		puts("somebody listens");
	/* Stays until it is killed when it is told to. */
	return argc > 1 ? pause() : 0;
}
