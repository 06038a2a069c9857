#!/bin/sh
# Measures the figures of docs/performance.md: the real stack on a tree of 100,000 images, side by side
# with its baselines on the same machine, in turns. Prints the table and writes it into the document.
#
# BENCH_CHECKPOINTS, BENCH_IMAGES  size of the tree (500 x 200)
# BENCH_ROUNDS                     repetitions; medians are reported (7)
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd -P)
cd "$root"
PATH=$PATH:/usr/sbin:/sbin
bin=$root/build/release/bin
place=$root/build/bench
checkpoints=${BENCH_CHECKPOINTS:-500}
images=${BENCH_IMAGES:-200}
rounds=${BENCH_ROUNDS:-7}
tree=$place/tree-$checkpoints-$images
samples=$tree/samples
polled=$place/tree-2000-5
cache=$place/data/cache
document=docs/performance.md
node=$(echo web/node_modules/node-linux-*/bin/node)
export RUNTIME_DIR="$place/run" CONFIG_PATH="$place/config.yaml"

die() {
	printf 'bench: %s\n' "$*" >&2
	exit 1
}

stack=
hello=
clean_up() {
	[ -z "$hello" ] || kill -TERM "$hello" 2>/dev/null || :
	[ -z "$stack" ] || kill -TERM "$stack" 2>/dev/null || :
	wait
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

# --- What is measured ----------------------------------------------------------------------------

# make_tree DIRECTORY CHECKPOINTS IMAGES
make_tree() {
	[ ! -e "$1/complete" ] || return 0
	echo "Making $(($2 * $3)) images in $1" >&2
	rm -rf "$1"
	mkdir -p "$place"
	"$bin/bench/make-tree" "$1" "$2" "$3"
	touch "$1/complete"
	# A directory changed a moment ago may change again in the same tick of its clock.
	sleep 3
}

is_taken() {
	curl --silent --noproxy '*' --max-time 1 --output /dev/null "http://127.0.0.1:$1/"
}

start_stack() {
	port=$((20000 + $$ % 20000))
	while is_taken "$port"; do
		port=$((port + 1))
	done
	url=http://127.0.0.1:$port
	rm -rf "$place/data"
	cat >"$CONFIG_PATH" <<END
checkpoint_dirs:
  - $tree/checkpoints
sample_dir: $samples
port: $port
ip_address: 127.0.0.1
db_path: $place/data/bench.db
workflow_dir: $place/workflows
END
	sh common/stack/run.sh >"$place/stack.log" 2>&1 &
	stack=$!
	wait_for_stack || {
		cat "$place/stack.log" >&2
		die "the stack does not start"
	}
}

wait_for_stack() {
	tries=0
	until curl --silent --fail --noproxy '*' --max-time 5 --output /dev/null "$url/health"; do
		tries=$((tries + 1))
		[ "$tries" -lt 200 ] && kill -0 "$stack" 2>/dev/null || return 1
		sleep 0.1
	done
}

service() {
	s6-svc "-w$1" "-$1" -T 10000 "$RUNTIME_DIR/service/$2" || die "the service $2 does not obey"
}

# --- How it is measured --------------------------------------------------------------------------

# Seconds until the last byte of an answer; other arguments are curl's. Fails unless the status is $1.
seconds_of() {
	wanted=$1
	shift
	answer=$(curl --silent --noproxy '*' --max-time 120 --output /dev/null \
		--header 'Accept-Encoding: gzip' --write-out '%{http_code} %{time_total}' "$@") || :
	[ "${answer%% *}" = "$wanted" ] || die "status ${answer%% *} instead of $wanted: $*"
	echo "${answer#* }"
}

# Requests per second over kept connections; every answer must be a 200.
rate_of() {
	wrk -t 1 -c 16 -d "${1}s" "$url/api/presets" >"$place/wrk.log" ||
		die "wrk failed: $(cat "$place/wrk.log")"
	! grep -qE 'Non-2xx|Socket errors' "$place/wrk.log" || die "$(cat "$place/wrk.log")"
	awk '/^Requests\/sec:/ {print $2}' "$place/wrk.log"
}

note() {
	echo "$2" >>"$place/results/$1"
}

median() {
	sort -g "$place/results/$1" | awk '{v[NR] = $1}
		END {m = int((NR + 1) / 2); print NR % 2 ? v[m] : (v[m] + v[m + 1]) / 2}'
}

# Kilobytes of a pool, each process with all its pages: VmRSS now, VmHWM the most it ever had.
memory_of() {
	for process in $(pgrep -g "$(cat "$RUNTIME_DIR/service/$1/group")"); do
		sed -n "s/^$2:[^0-9]*\([0-9]*\).*/\1/p" "/proc/$process/status"
	done | awk '{sum += $1} END {print sum}'
}

# --- The scan ------------------------------------------------------------------------------------

prepare_scan() {
	run_id=$(curl --silent --fail --noproxy '*' "$url/api/training-runs" |
		sed -n 's/^\[{[^]]*"id": *"\([^"]*\)".*/\1/p')
	[ -n "$run_id" ] || die "the training run is not listed"
	scan=$url/api/training-runs/$run_id/scan
	curl --silent --fail --noproxy '*' --compressed --dump-header "$place/scan.headers" \
		--output "$place/scan.json" "$scan"
	found=$(grep -o '"relative_path"' "$place/scan.json" | wc -l)
	[ "$found" -eq $((checkpoints * images)) ] || die "$found images in the scan"
	etag=$(tr -d '\r' <"$place/scan.headers" | sed -n 's/^[Ee][Tt]ag: //p')
	[ -n "$etag" ] || die "a scan without ETag"
}

measure_scan() {
	note find "$("$bin/bench/stopwatch" find "$samples" -type f -printf '%s %T@ %p\n')"
	# A first scan: nothing in the cache directory, and processes that have never scanned.
	service d catalog
	rm -rf "${cache:?}"/*
	service u catalog
	wait_for_stack
	note first "$(seconds_of 200 "$scan")"
	note repeated "$(seconds_of 200 "$scan")"
	note unchanged "$(seconds_of 304 --header "If-None-Match: $etag" "$scan")"
}

# Every process of the pool has scanned at least once: far more scans at a time than it has processes.
measure_memory() {
	i=0
	scans=
	while [ "$i" -lt 24 ]; do
		seconds_of 200 "$scan?refresh=1" >/dev/null &
		scans="$scans $!"
		i=$((i + 1))
	done
	for process in $scans; do
		wait "$process" || die "a scan failed"
	done
	processes=$(cat "$RUNTIME_DIR/service/catalog/processes")
	memory=$(memory_of catalog VmRSS)
	peak=$(memory_of catalog VmHWM)
}

# --- The presets ---------------------------------------------------------------------------------

prepare_presets() {
	for name in Prompts Seeds Samplers Guidance Steps; do
		curl --silent --fail --noproxy '*' --output /dev/null \
			--header 'Content-Type: application/json' --data "{\"name\": \"$name\", \"mapping\": {
			\"x\": \"cfg\", \"y\": \"prompt_name\", \"slider\": \"checkpoint\", \"combos\": [\"seed\"]}}" \
			"$url/api/presets" || die "a preset is refused"
	done
	workers=$(cat "$RUNTIME_DIR/service/presets/processes")
}

# The baseline takes the presets' place: the same socket behind the same nginx, as many processes.
measure_presets() {
	note presets "$(rate_of 3)"
	service d presets
	(cd "$RUNTIME_DIR" && exec spawn-fcgi -n -s presets.sock -M 0660 -- \
		/usr/bin/multiwatch -f "$workers" -- "$bin/bench/hello-fcgi") >"$place/hello.log" 2>&1 &
	hello=$!
	tries=0
	until [ "$(curl --silent --noproxy '*' "$url/api/presets")" = '[]' ]; do
		tries=$((tries + 1))
		[ "$tries" -lt 100 ] || die "the hello-world program does not answer: $(cat "$place/hello.log")"
		sleep 0.1
	done
	note hello "$(rate_of 3)"
	kill -TERM "$hello"
	wait "$hello" || :
	hello=
	service u presets
	until curl --silent --fail --noproxy '*' --output /dev/null "$url/api/presets"; do
		sleep 0.1
	done
}

# --- The previews --------------------------------------------------------------------------------

# The demonstration's pictures: 1344 x 1344, two to three megabytes each.
prepare_previews() {
	"$bin/demo-data" "$root/build/demo" >&2
	mkdir -p "$place/ours" "$place/theirs"
	find "$root/build/demo/samples" -name '*.png' -size +1M | sort | head -n 40 >"$place/pictures"
	pictures=$(wc -l <"$place/pictures")
	[ "$pictures" -eq 40 ] || die "only $pictures pictures"
}

# Pictures per second of one processor's time.
measure_previews() {
	note previews "$(tr '\n' '\0' <"$place/pictures" |
		xargs -0 "$bin/bench/stopwatch" --cpu "$bin/bench/previews" 512 "$place/ours" |
		awk -v n="$pictures" '{print n / $1}')"
	note vips "$(tr '\n' '\0' <"$place/pictures" | VIPS_CONCURRENCY=1 \
		xargs -0 "$bin/bench/stopwatch" --cpu vipsthumbnail --size 512x \
		--output "$place/theirs/%s.jpg[Q=88]" | awk -v n="$pictures" '{print n / $1}')"
}

# --- The feed ------------------------------------------------------------------------------------

# Stacks of its own, on the same tree and on one of many directories that is polled, by the Node that the tests run on.
measure_feed() {
	web/node_modules/node-linux-*/bin/node tests/bench/feed.mjs "$tree" "$polled" >"$place/feed.md" ||
		die "the feed cannot be measured"
}

# --- Sample jobs ---------------------------------------------------------------------------------

measure_jobs() {
	web/node_modules/node-linux-*/bin/node tests/bench/jobs.mjs >"$place/jobs.md" ||
		die "sample jobs cannot be measured"
}

# --- The worker ----------------------------------------------------------------------------------

measure_worker() {
	web/node_modules/node-linux-*/bin/node tests/bench/worker.mjs >"$place/worker.md" ||
		die "the worker cannot be measured"
}

# --- The table -----------------------------------------------------------------------------------

# row WHAT FIGURE BASELINE UNIT LIMIT LEAST: the ratio must be at most the limit, or at least it.
row() {
	awk -v what="$1" -v a="$2" -v b="$3" -v unit="$4" -v limit="$5" -v least="$6" 'BEGIN {
		ratio = a / b
		good = least ? ratio >= limit : ratio <= limit
		scale = unit == "ms" ? 1000 : 1
		printf "| %s | %.*f %s | %.*f %s | %.2f | at %s %.2f | %s |\n", what,
			unit == "ms" && a < 0.1, a * scale, unit, unit == "ms" && b < 0.1, b * scale, unit,
			ratio, least ? "least" : "most", limit, good ? "met" : "missed"
	}'
}

