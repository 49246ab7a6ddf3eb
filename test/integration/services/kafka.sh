#!/usr/bin/env bash
# Fetches Apache Kafka's jars from Maven Central into the folder named by the first argument; nothing happens when they are there.
set -euo pipefail
version=3.9.1
jars=$1/kafka-$version
[ -e "$jars/.complete" ] && exit 0
mkdir -p "$jars"
cat >"$jars/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>foreshock.test</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$version</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
POM
mvn -B -q -f "$jars/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
  -DoutputDirectory="$jars" -DincludeScope=runtime
rm -f "$jars"/slf4j-reload4j*
touch "$jars/.complete"
