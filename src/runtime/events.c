/* SPDX-License-Identifier: Apache-2.0 */
/* events.c - what programs ask of the runtime, one handler per kind. */

#include "base/bug.h"
#include "base/log.h"
#include "runtime/rt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct event {
	const struct meta_event *row;
	const struct meta_type *args; /* NULL: none */
	const char *data;
	uint32_t probe;
};

static const struct rt_map *map_of(struct rt *rt, const struct event *e)
{
	return &rt->map[e->row->map];
}

static struct span span_of(const struct event *e)
{
	return (struct span){ e->row->span_off, e->row->span_len };
}

/* Member i of the arguments. */
static const char *arg(struct rt *rt, const struct event *e, uint32_t i, const struct meta_type **t)
{
	const struct meta_field *f;

	if (!e->args || i >= e->args->rows)
		return NULL;
	f = meta_field(&rt->m, e->args->first + i);
	*t = meta_type(&rt->m, f->type);
	return e->data + f->offset;
}

static void formatted(struct rt *rt, const struct event *e, struct strbuf *sb)
{
	format_event(rt, meta_text(&rt->m, e->row->format), e->args, e->data, sb);
}

static void on_printf(struct rt *rt, const struct event *e)
{
	struct strbuf text = STRBUF_INIT;

	formatted(rt, e, &text);
	rt->out->text(rt, "printf", text.buf, text.len);
	strbuf_release(&text);
}

static void on_errorf(struct rt *rt, const struct event *e)
{
	struct strbuf text = STRBUF_INIT;
	bool error = e->row->kind == EVENT_ERRORF;
	struct message m = { .type = error ? "errorf" : "warnf", .error = error, .at = span_of(e) };

	formatted(rt, e, &text);
	while (text.len && text.buf[text.len - 1] == '\n')
		strbuf_cut(&text, text.len - 1);
	m.text = text.buf;
	say(rt, &m);
	if (error)
		on_demand_failed(rt);
	strbuf_release(&text);
}

static void on_print_value(struct rt *rt, const struct event *e)
{
	const struct meta_type *t;
	const char *data = arg(rt, e, 0, &t);

	if (data)
		rt->out->value(rt, t, data);
}

static void on_print_map(struct rt *rt, const struct event *e)
{
	map_print(rt, map_of(rt, e), e->row->arg[0], e->row->arg[1], false);
}

static void on_clear(struct rt *rt, const struct event *e)
{
	map_clear(rt, map_of(rt, e));
}

static void on_zero(struct rt *rt, const struct event *e)
{
	map_zero(rt, map_of(rt, e));
}

static void on_exit_event(struct rt *rt, const struct event *e)
{
	const struct meta_type *t;
	const char *data = arg(rt, e, 0, &t);

	int code = data ? (int)(value_int(t, data) & 0xff) : 0;

	/* It ends a test, not the run. */
	if (rt->test) {
		if (code)
			on_demand_failed(rt);
		return;
	}
	if (data && !rt->stop && !rt->stop_then)
		rt->exit_code = code;
	rt->stop_then = true;
	rt->stop = rt->stop || !rt->iterating;
}

static void on_time(struct rt *rt, const struct event *e)
{
	struct strbuf text = STRBUF_INIT;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	format_time(rt, meta_text(&rt->m, e->row->format),
	            (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec, &text);
	rt->out->text(rt, "time", text.buf, text.len);
	strbuf_release(&text);
}

static void on_join(struct rt *rt, const struct event *e)
{
	const struct meta_type *sep_type, *count_type, *list_type, *text_type;
	const char *sep = arg(rt, e, 0, &sep_type), *n = arg(rt, e, 1, &count_type);
	const char *list = arg(rt, e, 2, &list_type);
	struct strbuf text = STRBUF_INIT;

	if (!list || list_type->kind != KIND_ARRAY)
		return;
	text_type = meta_type(&rt->m, list_type->elem);
	for (uint32_t i = 0; i < list_type->count && i < value_int(count_type, n); i++) {
		if (i)
			value_text(rt, sep_type, sep, &text);
		value_text(rt, text_type, list + (size_t)i * text_type->size, &text);
	}
	strbuf_addc(&text, '\n');
	rt->out->text(rt, "join", text.buf, text.len);
	strbuf_release(&text);
}

/* Neither a device without an end nor a pipe without a writer holds tracing up. */
static int read_start(const char *path, size_t most, struct strbuf *text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), err;

	if (fd < 0)
		return -errno;
	err = strbuf_read_some(text, fd, most);
	close(fd);
	return err == -EAGAIN ? 0 : err;
}

