#!/bin/sh
# embed.sh FILE.sql... > migrations.c
# Writes the migrations as C for store/migrations.h. Files are named NNNN_name.sql and come in order,
# without a gap, from 0001 on; anything else is refused.
set -eu
version=0
rows=
echo '/* Made by common/store/embed.sh from migrations/. */'
echo '#include "store/migrations.h"'
for file; do
	name=${file##*/}
	version=$((version + 1))
	if [ "${name%%_*}" != "$(printf '%04d' "$version")" ]; then
		echo "embed.sh: $file: expected a file named $(printf '%04d' "$version")_….sql" >&2
		exit 1
	fi
	# As bytes: a string literal has a length that every compiler must take, a migration has not.
	printf '\nstatic const char SQL_%d[] = {\n' "$version"
	od -An -v -tu1 "$file" | sed 's/ *\([0-9][0-9]*\)/\1,/g'
	printf '0};\n'
	rows="$rows	{$version, \"$name\", SQL_$version},
"
done
printf '\nconst struct store_migration store_migrations[] = {\n%s};\n' "$rows"
printf 'const size_t store_migration_count = %d;\n' "$version"
