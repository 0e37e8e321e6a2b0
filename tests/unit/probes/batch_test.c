/* SPDX-License-Identifier: Apache-2.0 */
#include "setup.h"

#include "image/meta.h"
#include "probes/attach.h"
#include "probes/batch.h"

#include <errno.h>
#include <fcntl.h>

/* Places that cannot be hooked have an address, which is the error. */
static int link_all_or_none(struct batch *b, size_t from, size_t n)
{
	size_t *links = b->own;

	for (size_t i = from; i < from + n; i++)
		if (b->t[i]->address)
			return -(int)b->t[i]->address;
	++*links;
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static size_t reported;

static struct attachment *count_report(struct probe_env *env, const struct probe_target *t,
                                       struct attachment *a, int err)
{
	assert_int_equal(err, -(int)t->address);
	assert_null(a);
	reported++;
	return NULL;
}

/* Attaches n targets; returns what came of it. */
static struct attachment *attach(struct setup *s, const struct probe_target *t, size_t n,
                                 size_t *links)
{
	struct batch b = { .link = link_all_or_none, .report = count_report, .own = links };

	*links = reported = 0;
	batch_init(&b, &s->env, NULL, n);
	for (size_t i = 0; i < n; i++)
		batch_add(&b, &t[i]);
	batch_attach(&b);
	return batch_end(&b, t);
}

static void targets_share_one_link(void **state)
{
	struct probe_target t[5] = { 0 };
	struct attachment *a;
	size_t links;

	a = attach(*state, t, 5, &links);
	assert_non_null(a);
	assert_int_equal(links, 1);
	attachment_detach(a);
}

static void one_that_cannot_be_hooked_stands_alone(void **state)
{
	struct probe_target t[8] = { [5] = { .address = EINVAL, .flags = TARGET_WILDCARD } };
	struct attachment *a;
	size_t links;

	a = attach(*state, t, 8, &links);
	assert_non_null(a);
	assert_int_equal(links, 3); /* 0-3, 4, 6-7 */
	assert_int_equal(reported, 1);
	attachment_detach(a);
}

static void one_that_must_be_there_fails_all(void **state)
{
	struct probe_target t[4] = { [1] = { .address = EINVAL } };
	size_t links;

	errno = 0;
	assert_null(attach(*state, t, 4, &links));
	assert_int_equal(errno, EINVAL);
	assert_int_equal(reported, 1);
}

static void a_permission_that_lacks_is_told_once(void **state)
{
	struct probe_target t[4] = { { .address = EPERM },
		                     { .address = EPERM },
		                     { .address = EPERM },
		                     { .address = EPERM } };
	size_t links;

	assert_null(attach(*state, t, 4, &links));
	assert_int_equal(reported, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		probe_test(targets_share_one_link),
		probe_test(one_that_cannot_be_hooked_stands_alone),
		probe_test(one_that_must_be_there_fails_all),
		probe_test(a_permission_that_lacks_is_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
