#!/usr/bin/env bash
# Installs medallion, the reference server of TAXII 2.1, into a virtual environment in the folder named by the first
# argument; nothing happens when it is there.
set -euo pipefail
version=3.0.0
home=$1/medallion-$version
[ -e "$home/.complete" ] && exit 0
python3 -m venv "$home"
"$home/bin/pip" install --quiet --disable-pip-version-check "medallion==$version"
touch "$home/.complete"
