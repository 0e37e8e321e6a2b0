#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# layers - prints each #include that climbs: ARCHITECTURE.md says who includes whom.
set -eu
cd "$(dirname "$0")/../../src"
awk '
BEGIN {
	may["base"] = "base"; may["image"] = "image base"; may["probes"] = "probes image base"
	may["ast"] = "ast image base"; may["stdlib"] = "stdlib base"
	may["lexer"] = may["parser"] = "lexer parser ast stdlib base"
	may["cdef"] = "cdef parser ast image base"
	may["sema"] = "sema cdef stdlib ast image base probes lang/lang.h"
	may["codegen"] = "codegen sema ast image base probes lang/lang.h"
	may["lang"] = "lang sema codegen stdlib ast image base probes"
	may["runtime"] = "runtime probes image base"
}
/^#include "/ {
	split(FILENAME, part, "/"); from = part[1]
	split($2, q, "\""); split(q[2], to, "/")
	ok = 0
	n = split(may[from], list, " ")
	for (i = 1; i <= n; i++)
		ok = ok || list[i] == to[1] || list[i] == q[2]
	if (!ok) { print FILENAME ": " q[2]; bad = 1 }
}
END { exit bad }' */*.c */*.h */*.l */*.y
