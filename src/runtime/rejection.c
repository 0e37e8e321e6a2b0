/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rejection.c - what the verifier says, told by the script's lines.
 *
 * Its log speaks of instructions by number; .BTF.ext knows the line of each.
 */

#include "base/bug.h"
#include "base/log.h"
#include "image/image.h"
#include "runtime/features.h"
#include "runtime/rt.h"

#include <errno.h>
#include <linux/btf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

enum { LAST_LINES = 8 };

/* The instruction that the log speaks of last: lines start with "12: (79) ...". */
static long last_instruction(const char *log)
{
	long last = -1;

	for (const char *line = log; line; line = strchr(line, '\n')) {
		char *end;
		long n;

		line += *line == '\n';
		n = strtol(line, &end, 10);
		if (end != line && end[0] == ':' && end[1] == ' ' && end[2] == '(')
			last = n;
		if (!*line)
			break;
	}
	return last;
}

/* .BTF.ext: a header, then for each section of code records of line information. */
struct ext_header {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t hdr_len, func_off, func_len, line_off, line_len;
};

struct line_info {
	const char *at, *end; /* of the records */
	uint32_t rec_size;
	const struct btf_header *btf;
	size_t btf_len;
};

static bool open_lines(struct rt *rt, struct line_info *l)
{
	const void *data, *btf;
	const struct ext_header *h;
	size_t len;

	if (image_section(rt->image, rt->image_len, ".BTF.ext", &data, &len) ||
	    image_section(rt->image, rt->image_len, ".BTF", &btf, &l->btf_len) || len < sizeof(*h))
		return false;
	h = data;
	if ((size_t)h->hdr_len + h->line_off + h->line_len > len || h->line_len < 4)
		return false;
	l->btf = btf;
	l->at = (const char *)data + h->hdr_len + h->line_off;
	l->end = l->at + h->line_len;
	memcpy(&l->rec_size, l->at, 4);
	l->at += 4;
	return l->rec_size >= sizeof(struct bpf_line_info);
}

/* The last record at or before a byte of a section. */
static uint32_t line_at(struct line_info *l, const char *section, uint64_t offset)
{
	const struct bpf_line_info *best = NULL;

	while (l->end - l->at >= 8) {
		uint32_t name, n;
		bool ours;

		memcpy(&name, l->at, 4);
		memcpy(&n, l->at + 4, 4);
		l->at += 8;
		ours = name < l->btf->str_len &&
		       !strcmp((const char *)l->btf + l->btf->hdr_len + l->btf->str_off + name,
		               section);
		for (; n-- && l->end - l->at >= (long)l->rec_size; l->at += l->rec_size) {
			const struct bpf_line_info *li = (const struct bpf_line_info *)l->at;

			if (ours && li->insn_off <= offset)
				best = li;
		}
	}
	return best ? best->line_col : 0;
}

/* The kernel names the line of what it shows: "; $x = 1; @ script.bt:3" (Linux 6.8). */
static uint32_t line_in_log(const char *log)
{
	uint32_t last = 0;

	for (const char *line = log; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		size_t len = strcspn(line, "\n");
		const char *colon = memrchr(line, ':', len);

		if (len > 2 && *line == ';' && colon && memmem(line, len, " @ ", 3))
			last = (uint32_t)strtoul(colon + 1, NULL, 10) << 10;
	}
	return last;
}

/* The script's line and column of an instruction of a program. */
static uint32_t line_of(struct rt *rt, struct rt_program *p, const char *log)
{
	long insn = last_instruction(log);
	struct line_info l;
	Elf64_Sym sym;

	if (insn < 0 || !open_lines(rt, &l) ||
	    image_symbol(rt->image, rt->image_len, p->name, &sym))
		return 0;
	/* Behind a program's own instructions are those of functions that it calls. */
	if ((uint64_t)insn >= sym.st_size / sizeof(struct bpf_insn))
		return line_in_log(log);
	return line_at(&l, bpf_program__section_name(p->prog),
	               sym.st_value + (uint64_t)insn * sizeof(struct bpf_insn));
}

static struct span span_of_line(struct rt *rt, uint32_t line_col, struct span fallback)
{
	uint32_t line = line_col >> 10, column = line_col & 0x3ff, at = 0;

	if (!line)
		return fallback;
	for (; at < rt->source.len && line > 1; at++)
		line -= rt->source.text[at] == '\n';
	return (struct span){ at + (column ? column - 1 : 0), 1 };
}

static const char *last_lines(const char *log, int n)
{
	const char *at = log + strlen(log);

	while (at > log && n >= 0)
		n -= *--at == '\n';
	return *at == '\n' ? at + 1 : at;
}

/* "program of this type cannot use helper bpf_d_path#147" (Linux 6.13), "unknown func ..." before.
 */
static const char *denied_helper(struct rt *rt, const char *log)
{
	static const char *const phrases[] = { "cannot use helper ", "unknown func " };

	for (size_t i = 0; i < countof(phrases); i++) {
		const char *at = strstr(log, phrases[i]);

		if (!at)
			continue;
		at += strlen(phrases[i]);
		return arena_printf(&rt->arena, "%.*s", (int)strcspn(at, "#\n "), at);
	}
	return NULL;
}

static bool calls(const struct bpf_program *prog, int helper)
{
	const struct bpf_insn *insn = bpf_program__insns(prog);

	for (size_t i = 0; i < bpf_program__insn_cnt(prog); i++)
		if (insn[i].code == (BPF_JMP | BPF_CALL) && !insn[i].src_reg &&
		    insn[i].imm == helper)
			return true;
	return false;
}

