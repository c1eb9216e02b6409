#!/bin/sh
# Runs one throw-away PostgreSQL: prints its URL on standard output, and stops and removes
# it when standard input ends, which happens however its user ends.
set -eu
trap '' INT TERM HUP

bin=
for dir in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5 -nr) $(echo "$PATH" | tr : ' '); do
	if [ -x "$dir/initdb" ] && [ -x "$dir/pg_ctl" ]; then bin=$dir; break; fi
done
if [ -z "$bin" ]; then
	echo "PostgreSQL is not installed: run 'apt-get install postgresql', or set AMEND_TEST_POSTGRES to the URL of a server" >&2
	exit 1
fi

# The server refuses to run as root.
as() { "$@"; }
if [ "$(id -u)" = 0 ]; then as() { runuser -u postgres -- "$@"; }; fi

cd /
home=$(as mktemp -d /tmp/amend-postgres.XXXXXX)
finish() {
	as "$bin/pg_ctl" -D "$home/data" -m immediate -w stop >/dev/null 2>&1 || true
	rm -rf "$home"
}
trap finish EXIT

said=$(as "$bin/initdb" -D "$home/data" -U postgres -A trust -E UTF8 --locale=C --no-sync 2>&1 </dev/null) || {
	echo "$said" >&2
	exit 1
}
as "$bin/pg_ctl" -D "$home/data" -w -l "$home/server.log" -o \
	"-c listen_addresses='' -c unix_socket_directories='$home' -c max_connections=200 -c fsync=on" \
	start >/dev/null 2>&1 </dev/null || {
	cat "$home/server.log" >&2
	exit 1
}
echo "postgres://postgres@/postgres?host=$home"
exec >&- 2>/dev/null
cat >/dev/null
