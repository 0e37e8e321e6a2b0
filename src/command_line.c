/* SPDX-License-Identifier: Apache-2.0 */
/* command_line.c - options, parameters of the script, and what does not fit together. */

#include "command_line.h"

#include "base/bug.h"
#include "base/log.h"
#include "base/mem.h"
#include "driver.h"
#include "lang/lang.h"
#include "lang/man.h"
#include "probes/probe.h"
#include "runtime/cli.h"
#include "stdlib/stdlib.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Long options without a letter. */
enum {
	OPT_UNSAFE = 256,
	OPT_DRY_RUN,
	OPT_INFO,
	OPT_EMIT_ELF,
	OPT_AOT,
	OPT_NO_WARNINGS,
	OPT_INCLUDE,
	OPT_EXAMPLES,
	OPT_MAN_ROWS,
	OPT_MODE,
	OPT_TEST,
	OPT_BENCH,
	OPT_FILTER,
	OPT_TRACEABLE,
	OPT_IGNORED,
};

/* clang-format off */
static const struct {
	const char *name;
	int value;          /* its letter, or OPT_... */
	const char *arg;    /* name of its argument, or NULL */
	const char *help;   /* NULL: not shown */
} options[] = {
	{ "execute", 'e', "PROGRAM", "run this program text" },
	{ "list", 'l', NULL, "list probes that match a pattern, or the probes of a script" },
	{ "cmd", 'c', "COMMAND", "start a command and trace until it ends" },
	{ "pid", 'p', "PID", "trace this process only, until it ends" },
	{ "output", 'o', "FILE", "write the script's output to a file" },
	{ "format", 'f', "FORMAT", "output as 'text' or 'json' (one object a line)" },
	{ "include-dir", 'I', "DIR", "search this folder for headers, too" },
	{ "include", OPT_INCLUDE, "FILE", "as if the script began with #include \"FILE\"" },
	{ "quiet", 'q', NULL, "no message about attached probes" },
	{ "verbose", 'v', NULL, "say what is being done; the verifier's whole log; with -l arguments" },
	{ "warnings", 'k', NULL, "warn at run time when a helper fails" },
	{ "no-warnings", OPT_NO_WARNINGS, NULL, "no warnings" },
	{ "unsafe", OPT_UNSAFE, NULL, "allow functions that change the system" },
	{ "dry-run", OPT_DRY_RUN, NULL, "compile, load and attach, then end" },
	{ "test", OPT_TEST, NULL, "run the test probes and say which pass" },
	{ "bench", OPT_BENCH, NULL, "run the bench probes and say how long they take" },
	{ "mode", OPT_MODE, "MODE", "test, bench or codegen (compile, then end)" },
	{ "probe-filter", OPT_FILTER, "REGEX", "only probes whose name matches; begin and end stay" },
	{ "traceable-functions", OPT_TRACEABLE, "FILE", "kernel functions that can be traced" },
	{ "aot", OPT_AOT, "PROG", "write a program that runs the script without the compiler" },
	{ "emit-elf", OPT_EMIT_ELF, "FILE", "write the BPF object and end" },
	{ "debug", 'd', "STAGE[,STAGE]", "show stages of the compiler and end" },
	{ "buffer", 'B', "MODE", "output buffering: line, full or none" },
	{ "info", OPT_INFO, NULL, "what this build and this kernel can do" },
	{ "version", 'V', NULL, "the version" },
	{ "help", 'h', NULL, "this text" },
	{ "examples", OPT_EXAMPLES, NULL, NULL },
	{ "man-rows", OPT_MAN_ROWS, NULL, NULL },
	{ "btf", 'b', NULL, NULL },
};
/* clang-format on */

static void synopsis(FILE *out)
{
	fputs("USAGE:\n"
	      "  sonde [options] FILE [argument...]\n"
	      "  sonde [options] -e 'program' [argument...]\n"
	      "  sonde -l [pattern | FILE]\n",
	      out);
}
static const struct {
	const char *name;
	uint32_t on_demand; /* the probes that it runs */
} modes[] = {
	{ "test", PROBE_TEST },
	{ "bench", PROBE_BENCH },
	{ "codegen", 0 },
};

void cli_usage(FILE *out)
{
	synopsis(out);
	fputs("\nOPTIONS:\n", out);
	for (size_t i = 0; i < countof(options); i++) {
		char left[40];

		if (!options[i].help)
			continue;
		snprintf(left, sizeof(left), "%s%c%s--%s%s%s", options[i].value < 256 ? "-" : " ",
		         options[i].value < 256 ? options[i].value : ' ',
		         options[i].value < 256 ? ", " : "  ", options[i].name,
		         options[i].arg ? " " : "", options[i].arg ? options[i].arg : "");
		fprintf(out, "  %-28s %s\n", left, options[i].help);
	}
	fputs("\nFILE '-' reads the program from standard input.\n"
	      "\nEXAMPLES:\n"
	      "  sonde -e 'tracepoint:syscalls:sys_enter_openat { printf(\"%s %s\\n\", comm, "
	      "str(args.filename)); }'\n"
	      "  sonde -l 'kprobe:vfs_*'\n"
	      "\nSee sonde(8) and sonde-lang(7).\n",
	      out);
}