print_table() {
	printf '%s, %s cores, Linux %s, %s rounds, medians.\n\n' \
		"$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" "$(uname -r)" "$rounds"
	echo '| Figure | Measured | Baseline | Ratio | Target | |'
	echo '|---|---:|---:|---:|---|---|'
	find=$(median find)
	files=$(echo $((checkpoints * images)) | sed ':again; s/\([0-9]\)\([0-9]\{3\}\)\b/\1,\2/; t again')
	row "First scan of $files files" "$(median first)" "$find" ms 1.5 ''
	row 'The same again, unchanged' "$(median repeated)" "$find" ms 0.25 ''
	row 'The same, client has it (304)' "$(median unchanged)" "$find" ms 0.25 ''
	row 'GET /api/presets, five presets' "$(median presets)" "$(median hello)" req/s 0.6 1
	row 'Previews made, one core' "$(median previews)" "$(median vips)" /s 1 1
	awk -v memory="$memory" -v peak="$peak" -v n="$processes" 'BEGIN {
		printf "| Resident memory of the catalog pool (%d processes) | %.0f MB | | | under 150 MB | %s |\n",
			n, memory / 1024, memory / 1024 < 150 ? "met" : "missed"
		printf "| The same at its peak, all processes scanning at once | %.0f MB | | | | |\n", peak / 1024
	}'
	cat "$place/feed.md" "$place/jobs.md" "$place/worker.md"
}

