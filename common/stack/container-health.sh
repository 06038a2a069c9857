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

# Every pool answers; the catalog also that it can read the database.
check_api() {
	for service in /tmp/service/*/; do
		name=$(basename "$service")
		answer=$(REQUEST_METHOD=GET REQUEST_URI=/health timeout 4 cgi-fcgi -bind -connect "$name.sock")
		case $name:$answer in
		catalog:*'"database":"ok"'*) ;;
		catalog:* | *:) fail "$name: ${answer:-no answer}" ;;
		esac
	done
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

# The worker moves, whether it has work or not.
check_worker() {
	sh /opt/checkpoint-sampler/common/stack/container.sh checkpoint-sampler worker
}

case ${1:-} in
nginx | api | feed | worker) "check_$1" ;;
*) fail "usage: container-health.sh nginx|api|feed|worker" ;;
esac
