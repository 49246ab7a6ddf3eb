#!/usr/bin/env bash
# Fetches Elasticsearch from Maven Central (the server as its own integration tests run it) into the folder named by the
# first argument; nothing happens when it is there.
set -euo pipefail
version=8.19.21
home=$1/elasticsearch-$version
[ -e "$home/.complete" ] && exit 0
mkdir -p "$1"
cd "$1"
mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.6.1:unpack -DoutputDirectory="$1" \
  -Dartifact=org.elasticsearch.distribution.integ-test-zip:elasticsearch:$version:zip
rmdir "$1/\${project.basedir}" 2>/dev/null || true # the plugin leaves it behind
chmod +x "$home"/bin/*
touch "$home/.complete"