# Replaces what stands between the markers of the document.
write_document() {
	[ -e "$document" ] || return 0
	awk -v table="$place/table.md" '
		/<!-- bench:end -->/ { inside = 0 }
		!inside { print }
		/<!-- bench:begin -->/ {
			inside = 1
			while ((getline line < table) > 0)
				print line
		}' "$document" >"$place/document.md"
	cat "$place/document.md" >"$document"
}

command -v wrk >/dev/null || die "the Debian package wrk is missing"
command -v vipsthumbnail >/dev/null || die "the Debian package libvips-tools is missing"
make_tree "$tree" "$checkpoints" "$images"
make_tree "$polled" 2000 5
rm -rf "$place/results"
mkdir -p "$place/results"
start_stack
prepare_scan
prepare_presets
prepare_previews
# Once for nothing: from here on the kernel's caches hold the tree for both sides.
find "$samples" -type f -printf '%s %T@ %p\n' >/dev/null
round=0
while [ "$round" -lt "$rounds" ]; do
	round=$((round + 1))
	echo "Round $round of $rounds" >&2
	measure_scan
	measure_presets
	measure_previews
done
measure_memory
measure_feed
measure_jobs
measure_worker
print_table >"$place/table.md"
"$node" tests/bench/viewer.mjs "$place/viewer" "$tree" >>"$place/table.md" || die "the viewer cannot be measured"
"$node" tests/bench/live.mjs "$tree" >>"$place/table.md" || die "the live page cannot be measured"
cat "$place/table.md"
write_document
