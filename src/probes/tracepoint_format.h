/* SPDX-License-Identifier: Apache-2.0 */
/* tracepoint_format - fields of an event from the text of its 'format' file in tracefs. */
#ifndef PROBES_TRACEPOINT_FORMAT_H
#define PROBES_TRACEPOINT_FORMAT_H

struct arena;
struct probe_args;

/* All fields behind the common ones, as ARG_CTX, ARG_DATA_LOC or ARG_REL_LOC. Lines that do not
 * read like fields are passed over. */
void tracepoint_format(struct arena *a, const char *text, struct probe_args *out);

#endif
