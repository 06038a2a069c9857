#!/bin/sh
# The whole suite behind `make test`: one line a step, the log of a step only when it fails, and one
# closing line with counts. Logs stay in build/test-logs. Exit status 1 if any step failed.
set -u
cd "$(dirname "$0")/.." || exit 2

logs=build/test-logs
rm -rf "$logs"
mkdir -p "$logs"
MAKE="${MAKE:-make} WERROR=1"
began=$(date +%s)
failed=
summary=

# step NAME COUNT-COMMAND COMMAND…: runs COMMAND; COUNT-COMMAND reads its log and prints a number.
step() {
	name=$1 count=$2
	shift 2
	at=$(date +%s)
	printf '%-10s ' "$name"
	if "$@" >"$logs/$name.log" 2>&1; then
		number=$(sh -c "$count" <"$logs/$name.log")
		printf 'ok    %5s   %4s s\n' "$number" "$(($(date +%s) - at))"
		[ -z "$number" ] || summary="$summary$number $name, "
	else
		printf 'FAILED         %4s s   (%s)\n' "$(($(date +%s) - at))" "$logs/$name.log"
		tail -n 60 "$logs/$name.log"
		failed="$failed $name"
	fi
}

unit_tests() {
	$MAKE BUILD=asan unit-tests || return 1
	result=0
	for program in build/asan/unit/test_*; do
		case $program in *.d) continue ;; esac
		"$program" || { echo "FAILED: $program"; result=1; }
	done
	return $result
}

fuzz_smoke() {
	$MAKE BUILD=fuzz fuzzers && FUZZ_SECONDS="${FUZZ_SMOKE_SECONDS:-3}" sh tests/fuzz/run.sh
}

step build : $MAKE build
step lint : $MAKE lint
step unit "grep -c '^\[       OK \]'" unit_tests
step web "sed -n 's/^ *Tests  *\([0-9]*\) passed.*/\1/p'" env NO_COLOR=1 $MAKE web-test
step api "sed -n 's/^# pass \([0-9]*\)$/\1/p'" $MAKE api-tests
step contract "sed -n 's/^# pass \([0-9]*\)$/\1/p'" $MAKE contract-tests
step browser "sed -n 's/^ *\([0-9]*\) passed.*/\1/p'" $MAKE browser-tests
step fuzz "grep -c '^fuzzed '" fuzz_smoke

took=$(($(date +%s) - began))
if [ -n "$failed" ]; then
	printf 'make test: FAILED:%s (%s s)\n' "$failed" "$took"
	exit 1
fi
printf 'make test: all passed: %s%s s\n' "$summary" "$took"