int cli_bad_usage(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_verror(fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	synopsis(stderr);
	fputs("\nTry 'sonde --help'.\n", stderr);
	return EXIT_USAGE;
}

/* Prints the example of every row, one script a line: the tests compile them. */
static int print_examples(void)
{
	lang_each(family, def, lang_table) if (def->example) puts(def->example);
	for (const struct stdlib_word *w = stdlib_words; w->name; w++)
		if (w->example)
			puts(w->example);
	for (const struct probe_kind *const *k = probe_kinds; *k; k++)
		if ((*k)->example)
			puts((*k)->example);
	return 0;
}

/* -- options -- */

static void fill_getopt(struct option *lopt, char *sopt)
{
	*sopt++ = ':';
	for (size_t i = 0; i < countof(options); i++) {
		lopt[i] = (struct option){ options[i].name, options[i].arg != NULL, NULL,
			                   options[i].value };
		if (options[i].value > 255)
			continue;
		*sopt++ = (char)options[i].value;
		if (options[i].arg)
			*sopt++ = ':';
	}
	lopt[countof(options)] = (struct option){ 0 };
	*sopt = '\0';
}

/* Returns -1 to go on, or the exit status. */
static int set_mode(struct cli *cli, const char *option, const char *name)
{
	if (cli->mode && strcmp(cli->mode, name))
		return cli_bad_usage("%s does not go together with mode %s", option, cli->mode);
	for (size_t i = 0; i < countof(modes); i++) {
		if (strcmp(modes[i].name, name))
			continue;
		cli->mode = modes[i].name;
		return -1;
	}
	return cli_bad_usage("--mode is test, bench or codegen, not '%s'", name);
}

uint32_t cli_probes_on_demand(const struct cli *cli)
{
	for (size_t i = 0; cli->mode && i < countof(modes); i++)
		if (!strcmp(modes[i].name, cli->mode))
			return modes[i].on_demand;
	return 0;
}

/*
 * Under the name of the tool whose language this is (scripts begin with "#!/usr/bin/env bpftrace",
 * and ask for its version to know what the language has) we say which of its versions we speak.
 */
static int print_version(void)
{
	if (!strcmp(program_invocation_short_name, "bpftrace"))
		puts("bpftrace v" SONDE_LANGUAGE_VERSION " (sonde v" SONDE_VERSION ")");
	else
		puts("sonde v" SONDE_VERSION);
	return 0;
}

/* Returns -1 to go on, or the exit status. */
static int take_option(struct cli *cli, int value)
{
	switch (value) {
	case 'e': cli->program = optarg; break;
	case 'l': cli->list = true; break;
	case 'c': cli->cmd = optarg; break;
	case 'p': cli->pid = optarg; break;
	case 'o': cli->output = optarg; break;
	case 'f': cli->format = optarg; break;
	case 'q': cli->quiet = true; break;
	case 'v': log_verbose = true; break;
	case 'k':
		if (cli->runtime_warnings)
			return cli_bad_usage(
				"-kk has been deprecated. Use a single -k for runtime warnings "
				"for errors in map lookups and probe reads.");
		cli->runtime_warnings = true;
		break;
	case 'B': cli->buffering = optarg; break;
	case 'd': cli->dump = optarg; break;
	case 'b': break;
	case 'I': vec_push(&cli->include_dirs, optarg); break;
	case OPT_INCLUDE: vec_push(&cli->includes, optarg); break;
	case OPT_NO_WARNINGS:
		cli->no_warnings = true;
		log_warnings = false;
		break;
	case OPT_UNSAFE: cli->unsafe = true; break;
	case OPT_DRY_RUN: cli->dry_run = true; break;
	case OPT_AOT: cli->aot = optarg; break;
	case OPT_EMIT_ELF: cli->emit_elf = optarg; break;
	case OPT_INFO: cli->info = true; break;
	case OPT_FILTER: cli->filter = optarg; break;
	case OPT_TRACEABLE: cli->traceable = optarg; break;
	case OPT_MODE: return set_mode(cli, "--mode", optarg);
	case OPT_TEST: return set_mode(cli, "--test", "test");
	case OPT_BENCH: return set_mode(cli, "--bench", "bench");
	case OPT_EXAMPLES: return print_examples();
	case OPT_MAN_ROWS: lang_print_man(stdout); return 0;
	case 'V': return print_version();
	case 'h': cli_usage(stdout); return 0;
	default: return cli_bad_usage("unknown option '-%c'", optopt);
	}
	return -1;
}

/*
 * Of "#!/usr/bin/sonde -q --unsafe" the kernel makes one argument, "-q --unsafe", and puts the
 * script's name behind it. Returns new arguments, which live as long as the process.
 */
static char **split_shebang(int *argc, char **argv)
{
	enum { MOST = 32 };
	static char *split[MOST + 1];
	FILE *script = *argc > 2 && *argv[1] == '-' && strpbrk(argv[1], " \t")
	                       ? fopen(argv[2], "re")
	                       : NULL;
	char head[2] = "";
	int n = 0;

	if (script) {
		size_t got = fread(head, 1, sizeof(head), script);

		fclose(script);
		if (got < sizeof(head) || memcmp(head, "#!", 2))
			script = NULL;
	}
	if (!script || *argc + (int)strlen(argv[1]) / 2 > MOST)
		return argv;
	split[n++] = argv[0];
	for (char *word = strtok(argv[1], " \t"); word; word = strtok(NULL, " \t"))
		split[n++] = word;
	for (int i = 2; i < *argc; i++)
		split[n++] = argv[i];
	*argc = n;
	return split;
}

/* What stands behind the script belongs to it, but for our own options by their full names. */
static bool is_script_option(const struct cli *cli, const char *arg)
{
	size_t len;

	if (strncmp(arg, "--", 2) || !arg[2] || cli->list || (!cli->program && !cli->params))
		return false;
	len = strcspn(arg + 2, "=");
	for (size_t i = 0; i < countof(options); i++)
		if (strlen(options[i].name) == len && !strncmp(options[i].name, arg + 2, len))
			return options[i].value == 'h';
	return true;
}

/* "-5" behind the script is a number, as $1 may be: no option of ours is a digit. */
static bool is_negative(const struct cli *cli, const char *arg)
{
	return (cli->program || cli->params) && *arg == '-' && isdigit((unsigned char)arg[1]);
}

/* Operands, and options of the script. */
struct sorted {
	const char **operand, **option;
	size_t operands, options;
};

static int parse_argv(struct cli *cli, int argc, char **argv, struct sorted *s)
{
	struct option lopt[countof(options) + 1];
	char sopt[countof(options) * 2 + 3] = "-";
	int value, status;

	fill_getopt(lopt, sopt + 1);
	opterr = 0;
	for (;;) {
		cli->params = s->operands;
		if (optind < argc && is_script_option(cli, argv[optind])) {
			s->option[s->options++] = argv[optind++];
			continue;
		}
		if (optind < argc && is_negative(cli, argv[optind])) {
			s->operand[s->operands++] = argv[optind++];
			continue;
		}
		value = getopt_long(argc, argv, sopt, lopt, NULL);
		if (value == -1)
			return -1;
		if (value == ':')
			return cli_bad_usage("option '%s' needs an argument", argv[optind - 1]);
		if (value == '?')
			return optopt && optopt < 256
			               ? cli_bad_usage("unknown option '-%c'", optopt)
			               : cli_bad_usage("unknown option '%s'", argv[optind - 1]);
		if (value == 1) {
			s->operand[s->operands++] = optarg;
			continue;
		}
		status = take_option(cli, value);
		if (status >= 0)
			return status;
	}
}

int cli_parse(struct cli *cli, int argc, char **argv)
{
	struct sorted s = { 0 };
	int status;

	argv = split_shebang(&argc, argv);
	s.operand = mem_calloc((size_t)argc, sizeof(char *));
	s.option = mem_calloc((size_t)argc, sizeof(char *));
	status = parse_argv(cli, argc, argv, &s);
	/* Behind "--". */
	for (; status < 0 && optind < argc; optind++) {
		if ((cli->program || s.operands) && !strncmp(argv[optind], "--", 2) &&
		    argv[optind][2])
			s.option[s.options++] = argv[optind];
		else
			s.operand[s.operands++] = argv[optind];
	}
	cli->option = s.option;
	cli->options = s.options;
	cli->operand = s.operand;
	cli->param = s.operand;
	cli->params = s.operands;
	if (!cli->program && !cli->list && !cli->info && cli->params) {
		cli->file = *cli->param++;
		cli->params--;
	}
	return status;
}

int cli_check(const struct cli *cli, struct rt_opts *rt)
{
	const char *known;

	if (cli->pid && cli->cmd)
		return cli_bad_usage("cannot use both -c and -p.");
	if (cli->runtime_warnings && cli->no_warnings)
		return cli_bad_usage("-k and --no-warnings contradict each other");
	if (cli->dump && !dump_stages_valid(cli->dump, &known))
		return cli_bad_usage("invalid option for -d: %s (stages are %s)", cli->dump, known);
	if ((cli->pid && !option_pid(cli->pid, &rt->pid)) ||
	    (cli->format && !option_format(cli->format, &rt->json)) ||
	    (cli->buffering && !option_buffering(cli->buffering, &rt->buffering)))
		return EXIT_USAGE;
	rt->cmd = cli->cmd;
	rt->option = cli->option;
	rt->options = cli->options;
	rt->output = cli->output;
	rt->quiet = cli->quiet;
	rt->dry_run = cli->dry_run;
	return -1;
}

void cli_release(struct cli *cli)
{
	free((void *)cli->operand);
	free((void *)cli->option);
	vec_release(&cli->include_dirs);
	vec_release(&cli->includes);
}
