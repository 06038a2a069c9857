#!/bin/sh
# Installs the Debian packages that are missing, and says which and why.
#
#   deps.sh build   what it takes to compile the programs
#   deps.sh run     that, and what it takes to build the web app and to run
#   deps.sh test    that too, and what the tests and the linters take
#   deps.sh bench   that, and what the product is measured against
#
# Works as root or with sudo; without either it prints the command to type and ends with status 1.
set -eu

build="gcc libc6-dev make"
libraries="libfcgi-dev libsqlite3-dev libjson-c-dev libyaml-dev libpng-dev zlib1g-dev libdeflate-dev"
libraries="$libraries libjpeg62-turbo-dev libwebp-dev libzimg-dev libcurl4-openssl-dev"
libraries="$libraries libwebsockets-dev"
services="spawn-fcgi multiwatch s6 websocketd curl ca-certificates"
simulation="python3-aiohttp python3-pil fonts-dejavu-core"
tests="libcmocka-dev libfaketime procps chromium wrk openssl"
measures="libvips-tools"
checks="clang clang-format clang-tidy cppcheck libclang-rt-14-dev"

die() {
	printf '%s\n' "$*" >&2
	exit 1
}

case ${1:-} in
build) wanted="$build $libraries" ;;
run) wanted="$build $libraries $services $simulation" ;;
test) wanted="$build $libraries $services $simulation $tests $checks" ;;
bench) wanted="$build $libraries $services $simulation $tests $checks $measures" ;;
*) die "usage: deps.sh build|run|test|bench" ;;
esac

PATH=$PATH:/usr/sbin:/sbin

# Any flavour of nginx, and any npm, from wherever they came.
if [ "$1" != build ]; then
	command -v nginx >/dev/null || wanted="$wanted nginx-light"
	command -v npm >/dev/null || wanted="$wanted nodejs npm"
fi

command -v dpkg-query >/dev/null || command -v apt-get >/dev/null ||
	die "Checkpoint Sampler runs on Debian 12; elsewhere, install what these Debian packages hold: $wanted"

# Word splitting is meant: package names have no spaces.
# shellcheck disable=SC2086
installed=$(dpkg-query --show --showformat '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null |
	sed -n 's/^installed //p') || :
missing=
for package in $wanted; do
	case "
$installed
" in
	*"
$package
"*) ;;
	*) missing="$missing $package" ;;
	esac
done
missing=${missing# }
[ -n "$missing" ] || exit 0

command="apt-get install -y --no-install-recommends $missing"

give_command() {
	printf '%s\n\n    %s\n\n' "$1" "apt-get update && $command" >&2
	exit 1
}

if [ "$(id -u)" -eq 0 ]; then
	as_root=
elif ! command -v sudo >/dev/null; then
	give_command "Debian packages are missing. Type this as root, then make again:"
elif sudo -n true 2>/dev/null || [ -t 0 ]; then
	as_root=sudo
else
	give_command "Debian packages are missing, and sudo wants a password. Type this as root, then make again:"
fi

describe() {
	for package in $missing; do
		case " $2 " in
		*" $package "*) printf '  %-20s %s\n' "$package" "$1" ;;
		esac
	done
}
echo "Installing Debian packages:"
describe "to compile the programs" "$build"
describe "a library of the programs" "$libraries"
describe "the web server" "nginx-light"
describe "to start and watch over the programs" "$services"
describe "to simulate ComfyUI in the demonstration" "$simulation"
describe "to build the web app" "nodejs npm"
describe "to test" "$tests"
describe "to check and format the code" "$checks"
describe "to measure against" "$measures"

# A package that brings a service starts it (nginx would take port 80). dpkg finds these two first,
# which start nothing; of all this nothing remains afterwards.
shims=$(mktemp -d)
trap 'rm -rf "$shims"' EXIT
trap 'exit 1' INT TERM HUP
for name in invoke-rc.d deb-systemd-invoke; do
	printf '#!/bin/sh\nexit 0\n' >"$shims/$name"
	chmod 755 "$shims/$name"
done
chmod 755 "$shims"

# shellcheck disable=SC2086
install_packages() {
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
		-o DPkg::Path="$shims:/usr/sbin:/usr/bin:/sbin:/bin" -o Dpkg::Use-Pty=0 $missing \
		>"$shims/log" 2>&1
}

update_lists() {
	$as_root apt-get update -qq >"$shims/log" 2>&1
}

fail() {
	tail -n 20 "$shims/log" >&2
	give_command "$1 Once that is mended, or as root:"
}

set -- /var/lib/apt/lists/*_Packages*
if [ ! -e "$1" ]; then
	update_lists || fail "apt-get update failed."
fi
# Lists that are out of date name files that are gone: then once more with new ones.
install_packages || { update_lists && install_packages; } || fail "apt-get install failed."

case " $missing " in
*" nginx-light "*)
	# Ours is started by the stack; the package's own stays off after the next boot, too.
	$as_root update-rc.d nginx disable >/dev/null 2>&1 || :
	;;
esac
