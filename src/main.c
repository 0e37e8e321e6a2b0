/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main.c - the command line: what to compile, and what to do with the image.
 */

#include "aot.h"
#include "base/arena.h"
#include "base/bug.h"
#include "base/diag.h"
#include "base/log.h"
#include "base/mem.h"
#include "codegen/cg.h"
#include "driver.h"
#include "image/image.h"
#include "lang/lang.h"
#include "lang/man.h"
#include "probes/btf.h"
#include "probes/btf_text.h"
#include "probes/probe.h"
#include "probes/symbols.h"
#include "runtime/cli.h"
#include "runtime/features.h"
#include "runtime/run.h"
#include "sema/ktypes.h"
#include "sema/probe_args.h"
#include "stdlib/stdlib.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { EXIT_USAGE = 1, EXIT_COMPILE = 1 };

struct cli {
	const char *program; /* -e */
	const char *file;    /* or the first operand */
	const char *const *param;
	size_t params;
	const char *const *option; /* of the script */
	size_t options;
	const char **operand; /* all of them: the file and the parameters */
	const char *dump;     /* -d */
	const char *emit_elf, *aot;
	const char *output, *format, *buffering;
	const char *cmd;
	const char *pid;
	const char *mode;                         /* of modes[], or NULL */
	const char *filter;                       /* --probe-filter */
	VEC(const char *) include_dirs, includes; /* -I, --include */
	const char *traceable;                    /* a list of functions */
	bool list, info, quiet, dry_run, unsafe, no_warnings, runtime_warnings;
};

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

static void usage(FILE *out)
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

static int bad_usage(const char *fmt, ...)
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
		return bad_usage("%s does not go together with mode %s", option, cli->mode);
	for (size_t i = 0; i < countof(modes); i++) {
		if (strcmp(modes[i].name, name))
			continue;
		cli->mode = modes[i].name;
		return -1;
	}
	return bad_usage("--mode is test, bench or codegen, not '%s'", name);
}

static uint32_t probes_on_demand(const struct cli *cli)
{
	for (size_t i = 0; cli->mode && i < countof(modes); i++)
		if (!strcmp(modes[i].name, cli->mode))
			return modes[i].on_demand;
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
			return bad_usage(
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
	case 'V': puts("sonde v" SONDE_VERSION); return 0;
	case 'h': usage(stdout); return 0;
	default: return bad_usage("unknown option '-%c'", optopt);
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
		value = getopt_long(argc, argv, sopt, lopt, NULL);
		if (value == -1)
			return -1;
		if (value == ':')
			return bad_usage("option '%s' needs an argument", argv[optind - 1]);
		if (value == '?')
			return optopt && optopt < 256
			               ? bad_usage("unknown option '-%c'", optopt)
			               : bad_usage("unknown option '%s'", argv[optind - 1]);
		if (value == 1) {
			s->operand[s->operands++] = optarg;
			continue;
		}
		status = take_option(cli, value);
		if (status >= 0)
			return status;
	}
}

