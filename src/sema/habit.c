/* SPDX-License-Identifier: Apache-2.0 */
/* habit.c - words of other languages and tools, and what says the same here. */

#include "sema/sema.h"

#include "base/bug.h"

#include <string.h>

static const struct {
	const char *word, *here;
} habits[] = {
	/* C */
	{ "NULL", "an address that leads nowhere is 0" },
	{ "memcpy", "values are copied by assignment; str() and buf() read memory" },
	{ "puts", "print() prints a value, printf() by a format" },
	{ "sprintf", "a format makes text when it is printed: use printf()" },
	{ "snprintf", "a format makes text when it is printed: use printf()" },
	{ "strcmp", "strings compare with == and !=" },
	/* the kernel, and BPF in C */
	{ "bpf_get_current_comm", "the name of the task is comm" },
	{ "bpf_get_current_pid_tgid", "the ids are pid and tid" },
	{ "bpf_ktime_get_ns", "the time is nsecs" },
	{ "current", "the task is curtask, a struct task_struct *" },
	{ "ktime_get_ns", "the time is nsecs" },
	/* DTrace */
	{ "average", "it is avg(n)" },
	{ "copyinstr", "it is str(address)" },
	{ "execname", "it is comm" },
	{ "lquantize", "it is lhist(n, min, max, step)" },
	{ "llquantize", "it is llhist(n, factor, low, high, steps)" },
	{ "printa", "print() prints maps as well" },
	{ "probefunc", "it is func, or probe" },
	{ "quantize", "it is hist(n)" },
	{ "timestamp", "it is nsecs" },
	{ "trace", "print() prints a value, printf() by a format" },
	/* shells and others */
	{ "echo", "print() prints a value, printf() by a format" },
	{ "getpid", "it is pid" },
	{ "gettid", "it is tid" },
	{ "hex", "printf(\"%x\", n) prints a number in hexadecimal" },
	{ "length", "len() counts keys of a map, strlen() letters of a text" },
	{ "nil", "an address that leads nowhere is 0" },
	{ "null", "an address that leads nowhere is 0" },
	{ "println", "print() prints a value, printf() by a format" },
	{ "startswith", "strncmp(text, \"start\", 5) == 0 compares the first letters" },
};

const char *habit_hint(const char *word)
{
	for (size_t i = 0; i < countof(habits); i++)
		if (!strcmp(habits[i].word, word))
			return habits[i].here;
	return NULL;
}
