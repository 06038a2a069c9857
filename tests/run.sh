#!/bin/sh
# The whole suite behind `make test`: one line a step, the log of a step only when it fails, and one
# closing line with counts. Logs stay in build/test-logs. Exit status 1 if any step failed.
#
# After the build two lanes go side by side: what computes gives way (nice) to what mostly waits for
# the servers that it tests. The browsers, which take all they get, come last and alone.
set -u
cd "$(dirname "$0")/.." || exit 2

logs=build/test-logs
MAKE="${MAKE:-make} WERROR=1"
began=$(date +%s)

# step NAME COUNT-COMMAND COMMAND…: COUNT-COMMAND reads the step's log and prints a number.
step() {
	name=$1 count=$2
	shift 2
	at=$(date +%s)
	"$@" >"$logs/$name.log" 2>&1 &
	child=$!
	trap 'kill "$child" 2>/dev/null; exit 130' INT TERM HUP
	if wait "$child"; then
		number=$(sh -c "$count" <"$logs/$name.log")
		printf '%-10s ok    %5s   %4s s\n' "$name" "$number" "$(($(date +%s) - at))"
		# Browser tests that passed only when tried again, by name.
		sed -n '/^ *[0-9]* flaky$/,/^ *[0-9]* passed/{/passed/!p}' "$logs/$name.log"
		[ -z "$number" ] || printf '%s %s, ' "$number" "$name" >>"$logs/passed"
	else
		printf '%-10s FAILED         %4s s   (%s)\n' "$name" "$(($(date +%s) - at))" "$logs/$name.log"
		tail -n 60 "$logs/$name.log"
		printf ' %s' "$name" >>"$logs/failed"
	fi
}

node_count="sed -n 's/^# pass \([0-9]*\)$/\1/p'"

computing() {
	step lint : nice $MAKE lint
	step unit "grep -c '^\[       OK \]'" nice $MAKE BUILD=asan run-unit-tests
	step web "sed -n 's/^ *Tests  *\([0-9]*\) passed.*/\1/p'" env NO_COLOR=1 nice $MAKE web-test
	step fuzz "grep -c '^fuzzed '" nice $MAKE FUZZ_SECONDS="${FUZZ_SMOKE_SECONDS:-3}" fuzz
}

serving() {
	step api "$node_count" $MAKE api-tests
	step contract "$node_count" $MAKE contract-tests
}

rm -rf "$logs"
mkdir -p "$logs"
: >"$logs/passed" >"$logs/failed"

step build : $MAKE build demo-data
lanes=
for lane in computing serving; do
	$lane &
	lanes="$lanes $!"
done
# $lanes is a list of numbers.
# shellcheck disable=SC2086
trap 'kill $lanes 2>/dev/null; wait; exit 130' INT TERM HUP
wait
step browser "sed -n 's/^ *\([0-9]*\) passed.*/\1/p'" $MAKE browser-tests

took=$(($(date +%s) - began))
if [ -s "$logs/failed" ]; then
	printf 'make test: FAILED:%s (%s s)\n' "$(cat "$logs/failed")" "$took"
	exit 1
fi
printf 'make test: all passed: %s%s s\n' "$(cat "$logs/passed")" "$took"
