#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# style - what every file of ours has, and what none has.
set -eu
cd "$(dirname "$0")/../.."
bad=0
for file in $(git ls-files 'src/*.[chylS]' 'src/*.def' 'tests/*.py' 'scripts/*' 'tests/unit/*.c'); do
	head -3 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' || { echo "$file: no license line"; bad=1; }
done
if git grep -nE '\b(TODO|FIXME)\b' -- src scripts tests bench ':!tests/lint'; then
	echo "marks are left"
	bad=1
fi
exit $bad
