/* SPDX-License-Identifier: Apache-2.0 */
/* usdt_args.c - operands of two assemblers. */

#include "probes/usdt_args.h"

#include "base/bug.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Takes 'text' off the front of *at. */
static bool take(const char **at, const char *text)
{
	size_t n = strlen(text);

	if (strncmp(*at, text, n))
		return false;
	*at += n;
	return true;
}

static void skip_blanks(const char **at)
{
	*at += strspn(*at, " \t");
}

static bool take_number(const char **at, int64_t *value)
{
	char *end;

	*value = (int64_t)strtoull(*at, &end, 0);
	if (end == *at || isspace((unsigned char)**at))
		return false;
	*at = end;
	return true;
}

static size_t take_word(const char **at, char *word, size_t size)
{
	size_t n = 0;

	while (isalnum((unsigned char)(*at)[n]) || ((*at)[n] && strchr("_.", (*at)[n])))
		n++;
	snprintf(word, size, "%.*s", (int)n, *at);
	*at += n;
	return n;
}

/* -- x86-64 -- */

/* "rax", "eax", "ax", "al" are ax; "r10d" is r10. */
static bool x86_register(const char **at, char reg[8])
{
	static const char *const plain[] = { "ax", "bx", "cx", "dx", "si", "di", "bp", "sp", "ip" };
	const char *name = reg;
	char word[8];
	size_t n;

	if (!take(at, "%"))
		return false;
	n = take_word(at, word, sizeof(word));
	if (n >= sizeof(word))
		return false;
	if (word[0] == 'r' && isdigit((unsigned char)word[1])) {
		if (strchr("bwd", word[n - 1]))
			word[n - 1] = '\0';
		strcpy(reg, word);
		return true;
	}
	if (n == 3 && strchr("re", word[0])) {
		name = word + 1;
	} else if (n && word[n - 1] == 'l') {
		/* "al", "sil": the second letter of the 16-bit name is an x or stands there. */
		if (n == 2)
			word[1] = 'x';
		else
			word[2] = '\0';
		name = word;
	} else {
		name = word;
	}
	for (size_t i = 0; i < countof(plain); i++) {
		if (!strcmp(plain[i], name)) {
			strcpy(reg, plain[i]);
			return true;
		}
	}
	return false;
}

/* Behind the displacement: "(%rbp)", "(%rax,%rcx,4)". */
static bool x86_memory(const char **at, struct usdt_arg *a)
{
	int64_t scale = 1;

	a->where = USDT_MEM;
	if (!take(at, "("))
		return false;
	if (**at == '%' && !x86_register(at, a->reg))
		return false;
	if (take(at, ",")) {
		if (!x86_register(at, a->index))
			return false;
		if (take(at, ",") && !take_number(at, &scale))
			return false;
	}
	a->scale = (uint8_t)scale;
	return take(at, ")");
}

static bool x86_operand(const char **at, struct usdt_arg *a)
{
	int64_t more;

	if (take(at, "$")) {
		a->where = USDT_CONST;
		return take_number(at, &a->value);
	}
	if (**at == '%') {
		a->where = USDT_REG;
		return x86_register(at, a->reg);
	}
	if (isalpha((unsigned char)**at) || strchr("_.", **at))
		take_word(at, a->symbol, sizeof(a->symbol));
	else
		take_number(at, &a->value);
	/* "counter+4(%rip)", "-8+16(%rsp)" */
	while (take(at, "+") || **at == '-') {
		if (!take_number(at, &more))
			return false;
		a->value += more;
	}
	return x86_memory(at, a);
}

/* -- arm64 -- */

static bool arm_register(const char **at, char reg[8])
{
	char word[8];
	char *end;
	unsigned long n;

	take_word(at, word, sizeof(word));
	if (!strcmp(word, "sp") || !strcmp(word, "wsp")) {
		strcpy(reg, "sp");
		return true;
	}
	n = strtoul(word + 1, &end, 10);
	if (!word[0] || !strchr("xw", word[0]) || end == word + 1 || *end || n > 30)
		return false;
	snprintf(reg, 8, "r%u", (unsigned int)n);
	return true;
}

/* Behind '[': "sp]", "sp, 8]", "x0, x1, lsl 3]". */
static bool arm_memory(const char **at, struct usdt_arg *a)
{
	int64_t shift = 0;

	a->where = USDT_MEM;
	skip_blanks(at);
	if (!arm_register(at, a->reg))
		return false;
	skip_blanks(at);
	if (take(at, ",")) {
		skip_blanks(at);
		take(at, "#");
		if (!take_number(at, &a->value) && !arm_register(at, a->index))
			return false;
		skip_blanks(at);
	}
	if (take(at, ",")) {
		skip_blanks(at);
		if (!take(at, "lsl"))
			return false;
		skip_blanks(at);
		take(at, "#");
		if (!take_number(at, &shift) || shift > 4)
			return false;
	}
	a->scale = (uint8_t)(1 << shift);
	skip_blanks(at);
	return take(at, "]");
}

static bool arm_operand(const char **at, struct usdt_arg *a)
{
	if (take(at, "["))
		return arm_memory(at, a);
	if (isdigit((unsigned char)**at) || **at == '-' || **at == '#') {
		take(at, "#");
		a->where = USDT_CONST;
		return take_number(at, &a->value);
	}
	if (take(at, "xzr") || take(at, "wzr")) {
		a->where = USDT_CONST;
		return true;
	}
	a->where = USDT_REG;
	return arm_register(at, a->reg);
}

/* -- lists -- */

static const struct {
	const char *machine;
	bool (*operand)(const char **at, struct usdt_arg *a);
} assemblers[] = {
	{ "x86_64", x86_operand },
	{ "aarch64", arm_operand },
};

/* "-4@"; old notes have none. */
static bool take_size(const char **at, struct usdt_arg *a)
{
	const char *start = *at;
	int64_t n;

	a->size = 8;
	if (!take_number(at, &n)) {
		*at = start;
		return true;
	}
	if (!take(at, "@")) {
		*at = start;
		return **at != 'f' && !strchr(start, '@');
	}
	a->is_signed = n < 0;
	n = n < 0 ? -n : n;
	a->size = (uint8_t)n;
	return n == 1 || n == 2 || n == 4 || n == 8;
}

static struct usdt_arg read_arg(const char *machine, const char **at)
{
	struct usdt_arg a = { 0 };
	bool ok = take_size(at, &a);

	for (size_t i = 0; ok && i < countof(assemblers); i++)
		if (!strcmp(assemblers[i].machine, machine))
			ok = assemblers[i].operand(at, &a) &&
			     (!**at || isspace((unsigned char)**at));
	if (!ok || a.where == USDT_NONE)
		return (struct usdt_arg){ 0 };
	return a;
}

size_t usdt_args_parse(const char *machine, const char *text, struct usdt_arg *arg, size_t most)
{
	size_t n = 0;

	for (skip_blanks(&text); *text && n < most; skip_blanks(&text)) {
		arg[n] = read_arg(machine, &text);
		/* What was not understood ends at a blank. */
		if (arg[n++].where == USDT_NONE)
			text += strcspn(text, " ");
	}
	return n;
}
