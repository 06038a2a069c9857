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

# report NAME COUNT-COMMAND STATUS SECONDS: COUNT-COMMAND reads the step's log and prints a number.
report() {
	if [ "$3" -eq 0 ]; then
		number=$(sh -c "$2" <"$logs/$1.log")
		printf '%-10s ok    %5s   %4s s\n' "$1" "$number" "$4"
		[ -z "$number" ] || summary="$summary$number $1, "
	else
		printf '%-10s FAILED         %4s s   (%s)\n' "$1" "$4" "$logs/$1.log"
		tail -n 60 "$logs/$1.log"
		failed="$failed $1"
	fi
}

# step NAME COUNT-COMMAND COMMAND…
step() {
	name=$1 count=$2
	shift 2
	at=$(date +%s)
	status=0
	"$@" >"$logs/$name.log" 2>&1 || status=$?
	report "$name" "$count" "$status" "$(($(date +%s) - at))"
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

# The API's tests wait more than they compute: everything else runs meanwhile.
api_at=$(date +%s)
$MAKE api-tests >"$logs/api.log" 2>&1 &
api=$!
trap 'kill "$api" 2>/dev/null; exit 130' INT TERM HUP
step lint : $MAKE lint
step unit "grep -c '^\[       OK \]'" unit_tests
step web "sed -n 's/^ *Tests  *\([0-9]*\) passed.*/\1/p'" env NO_COLOR=1 $MAKE web-test
step fuzz "grep -c '^fuzzed '" fuzz_smoke
step contract "sed -n 's/^# pass \([0-9]*\)$/\1/p'" $MAKE contract-tests
step browser "sed -n 's/^ *\([0-9]*\) passed.*/\1/p'" $MAKE browser-tests
api_status=0
wait "$api" || api_status=$?
report api "sed -n 's/^# pass \([0-9]*\)$/\1/p'" "$api_status" "$(($(date +%s) - api_at))"

took=$(($(date +%s) - began))
if [ -n "$failed" ]; then
	printf 'make test: FAILED:%s (%s s)\n' "$failed" "$took"
	exit 1
fi
printf 'make test: all passed: %s%s s\n' "$summary" "$took"
