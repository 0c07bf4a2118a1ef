# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# How to reach the private cluster. Sourced after lib.sh, never run.

cluster=$work/pg
pg_bin=
socket=

find_pg() { # the newest server of version 13 or later
    local candidate
    for candidate in $(find /usr/lib/postgresql -mindepth 1 -maxdepth 1 2>/dev/null | sort -Vr); do
        if [ "${candidate##*/}" -ge 13 ] && [ -x "$candidate/bin/initdb" ]; then
            pg_bin=$candidate/bin
            return
        fi
    done
}

use_cluster() {
    export PGHOST=$socket PGPORT=5432 PGUSER=odoo
    # a person's own settings must not lead elsewhere
    unset PGSERVICE PGHOSTADDR PGPASSWORD PGDATABASE PGOPTIONS PGSSLMODE
}

is_running() {
    [ -n "$pg_bin" ] && [ -n "$socket" ] && "$pg_bin/pg_isready" -q -t 1 -d postgres
}

psql() { "$pg_bin/psql" -XAtq -v ON_ERROR_STOP=1 "$@"; }

find_pg
[ ! -f "$work/socket-folder" ] || socket=$(cat "$work/socket-folder")
use_cluster

# The comment of a database tells what it was made from; it is written last, so that one without is half-made.
db_made_from() {
    psql -v name="$1" postgres <<<"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = :'name'"
}

mark_db() { psql -v name="$1" -v text="$2" postgres <<<"COMMENT ON DATABASE :\"name\" IS :'text'"; }

drop_db() { # with its files
    psql -v name="$1" postgres <<<'DROP DATABASE IF EXISTS :"name" WITH (FORCE)' 2>/dev/null
    rm -rf "${data:?}/filestore/$1"
}

copy_db() { # FROM TO: with its files; they are never changed in place, so hard links will do
    drop_db "$2"
    psql -v from="$1" -v to="$2" postgres <<<'CREATE DATABASE :"to" TEMPLATE :"from"'
    [ ! -d "$data/filestore/$1" ] || cp -al "$data/filestore/$1" "$data/filestore/$2"
}

# What comes before our own add-ons takes most of the time and does not change: it is made once, and copied.
template_name() { # MODULE,...
    case $1 in
        sale) say base_template ;;
        *) say "base_template_$(sha256sum <<<"$1" | cut -c -8)" ;; # names may not be long
    esac
}

need_template() { # MODULE,...
    local name made_from
    name=$(template_name "$1")
    made_from="$1 $languages $odoo_path $(cat "$work/odoo/.stamp" 2>/dev/null || true)"
    [ "$(db_made_from "$name")" != "$made_from" ] || return 0
    drop_db "$name"
    if [ "$1" != sale ]; then # a head start
        need_template sale
        copy_db "$(template_name sale)" "$name"
    fi
    "$scripts/install" "$name" "$1"
    mark_db "$name" "$made_from"
}
