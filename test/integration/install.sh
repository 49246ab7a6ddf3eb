#!/usr/bin/env bash
# Installs the real servers that the integration tests run against, where this machine lets us: Debian with root.
# Elsewhere it says what is missing; the tests that need it are then skipped loudly, and fail in CI.
set -euo pipefail
packages=(prometheus prometheus-alertmanager prometheus-node-exporter nginx-light redis-server
  prometheus-redis-exporter prometheus-nginx-exporter chromium
  postgresql prometheus-postgres-exporter nftables iproute2 e2fsprogs
  systemd openjdk-17-jre-headless maven kcat rsyslog rsyslog-kafka rsyslog-elasticsearch)
services=${FORESHOCK_SERVICES:-/var/tmp/foreshock-services}
# Servers that come as jars; root's home would be closed to the user that Elasticsearch runs as.
fetch_jars() {
  for server in kafka elasticsearch; do
    bash "$(dirname "$0")/services/$server.sh" "$services" || echo "NOT INSTALLED: $server" >&2
  done
}
# The reference server of TAXII 2.1, a package of Python.
fetch_taxii() { bash "$(dirname "$0")/services/taxii.sh" "$services" || echo "NOT INSTALLED: taxii" >&2; }
# Tools that Debian does not have, built from their sources.
build_tools() {
  command -v helm >/dev/null || build helm helm.sh/helm/v3/cmd/helm@v3.22.0
  command -v kubectl >/dev/null || command -v kustomize >/dev/null || build kustomize sigs.k8s.io/kustomize/kustomize/v5@v5.8.1
}
build() {
  echo "building $1" >&2
  GOBIN=/usr/local/bin go install "$2" 2>/dev/null || echo "NOT INSTALLED (needs Go and root): $1" >&2
}
finish() { fetch_jars; fetch_taxii; build_tools; }
trap finish EXIT
missing=()
for package in "${packages[@]}"; do
  dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
[ ${#missing[@]} = 0 ] && exit 0
if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
  echo "NOT INSTALLED (needs Debian and root): ${missing[*]}" >&2
  exit 0
fi
# No daemon may start by itself: the tests start their own on loopback.
restore=
if [ ! -e /usr/sbin/policy-rc.d ]; then
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod 755 /usr/sbin/policy-rc.d
  restore=yes
fi
export DEBIAN_FRONTEND=noninteractive
echo "installing ${missing[*]}" >&2
apt-get update -q >/dev/null
apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null
[ -z "$restore" ] || rm -f /usr/sbin/policy-rc.d
