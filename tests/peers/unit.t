#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The peers' own tests, a line each: above all that the demonstration's judge condemns what it must.
cd "$(dirname "$0")" || exit 1
. ../tap.sh
command -v go >/dev/null || skip_all "no Go here"
CGO_ENABLED=0 go vet . >/dev/null 2>&1 || go mod download >/dev/null 2>&1 || skip_all "the modules cannot be fetched here"

said=$(CGO_ENABLED=0 go test -count=1 -v . 2>&1)
status=$?
check "the tests build and pass" [ $status -eq 0 ]
while read -r verdict name; do
	check "$name" [ "$verdict" = PASS: ]
done < <(sed -nE 's/^--- ([A-Z]+:) (\S+) .*/\1 \2/p' <<<"$said")
[ $status -eq 0 ] || echo "# ${said//$'\n'/$'\n'# }"
check "the code is as gofmt has it" test -z "$(gofmt -l .)"
done_testing
