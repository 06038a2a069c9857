#!/bin/sh
# Runs every built fuzz target for FUZZ_SECONDS, from its committed seeds; what it finds interesting
# is kept in build/fuzz/corpus. A crash leaves the input beside the corpus and fails the run.
set -eu
cd "$(dirname "$0")/../.."

for target in build/fuzz/fuzz/fuzz_*; do
	case $target in *.d) continue ;; esac
	name=${target##*/fuzz_}
	corpus=build/fuzz/corpus/$name
	mkdir -p "$corpus" "build/fuzz/findings"
	"$target" -max_total_time="${FUZZ_SECONDS:-60}" -rss_limit_mb=1024 -timeout=10 -verbosity=0 \
		-artifact_prefix="build/fuzz/findings/$name-" "$corpus" "tests/fuzz/seeds/$name"
	echo "fuzzed $name for ${FUZZ_SECONDS:-60} s"
done
