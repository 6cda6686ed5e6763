#!/bin/sh
# Makes the virtual environment in the folder $1, with the first Python 3.11 or newer that is found.
set -eu
venv=${1:?usage: venv.sh FOLDER}

suitable() {
    command -v "$1" >/dev/null 2>&1 &&
        "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

python=
for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14 python; do
    if suitable "$candidate"; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "lakegloss needs Python 3.11 or newer; found: $(python3 --version 2>&1 || true)." >&2
    echo "Install one (Debian, Ubuntu: apt-get install python3 python3-venv), or say" >&2
    echo "which: make setup PYTHON=/path/to/python3.12" >&2
    exit 1
fi

# Debian keeps the parts that venv needs in a package of their own.
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    minor=$("$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "      installing $minor-venv with apt-get"
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$minor-venv" >/dev/null
    else
        echo "$python cannot make virtual environments: install the package $minor-venv" >&2
        echo "(Debian, Ubuntu: sudo apt-get install $minor-venv), then run make again." >&2
        exit 1
    fi
fi
"$python" -m venv "$venv"