static void on_cat(struct rt *rt, const struct event *e)
{
	struct strbuf path = STRBUF_INIT, text = STRBUF_INIT;
	int err;

	formatted(rt, e, &path);
	err = read_start(path.buf, meta_script(&rt->m)->max_cat_bytes, &text);
	if (err)
		log_error("failed to open file '%s' (%s)", path.buf, strerror(-err));
	else
		rt->out->text(rt, "cat", text.buf, text.len);
	strbuf_release(&path);
	strbuf_release(&text);
}

static void on_system(struct rt *rt, const struct event *e)
{
	struct strbuf command = STRBUF_INIT, text = STRBUF_INIT;
	FILE *pipe;

	if (!meta_script(&rt->m)->unsafe)
		return;
	formatted(rt, e, &command);
	fflush(rt->file);
	pipe = popen(command.buf, "re");
	if (pipe) {
		strbuf_read_fd(&text, fileno(pipe));
		pclose(pipe);
		rt->out->text(rt, "syscall", text.buf, text.len);
	}
	strbuf_release(&command);
	strbuf_release(&text);
}

/* A packet in the ring buffer is none of ours. */
static void on_packet_event(struct rt *rt, const struct event *e)
{
}

static void on_seen(struct rt *rt, const struct event *e)
{
	uint64_t seen[2] = { 0 };

	if (e->args && e->args->size >= sizeof(seen))
		memcpy(seen, e->data, sizeof(seen));
	stack_note(rt, (uint32_t)seen[0], e->row->map, seen[1]);
}

static void on_unwatch(struct rt *rt, const struct event *e)
{
	uint64_t address = 0;

	if (e->args && e->args->size >= sizeof(address))
		memcpy(&address, e->data, sizeof(address));
	rt_unwatch(rt, address);
}

static void on_warning(struct rt *rt, const struct event *e)
{
	say(rt, &(struct message){ .type = "runtime_error",
	                           .text = meta_text(&rt->m, e->row->format),
	                           .at = span_of(e) });
}

static void on_helper_error(struct rt *rt, const struct event *e)
{
	struct message m = { .at = span_of(e) };
	int64_t result = 0;

	if (e->args && e->args->size >= sizeof(result))
		memcpy(&result, e->data, sizeof(result));
	helper_message(&m, meta_text(&rt->m, e->row->format), result);
	say(rt, &m);
}

static void (*const handlers[])(struct rt *rt, const struct event *e) = {
	[EVENT_PRINTF] = on_printf,
	[EVENT_ERRORF] = on_errorf,
	[EVENT_WARNF] = on_errorf,
	[EVENT_PRINT_VALUE] = on_print_value,
	[EVENT_PRINT_MAP] = on_print_map,
	[EVENT_CLEAR] = on_clear,
	[EVENT_ZERO] = on_zero,
	[EVENT_EXIT] = on_exit_event,
	[EVENT_TIME] = on_time,
	[EVENT_JOIN] = on_join,
	[EVENT_CAT] = on_cat,
	[EVENT_SYSTEM] = on_system,
	[EVENT_SEEN] = on_seen,
	[EVENT_PACKET] = on_packet_event,
	[EVENT_UNWATCH] = on_unwatch,
	[EVENT_WARNING] = on_warning,
	[EVENT_HELPER_ERROR] = on_helper_error,
};
_Static_assert(countof(handlers) == EVENT_COUNT_OF, "each event has its handler");

int event_handle(void *ctx, void *data, size_t len)
{
	struct rt *rt = ctx;
	struct event e = { .data = (char *)data + 8 };
	uint32_t row;

	if (len < 8)
		return 0;
	memcpy(&row, data, 4);
	memcpy(&e.probe, (char *)data + 4, 4);
	if (row >= meta_count(&rt->m, META_EVENTS))
		return 0;
	e.row = meta_event(&rt->m, row);
	e.args = e.row->type == META_NONE ? NULL : meta_type(&rt->m, e.row->type);
	if (e.args && len - 8 < e.args->size)
		return 0;
	handlers[e.row->kind](rt, &e);
	return --rt->batch_left ? 0 : -EAGAIN;
}
