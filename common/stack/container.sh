#!/bin/sh
# The main process of a container: container.sh nginx|api|feed|worker|demo, or any other command.
#
# CONFIG_PATH   the configuration; where no file is mounted there, one is made of the usual mounts and
#               of COMFYUI_HOST and COMFYUI_PORT
# RUNTIME_DIR   shared by the containers: the sockets over which they meet, nginx's configuration
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd -P)
PATH=$PROGRAMS:$PATH:/usr/sbin:/sbin
export PROGRAMS RUNTIME_DIR

say() {
	printf '%s\n' "$*" >&2
}

# What compose.yaml mounts, as a configuration.
make_configuration() {
	cat <<END
checkpoint_dirs: [/data/checkpoints]
sample_dir: /data/samples
workflow_dir: /data/workflows
db_path: /var/lib/checkpoint-sampler/checkpoint-sampler.db
port: 8080
END
	[ -z "${COMFYUI_HOST:-}" ] || cat <<END
comfyui:
  host: $COMFYUI_HOST
  port: ${COMFYUI_PORT:-8188}
END
}

# An empty file, or a device, stands for none.
if [ ! -f "${CONFIG_PATH:-}" ] || [ ! -s "$CONFIG_PATH" ]; then
	CONFIG_PATH=/tmp/config.yaml
	[ -s "$CONFIG_PATH" ] || make_configuration >"$CONFIG_PATH"
fi
export CONFIG_PATH

# The services of a container live in its own memory, and log to its output.
supervise() {
	SERVICE_DIR=/tmp/service
	export LOGS=inherited
	. "$root/common/stack/services.sh"
	rm -rf "$SERVICE_DIR"
	"$@"
	exec s6-svscan "$SERVICE_DIR"
}

# The directories of the user, as far as this container writes to them.
check_samples() {
	samples=$(checkpoint-sampler config | sed -n 's/^sample_dir: //p' | tr -d '"')
	[ -w "$samples" ] || say "warning: $samples cannot be written by user $(id -u), group $(id -g)." \
		"It belongs to $(stat -c '%u, group %g' "$samples"):" \
		"set PUID and PGID in .env to these and type docker compose up -d."
}

# The directories are mounted into the other containers, too: what is made moves into them.
make_demo() {
	[ -z "$(ls -A /demo/checkpoints)" ] || return 0
	demo-data /demo/made &&
		mv /demo/made/samples/* /demo/samples/ &&
		mv /demo/made/checkpoints/* /demo/checkpoints/ &&
		rm -r /demo/made
}

case ${1:-} in
nginx)
	checkpoint-sampler render "$root" || exit 1
	cd "$RUNTIME_DIR"
	exec nginx -p ./ -c nginx.conf -e stderr
	;;
api)
	checkpoint-sampler check || exit 1
	supervise add_pools
	;;
feed)
	checkpoint-sampler check || exit 1
	supervise add_feed
	;;
worker)
	checkpoint-sampler check || exit 1
	check_samples
	cd "$RUNTIME_DIR"
	exec worker
	;;
demo)
	make_demo || exit 1
	supervise add_simulation 0.0.0.0 8188 /tmp/comfyui /demo/checkpoints /data/workflows
	;;
*)
	exec "$@"
	;;
esac
