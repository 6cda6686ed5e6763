#!/bin/sh
# Sees to a Java that Spark runs on: finds one, or installs it where apt-get and root are there.
# $1 is the Python that has lakegloss installed; it knows where Java is looked for.
set -eu
python=${1:?usage: java.sh PYTHON}

found() {
    "$python" - "$@" <<'END'
import sys

from lakegloss.errors import EnvironmentNotReadyError
from lakegloss.lakehouse.session.java import require_java

try:
    require_java()
except EnvironmentNotReadyError as error:
    sys.exit(str(error))
END
}

if found 2>/dev/null; then
    exit 0
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    found
    exit 1
fi
echo "      no Java that Spark runs on: installing one with apt-get (1 to 3 minutes)"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
for package in openjdk-17-jre-headless openjdk-21-jre-headless; do
    if apt-get install -y -qq --no-install-recommends "$package" >/dev/null 2>&1; then
        break
    fi
done
found
