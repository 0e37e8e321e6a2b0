/* SPDX-License-Identifier: Apache-2.0 */
/*
 * series.c - time series: one value for each of the last intervals.
 *
 * An interval has a number, the time since 1970 divided by its length, and its slot is this number
 * modulo how many are kept. A slot that holds an older interval is emptied first, by each CPU for
 * itself; the runtime merges slots of the same interval.
 */

#include "base/bug.h"
#include "codegen/cg.h"
#include "lang/aggregate.h"
#include "lang/families.h"

#include <string.h>

enum { SLOT_INTERVAL = 0, SLOT_VALUE = 8, SLOT_WEIGHT = 16 }; /* see kinds.def */

enum { ARG_INTERVAL, ARG_COUNT, ARG_MODE };

static const struct {
	const char *name;
	enum meta_series mode;
} modes[] = {
	{ "avg", SERIES_AVG }, { "max", SERIES_MAX },     { "min", SERIES_MIN },
	{ "sum", SERIES_SUM }, { "count", SERIES_COUNT },
};

/* -- checks -- */

static bool check_mode(struct sema *s, const struct expr *call, uint64_t *mode)
{
	const char *name;

	if (!arg_given(call, 3))
		return true;
	name = arg_text(s, call, 3);
	for (size_t i = 0; name && i < countof(modes); i++) {
		if (strcmp(modes[i].name, name))
			continue;
		*mode = modes[i].mode;
		return true;
	}
	if (name)
		diag_error(
			s->diags, call->call.arg[3]->span,
			"tseries() expects one of the following aggregation functions: avg, max, "
			"min, sum, count (\"%s\" provided)",
			name);
	return false;
}

static bool check_allowed(struct sema *s, const struct expr *call)
{
	enum { REFUSE, WARN };
	uint32_t setting = s->u->config.unstable_tseries;

	if (setting == REFUSE)
		diag_error(s->diags, call->span, "The setting unstable_tseries forbids tseries()");
	else if (setting == WARN && s->final)
		diag_warning(s->diags, call->span, "tseries() is used; unstable_tseries is 'warn'");
	return setting != REFUSE;
}

static struct map_var *clock_map(struct unit *u)
{
	return *u->config.dummy_ts_map ? map_get(&u->maps, u->config.dummy_ts_map) : NULL;
}

static bool check_clock(struct sema *s, const struct expr *call)
{
	const struct map_var *m = clock_map(s->u);

	if (!*s->u->config.dummy_ts_map || !s->final || (m && !m->keyed && type_is_int(m->value)))
		return true;
	diag_error(s->diags, call->span, "dummy_ts_map names '%s', which is no map of one integer",
	           s->u->config.dummy_ts_map);
	return false;
}

static const struct type *check_tseries(struct sema *s, struct expr *call)
{
	enum { MOST_INTERVALS = 1000000 };
	const struct type *t = call->call.arg[0]->type;
	uint64_t arg[KIND_ARGS] = { [ARG_MODE] = SERIES_LAST };

	if (!aggregation_assigned(s, call) || !check_allowed(s, call) ||
	    !arg_literal(s, call, 1, "interval_ns", &arg[ARG_INTERVAL]) ||
	    !arg_literal(s, call, 2, "num_intervals", &arg[ARG_COUNT]) ||
	    !check_mode(s, call, &arg[ARG_MODE]) || !check_clock(s, call))
		return &type_error;
	if (!arg[ARG_INTERVAL])
		diag_error(s->diags, call->call.arg[1]->span,
		           "tseries() interval_ns must be at least 1 (0 provided)");
	else if (!arg[ARG_COUNT] || arg[ARG_COUNT] >= MOST_INTERVALS)
		diag_error(s->diags, call->call.arg[2]->span,
		           "tseries() num_intervals must be 1 to %d (%llu provided)",
		           MOST_INTERVALS - 1, (unsigned long long)arg[ARG_COUNT]);
	else if (t == &type_unknown)
		return t;
	else
		return type_aggregation_of(s->ty, KIND_TSERIES, t, arg);
	return &type_error;
}

/* -- code -- */

