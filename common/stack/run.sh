#!/bin/sh
# Runs Checkpoint Sampler in the foreground until Ctrl-C (or TERM, or the terminal closes); whatever
# of it is killed meanwhile comes back. `make run` calls this when everything is built.
#
# CONFIG_PATH  the configuration, else ./config.yaml, else a demonstration on port PORT (8080)
# RUNTIME_DIR  sockets, pids, logs, rendered files; default build/run/PORT
# LOGS         `files` in RUNTIME_DIR/log (default), with warnings and errors on the terminal too, or
#              `inherited`: all of them to the output of this script
# BUILD        the variant of the programs: release (default) or asan
set -eu

# In braces, the shell reads all of it before it begins: an update under a running stack does no harm.
{

# A shell script that puts this into the background makes it ignore Ctrl-C, and a shell cannot undo
# that by itself.
if [ -z "${LISTENS_TO_INTERRUPT:-}" ]; then
	LISTENS_TO_INTERRUPT=1 exec env --default-signal=INT sh "$0" "$@"
fi
unset LISTENS_TO_INTERRUPT

root=$(cd "$(dirname "$0")/../.." && pwd -P)
# nginx lives where only root looks.
PATH=$PATH:/usr/sbin:/sbin
# Where `make install` puts them, or where they are built.
PROGRAMS=$root/bin
[ -d "$PROGRAMS" ] || PROGRAMS=$root/build/${BUILD:-release}/bin
unset CHECKPOINT_SAMPLER_DEMO

die() {
	printf '%s\n' "$*" >&2
	exit 1
}

# --- Configuration -------------------------------------------------------------------------------

. "$root/common/stack/demo.sh"

if [ -z "${CONFIG_PATH:-}" ]; then
	if [ -e config.yaml ] || [ -L config.yaml ]; then
		CONFIG_PATH=$PWD/config.yaml
	else
		make_demo
	fi
fi
case $CONFIG_PATH in
/*) ;;
*) CONFIG_PATH=$PWD/$CONFIG_PATH ;;
esac
export CONFIG_PATH PROGRAMS

effective=$("$PROGRAMS/checkpoint-sampler" config) ||
	die "The configuration cannot be used; nothing was started."
port=$(printf '%s\n' "$effective" | sed -n 's/^port: //p')

RUNTIME_DIR=${RUNTIME_DIR:-$root/build/run/$port}
mkdir -p "$RUNTIME_DIR" || exit 1
RUNTIME_DIR=$(cd "$RUNTIME_DIR" && pwd -P)
[ -w "$RUNTIME_DIR" ] ||
	die "$RUNTIME_DIR belongs to another user. Remove it, or choose another RUNTIME_DIR."
export RUNTIME_DIR

# Every process of the stack inherits descriptor 9: the lock is free when the last one is gone.
exec 9>>"$RUNTIME_DIR/lock"
flock -w 2 9 ||
	die "Checkpoint Sampler is already running in $RUNTIME_DIR. Stop it (Ctrl-C) first, or choose another port."

"$PROGRAMS/checkpoint-sampler" check || exit 1
"$PROGRAMS/checkpoint-sampler" render "$root" || exit 1
"$PROGRAMS/checkpoint-sampler" templates "$root" || exit 1
urls=$("$PROGRAMS/checkpoint-sampler" url)
url=$(printf '%s\n' "$urls" | head -n 1)
network_url=$(printf '%s\n' "$urls" | sed -n 2p)

# --- Services ------------------------------------------------------------------------------------

rm -rf "$RUNTIME_DIR/service" "$RUNTIME_DIR/nginx.pid" "$RUNTIME_DIR/nginx.failed"
mkdir -p "$RUNTIME_DIR/log"
SERVICE_DIR=$RUNTIME_DIR/service
export LOGS="${LOGS:-files}"
. "$root/common/stack/services.sh"
add_nginx
add_pools
add_feed
add_worker
[ -z "${CHECKPOINT_SAMPLER_DEMO:-}" ] || add_demo

# The supervisor is in a session of its own: Ctrl-C reaches this script alone, which stops it in order.
supervisor=
start_supervisor() {
	setpriv --pdeathsig TERM setsid s6-svscan "$RUNTIME_DIR/service" &
	supervisor=$!
}

# When the supervisor of all was killed, those of the services live on: they go before it returns,
# after a grace for the requests in work.
stop_orphans() {
	for directory in "$RUNTIME_DIR"/service/*; do
		s6-svc -xd "$directory" 2>/dev/null || :
		s6-svc -x "$directory/log" 2>/dev/null || :
	done
	tries=0
	for directory in "$RUNTIME_DIR"/service/* "$RUNTIME_DIR"/service/*/log; do
		while s6-svok "$directory" && [ "$tries" -lt 100 ]; do
			tries=$((tries + 1))
			sleep 0.1
		done
	done
}

stopping=
request_stop() {
	stopping=yes
	[ -z "$supervisor" ] || kill -TERM "$supervisor" 2>/dev/null || :
}
trap request_stop INT TERM HUP

# Waits until the supervisor has ended, however many signals come meanwhile.
wait_for_supervisor() {
	while kill -0 "$supervisor" 2>/dev/null; do
		wait "$supervisor" || :
	done
}

stop_with() {
	request_stop
	wait_for_supervisor
	die "$*"
}

ask() {
	curl --silent --noproxy '*' --max-time 2 "$@"
}

# Nothing is 502 any more: each pool that the health does not pass through answers, if only that there
# is no such picture.
have_pools_begun() {
	for path in presets sample-jobs workflows previews/256/none.png; do
		case $(ask --output /dev/null --write-out '%{http_code}' "$url/api/$path") in
		2?? | 4??) ;;
		*) return 1 ;;
		esac
	done
}

is_healthy() {
	[ -s "$RUNTIME_DIR/nginx.pid" ] && ask --fail "$url/health" | grep -q '"feed":"ok"' && have_pools_begun
}

wait_until_ready() {
	tries=0
	while [ -z "$stopping" ] && ! is_healthy; do
		if [ -e "$RUNTIME_DIR/nginx.failed" ]; then
			[ "$LOGS" = inherited ] || tail -n 3 "$RUNTIME_DIR/log/nginx/current" >&2 || :
			stop_with "The web server cannot start, for the reason above. Is port $port taken?"
		fi
		tries=$((tries + 1))
		if [ "$tries" -eq 60 ]; then
			echo "It is not well yet: $url/health and $RUNTIME_DIR/log say why." >&2
			return
		fi
		sleep 0.1
	done
}

greet() {
	printf '\nCheckpoint Sampler is running: %s%s\n' "$url" "${network_url:+  (and $network_url)}"
	if [ -n "${CHECKPOINT_SAMPLER_DEMO:-}" ]; then
		echo "It shows demonstration data, and ComfyUI is simulated. For your own: cp config.example.yaml config.yaml, edit it, make run."
	fi
	[ "$LOGS" = inherited ] || printf 'Ctrl-C stops it. Logs: %s\n\n' "$RUNTIME_DIR/log"
}

start_supervisor
echo $$ >"$RUNTIME_DIR/pid"
wait_until_ready
if [ -z "$stopping" ] && [ -n "${CHECKPOINT_SAMPLER_DEMO:-}" ]; then
	wait_for_simulation
	add_demo_preset
fi
[ -n "$stopping" ] || greet
while :; do
	wait_for_supervisor
	[ -z "$stopping" ] || break
	echo "The supervisor was killed; starting again." >&2
	stop_orphans
	[ -n "$stopping" ] || start_supervisor
done
rm -f "$RUNTIME_DIR/pid"
exit 0
}
