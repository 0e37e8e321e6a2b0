/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main.c - the command line: what to compile, and what to do with the image.
 */

#include "aot.h"
#include "base/arena.h"
#include "base/bug.h"
#include "base/diag.h"
#include "base/log.h"
#include "codegen/cg.h"
#include "command_line.h"
#include "driver.h"
#include "image/image.h"
#include "list.h"
#include "probes/probe.h"
#include "probes/symbols.h"
#include "runtime/cli.h"
#include "runtime/features.h"
#include "runtime/run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

/* -- the script -- */

static int read_script(const struct cli *cli, const char **name, struct strbuf *text)
{
	struct stat st;
	int err;

	if (cli->program) {
		if (!access(cli->program, R_OK))
			log_warn("'%s' is a file: without -e it is read", cli->program);
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
		log_error("failed to open file '%s': %s%s", cli->file, strerror(-err),
		          strchr(cli->file, '{') ? " (the text of a program stands behind -e)"
		                                 : "");
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

/* What the command line says to the compiler. */
static void set_up(struct unit *u, const struct cli *cli, const regex_t *filter,
                   const struct rt_opts *rt)
{
	u->param = cli->param;
	u->params = cli->params;
	u->include_dirs.v = cli->include_dirs.v;
	u->include_dirs.n = cli->include_dirs.n;
	u->includes.v = cli->includes.v;
	u->includes.n = cli->includes.n;
	u->unsafe = cli->unsafe;
	u->warn_reads = cli->runtime_warnings;
	u->no_loop_helper = kernel_before(5, 17) && !rt_has_loop();
	u->on_demand = cli_probes_on_demand(cli);
	u->filter = cli->filter ? filter : NULL;
	u->any_process = !rt->pid && !cli->aot && !cli->emit_elf;
}

static int compile_and_use(const struct cli *cli, struct unit *u, struct arena *arena,
                           const struct rt_opts *rt)
{
	int err = compile(u, cli->dump, stdout);

	if (cli->no_warnings)
		diags_drop_warnings(u->diags);
	diags_print(u->diags, stderr, log_colour());
	return err ? EXIT_COMPILE : use_image(cli, u, arena, rt);
}

static int run(const struct cli *cli, const regex_t *filter, struct rt_opts *rt)
{
	struct arena arena = ARENA_INIT;
	struct strbuf text = STRBUF_INIT;
	struct probe_env env = { .arena = &arena, .pid = (uint32_t)rt->pid, .unsafe = cli->unsafe };
	bool scripted = cli->program || cli->file;
	const char *name = "stdin";
	struct unit u;
	int status;

	if (scripted && read_script(cli, &name, &text))
		return EXIT_USAGE;
	if (!only_compiles(cli) && !may_trace()) {
		strbuf_release(&text);
		return EXIT_USAGE;
	}
	unit_init(&u, &arena, name, text.buf, text.len);
	set_up(&u, cli, filter, rt);
	u.probes = &env;
	env.diags = u.diags;
	env.cache = probe_cache_new();
	ksym_set_traceable(env.cache, cli->traceable);
	if (!cli->list)
		status = compile_and_use(cli, &u, &arena, rt);
	else if (scripted)
		status = list_script(&u);
	else
		status = list_pattern(&u, cli->params ? cli->param[0] : NULL);
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
	} else if (access(cli->param[0], F_OK) && strchr(cli->param[0], '.') &&
	           !strpbrk(cli->param[0], ":*")) {
		log_warn("it appears that '%s' is a filename but the file does not exist. Treating "
		         "'%s' as a search pattern.",
		         cli->param[0], cli->param[0]);
	}
}

static int compile_filter(const char *text, regex_t *filter)
{
	int err = regcomp(filter, text, REG_EXTENDED | REG_NOSUB);
	char why[128];

	if (!err)
		return -1;
	regerror(err, filter, why, sizeof(why));
	return cli_bad_usage("--probe-filter '%s': %s", text, why);
}

static int run_cli(struct cli *cli, struct rt_opts *rt)
{
	regex_t filter;
	int status = cli_check(cli, rt);

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
		return cli_bad_usage("filename or -e 'program' required.");
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
		cli_usage(stderr);
		return EXIT_USAGE;
	}
	status = cli_parse(&cli, argc, argv);
	if (status < 0)
		status = run_cli(&cli, &rt);
	cli_release(&cli);
	return status;
}
