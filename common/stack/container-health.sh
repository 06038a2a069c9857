#!/bin/sh
# Whether a container does its work: container-health.sh nginx|api|feed|worker. Says why not, with status 1.
set -u
cd "${RUNTIME_DIR:?}" || exit 1

fail() {
	printf '%s\n' "$*"
	exit 1
}

# The way of every request: nginx, a FastCGI process, the database.
check_nginx() {
	curl --silent --show-error --fail --noproxy '*' --max-time 4 http://127.0.0.1:8080/health
}

# ask_pool NAME: it answers; the catalog also that it can read the database. Pools that decode, wait for
# ComfyUI or look through directories may all be at work: then it counts that somebody listens.
ask_pool() {
	answer=$(REQUEST_METHOD=GET REQUEST_URI=/health timeout 4 cgi-fcgi -bind -connect "$1.sock" 2>&1)
	case $1:$?:$answer in
	catalog:0:*'"database":"ok"'*) ;;
	presets:0:Status:* | previews:0:Status:* | comfyui:0:Status:* | jobs:0:Status:*) ;;
	previews:124:* | comfyui:124:* | jobs:124:*) ;;
	*) fail "$1: ${answer:-no answer}" ;;
	esac
}

check_api() {
	asked=
	for service in "${SERVICE_DIR:-/tmp/service}"/*/; do
		ask_pool "$(basename "$service")" &
		asked="$asked $!"
	done
	status=0
	for pid in $asked; do
		wait "$pid" || status=1
	done
	return $status
}

# How the watcher is, on a browser's way: through websocketd and a feed. It is not made to watch by that. 429:
# as many browsers are served as may be.
check_feed() {
	answer=$(curl --silent --include --no-buffer --http1.1 --max-time 4 --unix-socket feed.sock 'http://feed/?check' \
		--header 'Connection: Upgrade' --header 'Upgrade: websocket' --header 'Origin: http://feed.invalid' \
		--header 'Sec-WebSocket-Version: 13' --header 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==' |
		tr -d '\000')
	case $answer in
	*'"watcher":"away"'*) fail "the watcher is not running" ;;
	*'"watcher":"busy"'*) fail "the watcher does not answer" ;;
	*'"watcher":"'* | 'HTTP/1.1 429 '*) ;;
	*) fail "the feed does not answer" ;;
	esac
}

# The worker moves, whether it has work or not, and finds the directories that it works on.
check_worker() {
	sh /opt/checkpoint-sampler/common/stack/container.sh checkpoint-sampler worker
}

case ${1:-} in
nginx | api | feed | worker) "check_$1" ;;
*) fail "usage: container-health.sh nginx|api|feed|worker" ;;
esac
