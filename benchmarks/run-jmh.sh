#!/usr/bin/env bash
# Runs JMH; the arguments are JMH's own:
#   benchmarks/run-jmh.sh TrainingStep -prof gc
set -euo pipefail
cd "$(dirname "$0")/.."
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
mvn -B -q -ntp test-compile dependency:build-classpath -Dmdep.includeScope=test \
    -Dmdep.outputFile="$scratch/classpath" >&2
java --add-modules jdk.incubator.vector -Dbitlift.home="$PWD" \
    -cp "target/test-classes:target/classes:$(cat "$scratch/classpath")" org.openjdk.jmh.Main "$@"
