#!/bin/sh
# The main process of a container: container.sh prepare|nginx|api|feed|worker|demo, or any other command.
#
# CONFIG_PATH   the configuration; where there is no such file, one is made of the usual mounts and of
#               COMFYUI_HOST, COMFYUI_PORT and ALLOWED_HOSTS
# RUNTIME_DIR   shared by the containers: the sockets over which they meet, nginx's configuration
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd -P)
PATH=$PROGRAMS:$PATH:/usr/sbin:/sbin
data=/var/lib/checkpoint-sampler
export PROGRAMS RUNTIME_DIR

say() {
	printf '%s\n' "$*" >&2
}

die() {
	say "$@"
	exit 1
}

# What compose.yaml mounts, as a configuration.
make_configuration() {
	cat <<END
checkpoint_dirs: [/data/checkpoints]
sample_dir: /data/samples
workflow_dir: /data/workflows
db_path: $data/checkpoint-sampler.db
port: 8080
END
	[ -z "${COMFYUI_HOST:-}" ] || cat <<END
comfyui:
  host: $COMFYUI_HOST
  port: ${COMFYUI_PORT:-8188}
END
	names=$(printf '%s' "${ALLOWED_HOSTS:-}" | tr -s ', ' '\n')
	[ -z "$names" ] || printf 'allowed_hosts:\n%s\n' "$(printf '%s\n' "$names" | sed '/^$/d; s/^/  - /')"
}

# A configuration that was meant and is not found must not be passed over.
find_configuration() {
	directory=$(dirname "$CONFIG_PATH")
	if [ -f "$CONFIG_PATH" ]; then
		return 0
	fi
	if [ -e "$CONFIG_PATH" ] || [ -L "$CONFIG_PATH" ]; then
		die "config.yaml in CONFIG_DIR is no regular file: put the configuration itself there."
	fi
	others=$(ls "$directory" | grep -v '^config\.example\.yaml$' | tr '\n' ' ') || :
	[ -z "$others" ] ||
		die "CONFIG_DIR has no config.yaml, but: ${others% }. Rename the configuration to config.yaml, or remove what is there."
	CONFIG_PATH=/tmp/config.yaml
	[ -s "$CONFIG_PATH" ] || make_configuration >"$CONFIG_PATH"
}

# setting NAME: as it is in force.
setting() {
	printf '%s\n' "$effective" | sed -n "s/^$1: //p" | tr -d '"'
}

# Whether the configuration can be used, and fits what compose.yaml fixes.
check_configuration() {
	effective=$(checkpoint-sampler config) || exit 1
	[ "$(setting port)" = 8080 ] ||
		die "port: $(setting port) in config.yaml is not the port that compose.yaml publishes, 8080. Remove the line, and set PORT in .env."
	case $(setting ip_address) in
	0.0.0.0 | ::) ;;
	*) die "ip_address: nobody outside of the container could reach $(setting ip_address). Remove the line from config.yaml, and set BIND_ADDRESS in .env." ;;
	esac
	[ "$(dirname "$(setting db_path)")" = "$data" ] ||
		die "db_path: $(setting db_path) is not on the volume of the database. Write db_path: $data/checkpoint-sampler.db into config.yaml."
}

# The services of a container live in its own memory, and log to its output.
supervise() {
	SERVICE_DIR=/tmp/service
	export LOGS=inherited
	. "$root/common/stack/services.sh"
	rm -rf "$SERVICE_DIR"
	"$@"
	exec s6-svscan "$SERVICE_DIR"
}

# The volumes belong to whoever PUID and PGID name now, also when others have filled them.
own_volumes() {
	find "$data" "$RUNTIME_DIR" \( ! -uid "$PUID" -o ! -gid "$PGID" \) -exec chown -h "$PUID:$PGID" {} +
}

# The directories of the user, as far as this container writes to them.
check_samples() {
	fault=$(checkpoint-sampler samples 2>&1) && return 0
	case $fault in
	*"belongs to"*) fault="$fault Set PUID and PGID in .env to these and type docker compose up -d." ;;
	esac
	say "warning: $fault"
}

# The directories are mounted into the other containers, too: what is made moves into them.
make_demo() {
	[ -z "$(ls -A /demo/checkpoints)" ] || return 0
	demo-data /demo/made &&
		mv /demo/made/samples/* /demo/samples/ &&
		mv /demo/made/checkpoints/* /demo/checkpoints/ &&
		rm -r /demo/made
}

find_configuration
export CONFIG_PATH
case ${1:-} in
prepare)
	check_configuration
	own_volumes || say "warning: not all of the volumes could be given to user $PUID, group $PGID, for the reason above."
	;;
nginx)
	check_configuration
	checkpoint-sampler render "$root"
	cd "$RUNTIME_DIR"
	exec nginx -p ./ -c nginx.conf -e stderr
	;;
api)
	check_configuration
	checkpoint-sampler check
	checkpoint-sampler templates "$root"
	supervise add_pools
	;;
feed)
	check_configuration
	supervise add_feed
	;;
worker)
	check_configuration
	check_samples
	exec worker
	;;
demo)
	make_demo
	supervise add_simulation 0.0.0.0 8188 /tmp/comfyui /demo/checkpoints /data/workflows
	;;
*)
	exec "$@"
	;;
esac