/* The kernel is older than a helper. Programs that were made elsewhere may call what is new; those
 * compiled here do not, where there is another way. */
static void explain_missing_helpers(struct diag *d, const struct bpf_program *prog)
{
	static const struct {
		int id;
		const char *name, *since, *why;
	} newer[] = {
		{ BPF_FUNC_loop, "bpf_loop", "5.17", "loops and searches in text" },
		{ BPF_FUNC_map_lookup_percpu_elem, "bpf_map_lookup_percpu_elem", "5.19",
		  "reading an aggregation" },
		{ BPF_FUNC_ktime_get_tai_ns, "bpf_ktime_get_tai_ns", "6.1", "nsecs(tai)" },
		{ BPF_FUNC_get_attach_cookie, "bpf_get_attach_cookie", "5.15", "most probes" },
	};
	struct utsname u = { 0 };

	uname(&u);
	for (size_t i = 0; i < countof(newer); i++) {
		if (!calls(prog, newer[i].id) ||
		    libbpf_probe_bpf_helper(bpf_program__type(prog), newer[i].id, NULL))
			continue;
		diag_hint(d, "the program needs Linux %s: %s came with it, for %s; this is %s",
		          newer[i].since, newer[i].name, newer[i].why, u.release);
		if (newer[i].id == BPF_FUNC_loop)
			diag_hint(d,
			          "compiled on this kernel, the script has loops that do without: "
			          "their number of rounds must be small and known");
	}
}

/* What to do about some of the verifier's limits. */
static void explain_limits(struct diag *d, const char *log)
{
	static const struct {
		const char *said, *hint;
	} limits[] = {
		{ "maps per program has reached the limit",
		  "a program can use 64 maps, some of which are ours: split the probe into "
		  "several" },
		{ "frames is too deep", "loops nested in each other, functions, and searches in "
		                        "text on top of them may be "
		                        "8 deep" },
		{ "BPF program is too large",
		  "the verifier walks a million instructions: split the probe into several" },
	};

	for (size_t i = 0; i < countof(limits); i++)
		if (strstr(log, limits[i].said))
			diag_hint(d, "%s", limits[i].hint);
}

static void explain_rejection(struct rt *rt, struct rt_program *p, const char *log, int err,
                              bool log_cut)
{
	const char *helper = denied_helper(rt, log);
	struct diag *d = diag_error(
		rt->diags, span_of_line(rt, line_of(rt, p, log), p->target[0].span),
		"Error loading BPF program for %s: %s", p->target[0].name, strerror(-err));
	const char *tail = log_verbose ? log : last_lines(log, LAST_LINES);

	if (helper)
		diag_hint(d, "helper %s not allowed in probe %s", helper, p->target[0].name);

	for (const char *line = tail; *line;) {
		size_t n = strcspn(line, "\n");

		if (n && strncmp(line, "processed ", 10))
			diag_note(d, SPAN_NONE, "verifier: %.*s", (int)n, line);
		line += n + (line[n] == '\n');
	}
	if (log_cut)
		diag_hint(d,
		          "the verifier's log does not fit: raise log_size, as in config = { "
		          "log_size=%u }",
		          meta_script(&rt->m)->log_size * 10);
	if (!log_verbose && *log)
		diag_hint(d, "-v shows the verifier's whole log");
	explain_limits(d, log);
	explain_missing_helpers(d, p->prog);
	if ((err == -E2BIG || strstr(log, "infinite loop detected")) && !rt_has_loop())
		diag_hint(
			d,
			"before Linux 5.17 the number of rounds of a loop must be small and known");
	probe_explain(&rt->env, &p->target[0], err, d);
}

static void explain_map(struct rt *rt, const char *bpf_name, int err)
{
	struct diag *d;

	for (uint32_t i = 0; i < meta_count(&rt->m, META_MAPS); i++) {
		const struct meta_map *row = meta_map(&rt->m, i);

		if (strcmp(meta_text(&rt->m, row->bpf_name), bpf_name))
			continue;
		d = diag_error(rt->diags, SPAN_NONE, "Cannot make %s, a map of %u entries: %s",
		               meta_text(&rt->m, row->name), row->max_entries, strerror(-err));
		diag_hint(d, "make it smaller: its declaration or max_map_keys sets the number");
		return;
	}
	diag_error(rt->diags, SPAN_NONE, "Cannot make the map '%s': %s", bpf_name, strerror(-err));
}

/* Loads again with a log for each program; the first one that failed is the one to speak of. */
void rejection_explain(struct rt *rt, const struct culprit *culprit, int err, bool log_cut)
{
	if (culprit->is_map) {
		explain_map(rt, culprit->name, err);
		return;
	}
	for (size_t i = 0; i < rt->programs; i++) {
		struct rt_program *p = &rt->program[i];
		size_t len;
		const char *log = bpf_program__log_buf(p->prog, &len);

		if (log && *log && bpf_program__fd(p->prog) < 0 && strstr(log, "processed ")) {
			explain_rejection(rt, p, log, err, log_cut);
			return;
		}
	}
	for (size_t i = 0; i < rt->programs; i++) {
		struct rt_program *p = &rt->program[i];
		size_t len;
		const char *log = bpf_program__log_buf(p->prog, &len);

		if (*culprit->name ? !strcmp(p->name, culprit->name)
		                   : bpf_program__fd(p->prog) < 0) {
			explain_rejection(rt, p, log ? log : "", err, log_cut);
			return;
		}
	}
	diag_error(rt->diags, SPAN_NONE, "Cannot load the programs: %s", strerror(-err));
}
