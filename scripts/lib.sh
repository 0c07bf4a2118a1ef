# shellcheck shell=bash
# shellcheck disable=SC2034  # the variables are for the scripts that source this
# What all scripts share: places, messages, root rights. Sourced, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
scripts=$root/scripts
work=$root/.work          # everything that is made lives here; `make clean` removes it
logs=$work/log
venv=$work/venv
python=$venv/bin/python
conf=$work/odoo.conf
data=$work/data
languages=en_US,zh_CN     # the first becomes the language of new users
others=sale_stock,sale_management,sale_loyalty,sale_margin,sale_crm,delivery,pos_sale # what our glue add-ons are tested beside

say() { printf '%s\n' "$*"; }

die() {
    printf 'error: %s\n' "$1" >&2
    shift
    [ $# -eq 0 ] || printf '       %s\n' "$@" >&2
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif have sudo; then
        sudo "$@"
    else
        die "this needs root rights, and sudo is not installed: $*"
    fi
}

# Sleeping without a child process: one that outlives Ctrl-C would keep the terminal's pipe open.
pause() { read -rt "$1" <> <(:) || true; }

heartbeat() { # WHAT PID: a sign of life now and then, as long as the script PID lives
    local seconds=0
    while pause 20 && kill -0 "$2" 2>/dev/null; do
        seconds=$((seconds + 20))
        printf '  ... %s: %s s so far\n' "$1" "$seconds"
    done
}

heartbeat_pid=
stop_heartbeat() {
    [ -z "$heartbeat_pid" ] || kill "$heartbeat_pid" 2>/dev/null || true
    [ -z "$heartbeat_pid" ] || wait "$heartbeat_pid" 2>/dev/null || true
    heartbeat_pid=
}
trap stop_heartbeat EXIT

# step WHAT LOG COMMAND...: run one command with its output in .work/log/LOG.log, and say how long it took.
step() {
    local what=$1 log=$logs/$2.log start=$SECONDS rc=0
    shift 2
    mkdir -p "$logs"
    heartbeat "$what" $$ </dev/null &
    heartbeat_pid=$!
    "$@" >"$log" 2>&1 </dev/null || rc=$?
    stop_heartbeat
    if [ "$rc" -ne 0 ]; then
        printf '%s: failed after %s s; the end of %s:\n' "$what" $((SECONDS - start)) "$log" >&2
        tail -n 25 "$log" | sed 's/^/  | /' >&2
        return "$rc"
    fi
    printf '%s: %s s\n' "$what" $((SECONDS - start))
}

# need COMMAND PACKAGE [COMMAND PACKAGE...]: Debian packages for the commands that are missing. A "command" with
# a slash is a file.
need() {
    local missing=()
    while [ $# -gt 0 ]; do
        case $1 in
            */*) [ -e "$1" ] || missing+=("$2") ;;
            *) have "$1" || missing+=("$2") ;;
        esac
        shift 2
    done
    [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
}

install_packages() {
    have apt-get || die "please install these packages, this system has no apt-get: $*"
    step "package lists" apt-update as_root apt-get -q update
    step "install $*" "apt-$1" as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -qy install --no-install-recommends "$@"
}

offers() { [ -n "$(apt-cache madison "$1" 2>/dev/null)" ]; }

# What both commands can use of the system, beyond what setup needs.
need_for_documents() {
    need /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc fonts-noto-cjk
    if ! have wkhtmltopdf; then # Debian 12 has it, Debian 13 does not any more
        offers bash || step "package lists" apt-update as_root apt-get -q update
        if offers wkhtmltopdf; then
            install_packages wkhtmltopdf
        else
            say "This system offers no package wkhtmltopdf: Odoo will show documents as web pages instead of PDF."
        fi
    fi
}

# stamp_is FILE TEXT: has a step been done with exactly these inputs?
stamp_is() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

checksum() { cat "$@" | sha256sum | cut -d' ' -f1; }

source_checksum() { # of our add-ons
    (cd "$root" && find channel_rebate* -type f ! -name '*.pyc' -print0 | sort -z | xargs -0 sha256sum) | checksum -
}

# Long-running processes leave their number and tree, so that `make clean` can stop them and nobody else's.
record_pid() { # PID
    export CHANNEL_REBATE_ROOT=$root
    mkdir -p "$work/pids"
    : >"$work/pids/$1"
}

process_root() { [ ! -r "/proc/$1/environ" ] || tr "\0" "\n" <"/proc/$1/environ" | sed -n "s/^CHANNEL_REBATE_ROOT=//p"; }

# Where Odoo's Python package is, and which folders hold its add-ons.
if [ -n "${ODOO_SOURCE:-}" ]; then
    odoo_path=$(cd "$ODOO_SOURCE" 2>/dev/null && pwd -P) || die "ODOO_SOURCE=$ODOO_SOURCE is not a folder"
    odoo_addons=$odoo_path/odoo/addons
    [ ! -d "$odoo_path/addons" ] || odoo_addons=$odoo_addons,$odoo_path/addons
else
    odoo_path=$work/odoo/usr/lib/python3/dist-packages
    odoo_addons=$odoo_path/odoo/addons
fi
