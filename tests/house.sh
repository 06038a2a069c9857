#!/bin/sh
# The house's own rules, checked as text (docs/architecture.md, "Rooms"). Prints each breach, exits 1.
set -u
cd "$(dirname "$0")/.." || exit 2
status=0
breach() { printf '%s\n' "$*" >&2; status=1; }

# Arrows go one way: a room includes only the rooms named for it (and itself).
may_include() {
	case $1 in
	base) echo "base" ;;
	config) echo "config base" ;;
	naming) echo "naming base" ;;
	http) echo "http base" ;;
	library) echo "library config naming base" ;;
	store) echo "store config naming base" ;;
	comfyui) echo "comfyui config naming base" ;;
	stack) echo "stack store config base" ;;
	esac
}
for file in common/*/*.c common/*/*.h; do
	room=$(basename "$(dirname "$file")")
	allowed=$(may_include "$room")
	[ -n "$allowed" ] || breach "$file: common/$room is no room of docs/architecture.md"
	for other in $(sed -n 's/^#include "\([a-z]*\)\/.*/\1/p' "$file" | sort -u); do
		case " $allowed " in
		*" $other "*) ;;
		*) breach "$file: common/$room must not include $other/" ;;
		esac
	done
done

# The worker knows all rooms but http, and nobody knows the worker.
for file in worker/*.[ch]; do
	if grep -n '^#include "http/' "$file" >&2; then
		breach "$file: worker must not include http/"
	fi
done
if grep -nE '^#include "(\.\./)?worker/' common/*/*.[ch] cgi/*.[ch] >&2; then
	breach "worker/ is included from outside"
fi

# Within a room, too, arrows go one way: no files include each other's headers in a circle, and no
# headers each other. (That connection.h has its types from store.h, and store.c uses connection.h,
# is none.)
includes() {
	for file in "$@"; do
		directory=$(dirname "$file")
		unit=${file#common/}
		sed -n 's/^#include "\(.*\)\.h"$/\1/p' "$file" | while read -r other; do
			case $other in
			*/*) ;;
			*) other=$directory/$other ;;
			esac
			[ "${unit%.*}" = "$other" ] || echo "${unit%.*} $other"
		done
	done
}
no_circle() {
	circle=$(includes "$@" | tsort 2>&1 >/dev/null) ||
		breach "a circle of includes:" $(printf '%s\n' "$circle" | sed 's/^tsort: //; s/^-: .*/|/')
}
no_circle common/*/*.c cgi/*.c worker/*.c
no_circle common/*/*.h cgi/*.h worker/*.h

# One file includes each foreign header.
for header in sqlite3.h json-c/ yaml.h png.h jpeglib.h webp/decode.h webp/encode.h zimg.h zlib.h libdeflate.h \
	fcgiapp.h curl/ libwebsockets.h; do
	files=$(grep -lE "^#include <$header" common/*/*.[ch] cgi/*.c worker/*.[ch] | tr '\n' ' ')
	[ "$(printf '%s' "$files" | wc -w)" -le 1 ] || breach "<$header> is included by several files: $files"
done

# What has a bounded or clearer replacement, and files that hold more than one thing.
banned='\b(sprintf|strcpy|strcat|strtok|gets|atoi|atol|gmtime|localtime|system|popen|alloca)\('
for file in $(git ls-files 'common/*.[ch]' 'cgi/*.[ch]' 'worker/*.[ch]'); do
	if grep -nE "$banned" "$file" >&2; then
		breach "$file: has a bounded replacement"
	fi
	lines=$(wc -l <"$file")
	[ "$lines" -le 600 ] || breach "$file: $lines lines; a file is one thing, of at most 600"
done

# SQL lives in the store alone.
if grep -nE '"(SELECT|INSERT INTO|UPDATE [a-z_]+ SET|DELETE FROM) ' $(git ls-files 'common/*.c' 'cgi/*.c' 'worker/*.c' | grep -v '^common/store/') /dev/null >&2; then
	breach "SQL outside common/store"
fi
exit $status
