# The demonstration that `make run` shows without a configuration: generated training runs, and a
# simulated ComfyUI that paints for them. Sourced by run.sh; takes root, PROGRAMS, RUNTIME_DIR and
# services.sh.

# A port of this machine that is free at this moment.
free_port() {
	/usr/bin/python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Makes the demo's files and configuration; sets CONFIG_PATH. What belongs to one stack alone carries its port.
make_demo() {
	demo=$root/build/demo
	port=${PORT:-8080}
	"$PROGRAMS/demo-data" "$demo"
	simulation=$demo/comfyui-$port
	mkdir -p "$simulation/output"
	simulation_port=$(free_port)
	CONFIG_PATH=$demo/config-$port.yaml
	cat >"$CONFIG_PATH.part" <<END
checkpoint_dirs:
  - ./checkpoints
sample_dir: ./samples
port: $port
db_path: ./data-$port/checkpoint-sampler.db
workflow_dir: ./workflows-$port
comfyui:
  host: 127.0.0.1
  port: $simulation_port
  output_dir: ./comfyui-$port/output
END
	mv "$CONFIG_PATH.part" "$CONFIG_PATH"
	export CHECKPOINT_SAMPLER_DEMO=1
}

add_demo() {
	add_simulation 127.0.0.1 "$simulation_port" "$simulation" "$demo/checkpoints" "$demo/workflows-$port"
	# Else the worker would begin with the warning that nothing listens there; it leaves first, too.
	: >"$SERVICE_DIR/worker/down"
}

# Until the simulation answers, at most 10 s; then the worker begins.
wait_for_simulation() {
	tries=0
	while [ -z "$stopping" ] && [ "$tries" -lt 100 ] &&
		! curl --silent --fail --noproxy '*' --max-time 2 --output /dev/null "http://127.0.0.1:$simulation_port/prompt"; do
		tries=$((tries + 1))
		sleep 0.1
	done
	rm -f "$SERVICE_DIR/worker/down"
	s6-svc -u "$SERVICE_DIR/worker"
}

# Stores a sample preset when the demo's database has never had one, so that Generate has something to offer.
add_demo_preset() {
	[ ! -e "$demo/data-$port/preset.stored" ] || return 0
	if curl --silent --fail --noproxy '*' --max-time 5 --output /dev/null \
		--header 'Content-Type: application/json' --data "@$root/tests/demo/sample_preset.json" \
		"$url/api/sample-presets"; then
		: >"$demo/data-$port/preset.stored"
	fi
}