static int parse_options(struct cli *cli, int argc, char **argv)
{
	struct sorted s = { .operand = mem_calloc((size_t)argc, sizeof(char *)),
		            .option = mem_calloc((size_t)argc, sizeof(char *)) };
	int status = parse_argv(cli, argc, argv, &s);

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

static int compile_filter(const char *text, regex_t *filter)
{
	int err = regcomp(filter, text, REG_EXTENDED | REG_NOSUB);
	char why[128];

	if (!err)
		return -1;
	regerror(err, filter, why, sizeof(why));
	return bad_usage("--probe-filter '%s': %s", text, why);
}

static int check_options(const struct cli *cli, struct rt_opts *rt)
{
	const char *known;

	if (cli->pid && cli->cmd)
		return bad_usage("cannot use both -c and -p.");
	if (cli->runtime_warnings && cli->no_warnings)
		return bad_usage("-k and --no-warnings contradict each other");
	if (cli->dump && !dump_stages_valid(cli->dump, &known))
		return bad_usage("invalid option for -d: %s (stages are %s)", cli->dump, known);
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

/* -- the script -- */

static int read_script(const struct cli *cli, const char **name, struct strbuf *text)
{
	struct stat st;
	int err;

	if (cli->program) {
		*name = "stdin";
		strbuf_adds(text, cli->program);
		return 0;
	}
	*name = strcmp(cli->file, "-") ? cli->file : "stdin";
	if (!stat(cli->file, &st) && S_ISDIR(st.st_mode))
		err = -EISDIR;
	else
		err = strcmp(cli->file, "-") ? strbuf_read_file(text, cli->file)
		                             : strbuf_read_fd(text, STDIN_FILENO);
	if (!err && text->len > UINT32_MAX / 2)
		err = -EFBIG;
	if (err)
		log_error("failed to open file '%s': %s", cli->file, strerror(-err));
	return err;
}

/* -- what to do with the image -- */

static int write_elf(const struct unit *u, const char *path)
{
	FILE *out = fopen(path, "we");
	bool ok = out && fwrite(u->image.buf, 1, u->image.len, out) == u->image.len;

	if (out && fclose(out))
		ok = false;
	if (!ok)
		log_error("cannot write '%s': %s", path, strerror(errno));
	return ok ? 0 : EXIT_USAGE;
}

static int write_aot(const struct unit *u, const char *path)
{
	size_t len;
	const void *launcher = aot_launcher(&len);
	int err = image_write_program(path, launcher, len, u->image.buf, u->image.len);

	if (err)
		log_error("cannot write '%s': %s", path, strerror(-err));
	return err ? EXIT_USAGE : 0;
}

/* "    TYPE name", "    TYPE name[count]" */
static void print_arg(struct unit *u, const struct program *p, const struct probe_arg *a)
{
	const char *type = a->ctype ? a->ctype : type_name(u->types, probe_arg_type(u, p, a));

	printf("    %s %s", type, a->name);
	if (a->count && !strchr(type, '['))
		printf("[%u]", a->count);
	putchar('\n');
}

static void print_args(struct unit *u, const struct probe_target *t)
{
	struct program p = { .kind = t->kind };
	struct probe_args args = { 0 };

	if (!t->kind->params && !t->kind->args)
		return;
	if (t->kind->params ? t->kind->params(u->probes, t, &args)
	                    : t->kind->args(u->probes, t, &args))
		return;
	for (size_t i = 0; i < args.count; i++)
		print_arg(u, &p, &args.arg[i]);
	if (args.retval)
		printf("    %s retval\n", type_name(u->types, probe_arg_type(u, &p, args.retval)));
}

/* "vmlinux: struct file {...};" */
static void print_definition(struct unit *u, const struct probe_target *t)
{
	const struct btf_file *b = btf_module(u->probes->cache, t->module);

	printf("%s: %s\n", t->module, btf_definition(u->arena, b, (uint32_t)t->address));
}

static void print_target(void *arg, const struct probe_target *t)
{
	/* A type of the kernel. */
	if (!t->kind && log_verbose) {
		print_definition(arg, t);
		return;
	}
	puts(t->name);
	if (t->kind && log_verbose)
		print_args(arg, t);
}

/* How fast a clock or counter goes is the script's matter: "interval:s:". */
static void print_script_target(struct unit *u, const struct probe_target *t)
{
	struct probe_target named = *t;

	const char *rate = strrchr(t->name, ':');

	if (t->kind->list && rate && isdigit((unsigned char)rate[1]))
		named.name = arena_memdup(u->arena, t->name, (size_t)(rate + 1 - t->name));
	print_target(u, &named);
}

static int list(struct unit *u, const char *pattern)
{
	int err;

	ktypes_init(u);
	err = probe_list(u->probes, pattern ? pattern : "*", print_target, u);

	diags_print(u->diags, stderr, log_colour());
	return err ? EXIT_USAGE : 0;
}

static int list_script(struct unit *u)
{
	if (compile_targets(u)) {
		diags_print(u->diags, stderr, log_colour());
		return EXIT_COMPILE;
	}
	vec_each (i, &u->programs) {
		const struct program *p = u->programs.v[i];

		vec_each (j, &p->targets)
			if (!(p->kind->caps & PROBE_SPECIAL))
				print_script_target(u, &p->targets.v[j]);
	}
	return 0;
}

static int use_image(const struct cli *cli, struct unit *u, struct arena *arena,
                     const struct rt_opts *rt)
{
	struct strbuf image = STRBUF_INIT;
	int status;

	if (cli->emit_elf)
		return write_elf(u, cli->emit_elf);
	if (cli->aot)
		return write_aot(u, cli->aot);
	if (cli->dump || (cli->mode && !strcmp(cli->mode, "codegen")))
		return 0;
	/* The compiler's memory is not needed while tracing. */
	image = u->image;
	u->image = (struct strbuf)STRBUF_INIT;
	probe_cache_free(u->probes->cache);
	u->probes->cache = NULL;
	unit_release(u);
	arena_release(arena);
	*u = (struct unit){ .image = STRBUF_INIT };
	status = rt_run(image.buf, image.len, rt);
	strbuf_release(&image);
	return status;
}

static bool only_compiles(const struct cli *cli)
{
	return cli->list || cli->dump || cli->aot || cli->emit_elf ||
	       (cli->mode && !strcmp(cli->mode, "codegen"));
}

static bool kernel_before(unsigned int major, unsigned int minor)
{
	unsigned int x, y;
	struct utsname u;

	return !uname(&u) && sscanf(u.release, "%u.%u", &x, &y) == 2 &&
	       (x < major || (x == major && y < minor));
}

static int run(const struct cli *cli, const regex_t *filter, struct rt_opts *rt)
{
	struct arena arena = ARENA_INIT;
	struct strbuf text = STRBUF_INIT;
	struct probe_env env = { .arena = &arena, .pid = (uint32_t)rt->pid, .unsafe = cli->unsafe };
	const char *name = "stdin";
	struct unit u;
	int status;

	if ((cli->program || cli->file) && read_script(cli, &name, &text))
		return EXIT_USAGE;
	if (!only_compiles(cli) && !may_trace()) {
		strbuf_release(&text);
		return EXIT_USAGE;
	}
	unit_init(&u, &arena, name, text.buf, text.len);
	u.param = cli->param;
	u.params = cli->params;
	u.include_dirs.v = cli->include_dirs.v;
	u.include_dirs.n = cli->include_dirs.n;
	u.includes.v = cli->includes.v;
	u.includes.n = cli->includes.n;
	u.unsafe = cli->unsafe;
	u.warn_reads = cli->runtime_warnings;
	u.no_loop_helper = kernel_before(5, 17);
	u.on_demand = probes_on_demand(cli);
	u.filter = cli->filter ? filter : NULL;
	u.any_process = !rt->pid && !cli->aot && !cli->emit_elf;
	u.probes = &env;
	env.diags = u.diags;
	env.cache = probe_cache_new();
	ksym_set_traceable(env.cache, cli->traceable);
	if (cli->list && !cli->program && !cli->file) {
		status = list(&u, cli->params ? cli->param[0] : NULL);
	} else if (cli->list) {
		status = list_script(&u);
	} else {
		int err = compile(&u, cli->dump, stdout);

		if (cli->no_warnings)
			diags_drop_warnings(u.diags);
		diags_print(u.diags, stderr, log_colour());
		status = err ? EXIT_COMPILE : use_image(cli, &u, &arena, rt);
	}
	if (u.arena) {
		probe_cache_free(env.cache);
		unit_release(&u);
		arena_release(&arena);
	}
	strbuf_release(&text);
	return status;
}

static bool is_elf(const char *path)
{
	char magic[4] = "";
	FILE *f = fopen(path, "re");
	bool elf = f && fread(magic, sizeof(magic), 1, f) == 1 && !memcmp(magic, "\177ELF", 4);

	if (f)
		fclose(f);
	return elf;
}

/* "-l FILE" lists the probes of a script; a program is a pattern. */
static void list_operand(struct cli *cli)
{
	struct stat st;

	if (!cli->list || cli->program || !cli->params)
		return;
	if (!stat(cli->param[0], &st) && S_ISREG(st.st_mode) && !is_elf(cli->param[0])) {
		cli->file = cli->param[0];
		cli->param++;
		cli->params--;
	} else if (strchr(cli->param[0], '.') && !strpbrk(cli->param[0], ":*")) {
		log_warn("it appears that '%s' is a filename but the file does not exist. Treating "
		         "'%s' as "
		         "a search pattern.",
		         cli->param[0], cli->param[0]);
	}
}

static void release_options(struct cli *cli)
{
	free((void *)cli->operand);
	free((void *)cli->option);
	vec_release(&cli->include_dirs);
	vec_release(&cli->includes);
}

static int run_cli(struct cli *cli, struct rt_opts *rt)
{
	regex_t filter;
	int status = check_options(cli, rt);

	if (status < 0 && cli->filter)
		status = compile_filter(cli->filter, &filter);
	if (status >= 0)
		return status;
	if (cli->info) {
		rt_print_info(stdout, codegen_llvm_version());
		return 0;
	}
	list_operand(cli);
	if (!cli->program && !cli->file && !cli->list)
		return bad_usage("filename or -e 'program' required.");
	status = run(cli, &filter, rt);
	if (cli->filter)
		regfree(&filter);
	return status;
}

int main(int argc, char **argv)
{
	struct cli cli = { 0 };
	struct rt_opts rt = { 0 };
	int status;

	if (argc < 2) {
		usage(stderr);
		return EXIT_USAGE;
	}
	argv = split_shebang(&argc, argv);
	status = parse_options(&cli, argc, argv);
	if (status < 0)
		status = run_cli(&cli, &rt);
	release_options(&cli);
	return status;
}