static cgv now_ns(struct cg *cg)
{
	struct map_var *m = clock_map(cg_unit(cg));

	if (m)
		return cg_map_read(cg, m, cg_map_key(cg, m, NULL, 0)).v;
	return cg_add(cg, cg_helper(cg, BPF_FUNC_ktime_get_boot_ns, 0),
	              CG_PARAM(cg, wall_offset_ns));
}

/* Empties a slot that was last used for another interval. */
static void start_interval(struct cg *cg, cgv slot, cgv number)
{
	cgv held = cg_load(cg, cg_offset(cg, slot, SLOT_INTERVAL), 8, false);
	struct cg_if other = cg_if(cg, cg_compare(cg, CG_NE, held, number));

	cg_store(cg, cg_offset(cg, slot, SLOT_INTERVAL), number, 8);
	cg_store(cg, cg_offset(cg, slot, SLOT_VALUE), cg_u64(cg, 0), 8);
	cg_store(cg, cg_offset(cg, slot, SLOT_WEIGHT), cg_u64(cg, 0), 8);
	cg_endif(cg, &other);
}

static void add(struct cg *cg, cgv slot, cgv n)
{
	cg_atomic_add(cg, cg_offset(cg, slot, SLOT_VALUE), n);
	cg_atomic_add(cg, cg_offset(cg, slot, SLOT_WEIGHT), cg_u64(cg, 1));
}

/* Takes n when it is better than what the interval has, by the value or by its time. */
static void take_if(struct cg *cg, cgv slot, cgv better, cgv n, cgv weight)
{
	struct cg_if i = cg_if(cg, better);

	cg_store(cg, cg_offset(cg, slot, SLOT_VALUE), n, 8);
	cg_store(cg, cg_offset(cg, slot, SLOT_WEIGHT), weight, 8);
	cg_endif(cg, &i);
}

static void add_value(struct cg *cg, const struct type *t, cgv slot, cgv n, cgv now)
{
	cgv value = cg_load(cg, cg_offset(cg, slot, SLOT_VALUE), 8, false);
	cgv weight = cg_load(cg, cg_offset(cg, slot, SLOT_WEIGHT), 8, false);
	cgv first = cg_compare(cg, CG_EQ, weight, cg_u64(cg, 0)), one = cg_u64(cg, 1), better;

	switch ((enum meta_series)t->arg[ARG_MODE]) {
	case SERIES_SUM:
	case SERIES_AVG: add(cg, slot, n); break;
	case SERIES_COUNT: add(cg, slot, one); break;
	case SERIES_MIN:
		better = cg_compare(cg, t->is_signed ? CG_SLT : CG_ULT, n, value);
		take_if(cg, slot, cg_or(cg, first, better), n, one);
		break;
	case SERIES_MAX:
		better = cg_compare(cg, t->is_signed ? CG_SGT : CG_UGT, n, value);
		take_if(cg, slot, cg_or(cg, first, better), n, one);
		break;
	case SERIES_LAST: take_if(cg, slot, cg_compare(cg, CG_UGT, now, weight), n, now); break;
	}
}

static void update_tseries(struct cg *cg, const struct expr *call, cgv key, const struct value *arg)
{
	struct map_var *m = call->call.map;
	const struct type *t = m->value;
	cgv now = now_ns(cg), interval = cg_udiv(cg, now, cg_u64(cg, t->arg[ARG_INTERVAL])), slot;
	struct cg_if absent;

	slot = cg_bucket_slot(cg, m, key, cg_umod(cg, interval, cg_u64(cg, t->arg[ARG_COUNT])),
	                      NULL, &absent);
	start_interval(cg, slot, cg_add(cg, interval, cg_u64(cg, 1)));
	add_value(cg, t, slot, arg[0].v, now);
	cg_endif(cg, &absent);
}

/* clang-format off */
const struct lang_def lang_series[] = {
	{
		.name = "tseries",
		.sig = "tseries(n: int, interval_ns, intervals, keep: strlit = ) -> T",
		.flags = LANG_AGGREGATION,
		.check = check_tseries,
		.emit_update = update_tseries,
		.brief = "A time series: for each of the last intervals the last value, or its "
		         "\"avg\", \"max\", \"min\", \"sum\" or \"count\".",
		.example = "tracepoint:sched:sched_switch { @ = tseries(1, 100ms, 20, \"sum\"); }",
	},
	{ 0 },
};
/* clang-format on */
