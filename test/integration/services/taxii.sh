#!/usr/bin/env bash
# Installs medallion, the reference server of TAXII 2.1, into a virtual environment in the folder named by the first
# argument; nothing happens when it is there.
set -euo pipefail
version=3.0.0
home=$1/medallion-$version
[ -e "$home/.complete" ] && exit 0
python3 -m venv "$home"
"$home/bin/pip" install --quiet --disable-pip-version-check "medallion==$version" \
  blinker==1.9.0 click==8.5.1 Flask==3.1.3 Flask-HTTPAuth==4.8.1 itsdangerous==2.2.0 Jinja2==3.1.6 \
  MarkupSafe==3.0.4 pytz==2026.6 six==1.17.0 Werkzeug==3.1.9
touch "$home/.complete"
