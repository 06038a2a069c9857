# What the supervisor keeps alive. Sourced by run.sh, for all services on one machine, and by
# container.sh, for those of one container.
#
# Takes: root, RUNTIME_DIR, SERVICE_DIR (where the supervisor looks; the functions make directories
# of services there), and from the environment LOGS: `files` in RUNTIME_DIR/log, or `inherited`, the
# supervisor's own output.

# add_service NAME RUN-SCRIPT STOP-SIGNAL [PROCESSES [NICENESS]]
add_service() {
	directory=$SERVICE_DIR/$1
	service_files=$root/common/stack/service
	mkdir -p "$directory/log"
	cp "$service_files/$2" "$directory/run"
	cp "$service_files/finish" "$directory/finish"
	cp "$service_files/log" "$directory/log/run"
	chmod +x "$directory/run" "$directory/finish" "$directory/log/run"
	echo "$3" >"$directory/down-signal"
	echo 8000 >"$directory/timeout-kill"
	echo "${4:-}" >"$directory/processes"
	echo "${5:-0}" >"$directory/niceness"
}

add_nginx() {
	add_service nginx nginx SIGQUIT
}

# The FastCGI programs.
add_pools() {
	# Each catalog process may wait for a slow disk; presets only ever waits for SQLite.
	scanners=$(nproc)
	[ "$scanners" -ge 4 ] || scanners=4
	[ "$scanners" -le 8 ] || scanners=8
	add_service catalog pool SIGTERM "$scanners"
	add_service presets pool SIGTERM 2
	# Launching a job looks for pictures in sample_dir, perhaps on a slow disk.
	add_service jobs pool SIGTERM 2
	# Each may wait for ComfyUI; the web server lets 12 of them.
	add_service comfyui pool SIGTERM 16
	# Decoding takes a whole core each, and gives way to whatever else the machine has to do.
	add_service previews pool SIGTERM "$(preview_processes)" 10
}

# One for each core, as far as the memory that a container may use holds them: up to 384 MiB each,
# and as much for the other pools.
preview_processes() {
	processes=$(nproc)
	memory=$(cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null) || :
	case $memory in
	'' | *[!0-9]*) fitting=8 ;;
	*) fitting=$((memory / 1048576 / 384 - 1)) ;;
	esac
	[ "$fitting" -le 8 ] || fitting=8
	[ "$fitting" -ge 1 ] || fitting=1
	[ "$processes" -le "$fitting" ] || processes=$fitting
	echo "$processes"
}

# With FEED_PORT, websocketd is reached over feed.sock in RUNTIME_DIR.
add_feed() {
	add_service watcher watcher SIGTERM
	add_service websocketd websocketd SIGTERM
	[ -z "${FEED_PORT:-}" ] || add_service feed-socket feed-socket SIGTERM
}

# What renders.
add_worker() {
	add_service worker worker SIGTERM
}

# add_simulation ADDRESS PORT OUTPUT CHECKPOINTS WORKFLOWS: the simulated ComfyUI of the demonstration.
# Every loader finds the demo's checkpoints, and what the workflows name beside them.
add_simulation() {
	add_service comfyui-stub comfyui-stub SIGTERM
	cat >"$SERVICE_DIR/comfyui-stub/arguments" <<END
$root/tests/comfyui-stub
--address
$1
--port
$2
--output
$3
--models-in
checkpoints=$4
--models-in
diffusion_models=$4
--models-in
loras=$4
--models-of
$5
--linger
3
--version
0.3.64 (simulated)
--painter
$PROGRAMS/demo-data
--mood
load_seconds=1.5
--mood
seconds_per_step=0.08
END
}
