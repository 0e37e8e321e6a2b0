/* SPDX-License-Identifier: Apache-2.0 */
/* options.c - options of the script's command line: getopt(). */

#include "base/arena.h"
#include "base/bug.h"
#include "runtime/rt.h"
#include "runtime/run.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* "--aa: how many" */
static void describe(struct rt *rt, const struct meta_option *o, struct strbuf *sb)
{
	const char *text = meta_text(&rt->m, o->description);

	strbuf_addf(sb, "--%s%s%s", meta_text(&rt->m, o->name), *text ? ": " : "", text);
}

static void print_expected(struct rt *rt, FILE *out)
{
	uint32_t n = meta_count(&rt->m, META_OPTIONS);
	struct strbuf sb = STRBUF_INIT;

	fprintf(out, n ? "HINT: expected program options:\n"
	               : "HINT: this program has no options of its own\n");
	for (uint32_t i = 0; i < n; i++) {
		describe(rt, meta_option(&rt->m, i), &sb);
		strbuf_addc(&sb, '\n');
	}
	fputs(sb.len ? sb.buf : "", out);
	strbuf_release(&sb);
}

static void hint_expected(struct rt *rt, struct diag *d)
{
	struct strbuf sb = STRBUF_INIT;

	for (uint32_t i = 0; i < meta_count(&rt->m, META_OPTIONS); i++) {
		strbuf_adds(&sb, i ? ", " : "");
		describe(rt, meta_option(&rt->m, i), &sb);
	}
	diag_hint(d, "expected program options: %s", sb.len ? sb.buf : "none");
	strbuf_release(&sb);
}

static const struct meta_option *find_option(struct rt *rt, const char *name, size_t len)
{
	for (uint32_t i = 0; i < meta_count(&rt->m, META_OPTIONS); i++) {
		const struct meta_option *o = meta_option(&rt->m, i);
		const char *known = meta_text(&rt->m, o->name);

		if (strlen(known) == len && !memcmp(known, name, len))
			return o;
	}
	return NULL;
}

/* -- values -- */

static bool read_int(const struct meta_option *o, const char *text, void *to)
{
	bool binary = text[0] == '0' && (text[1] == 'b' || text[1] == 'B');
	uint64_t v;
	char *end;

	if (!isdigit((unsigned char)*text) && !(*text == '-' && o->is_signed))
		return false;
	errno = 0;
	if (o->is_signed)
		v = (uint64_t)strtoll(binary ? text + 2 : text, &end, binary ? 2 : 0);
	else
		v = strtoull(binary ? text + 2 : text, &end, binary ? 2 : 0);
	memcpy(to, &v, sizeof(v));
	return !*end && !errno;
}

static bool read_bool(const char *text, void *to)
{
	static const char *const words[] = { "0", "1", "false", "true", "off", "on", "no", "yes" };

	for (size_t i = 0; i < countof(words); i++) {
		if (strcasecmp(text, words[i]))
			continue;
		*(uint8_t *)to = i % 2;
		return true;
	}
	return false;
}

static bool wrong_value(struct rt *rt, const struct meta_option *o, const char *what,
                        const char *text)
{
	diag_error(rt->diags, SPAN_NONE, "program command line option --%s %s (value: %s)",
	           meta_text(&rt->m, o->name), what, text);
	return false;
}

/* text NULL: the option stands alone. */
static bool set_option(struct rt *rt, const struct meta_option *o, const char *text)
{
	char *to = (char *)rt->options + o->offset;

	if (o->kind == KIND_BOOL)
		return read_bool(text ? text : "true", to) ||
		       wrong_value(rt, o, "expects a boolean (e.g. 'true')", text);
	if (!text)
		return wrong_value(rt, o, "expects a value", "none");
	if (o->kind == KIND_INT)
		return read_int(o, text, to) || wrong_value(rt, o, "invalid integer", text);
	memset(to, 0, o->size);
	memcpy(to, text, strnlen(text, o->size));
	return true;
}

static void set_default(struct rt *rt, const struct meta_option *o)
{
	char *to = (char *)rt->options + o->offset;
	const char *text = meta_text(&rt->m, o->text);

	if (o->kind == KIND_STRING)
		memcpy(to, text, strnlen(text, o->size));
	else
		memcpy(to, &o->value, o->size);
}

static void set_defaults(struct rt *rt)
{
	for (uint32_t i = 0; i < meta_count(&rt->m, META_OPTIONS); i++) {
		const struct meta_option *o = meta_option(&rt->m, i);
		size_t end = o->offset + (o->size + (size_t)7) / 8 * 8;

		rt->options_size = end > rt->options_size ? end : rt->options_size;
	}
	rt->options = arena_alloc(&rt->arena, rt->options_size + 1);
	memset(rt->options, 0, rt->options_size + 1);
	for (uint32_t i = 0; i < meta_count(&rt->m, META_OPTIONS); i++)
		set_default(rt, meta_option(&rt->m, i));
}

bool options_read(struct rt *rt)
{
	bool ok = true;

	set_defaults(rt);
	for (size_t i = 0; i < rt->o->options; i++) {
		const char *name = rt->o->option[i] + 2, *value = strchr(name, '=');
		size_t len = value ? (size_t)(value - name) : strlen(name);
		const struct meta_option *o = find_option(rt, name, len);

		if (o) {
			ok &= set_option(rt, o, value ? value + 1 : NULL);
		} else if (len == 4 && !memcmp(name, "help", 4)) {
			print_expected(rt, stderr);
			return false;
		} else {
			hint_expected(rt,
			              diag_error(rt->diags, SPAN_NONE,
			                         "unexpected program command line options: --%.*s",
			                         (int)len, name));
			ok = false;
		}
	}
	return ok;
}
