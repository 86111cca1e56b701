#!/usr/bin/env bash
# Compares all bits of the CPU backend in every Java version, at every level of instructions and with 1 to 4 threads, and prints
# a table. The levels without a fused multiply-add take hours.
#   validation/every-level.sh                        every level of -XX:UseAVX that this machine has
#   LEVELS="2 3" THREADS="1 4" validation/every-level.sh   some of them
# Exit code 1 if one bit differs.
set -euo pipefail

home="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)"
threads="${THREADS:-1 2 3 4}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
failed=0

# Folders of all JDKs of at least version 17 with the Vector API, each version once.
jdks() {
  local candidate version seen=" "
  for candidate in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
    [ -x "$candidate/bin/javac" ] && [ -r "$candidate/release" ] || continue
    version="$(sed -n 's/^JAVA_VERSION="\(.*\)"/\1/p' "$candidate/release")"
    [ "${version%%[!0-9]*}" -ge 17 ] || continue
    [ -e "$candidate/jmods/jdk.incubator.vector.jmod" ] || grep -q 'jdk\.incubator\.vector' "$candidate/release" || continue
    case "$seen" in *" $version "*) continue ;; esac
    seen="$seen$version "
    echo "$candidate"
  done
}

# The levels that a JDK has on this machine; a dash where Java has none.
levels() {
  local most
  most="$("$1/bin/java" -XX:+IgnoreUnrecognizedVMOptions -XX:UseAVX=3 -XX:+PrintFlagsFinal -version 2>/dev/null \
    | sed -n 's/.* UseAVX *= *\([0-9]*\) .*/\1/p')"
  if [ -z "$most" ]; then
    echo "-"
  elif [ -n "${LEVELS:-}" ]; then
    echo "$LEVELS" | tr ' ' '\n' | awk -v most="$most" '$1 <= most'
  else
    seq 0 "$most"
  fi
}

bitlift() {
  "$home/bitlift" "$@" 2>"$work/err" || { cat "$work/err" >&2; return 1; }
}

# Numbers compared and numbers that differ, by bitlift verify's own account.
verify() {
  bitlift verify --quiet --backend cpu --threads "$1" --repeat 1 >"$work/verify" || true
  awk '$1 == "all" { print $3, $4; found = 1 } END { if (!found) print "0 failed" }' "$work/verify"
}

# How many of the kept digests come out, and how many there are.
digests() {
  local same=0 all=0 digest options
  while read -r digest options <&4; do
    case "$digest" in ''|'#'*) continue ;; esac
    all=$((all + 1))
    # The options are words without blanks.
    # shellcheck disable=SC2086
    bitlift train --quiet --overwrite $options --backend cpu --threads "$1" --out "$work/run" --json "$work/report" \
      >"$work/out" || continue
    grep -q "\"digest\" *: *\"$digest\"" "$work/report" && same=$((same + 1))
  done 4<"$home/validation/golden/training.sha256"
  echo "$same $all"
}

row() {
  local compared differing same all
  read -r compared differing <<<"$(verify "$3")"
  read -r same all <<<"$(digests "$3")"
  printf '%-10s %6s %7s %12s %9s %7s of %s\n' "$1" "$2" "$3" "$compared" "$differing" "$same" "$all"
  if [ "$differing" != 0 ] || [ "$same" != "$all" ]; then
    failed=1
  fi
}

printf '%-10s %6s %7s %12s %9s %s\n' Java UseAVX threads numbers differing digests
for jdk in $(jdks); do
  version="$(sed -n 's/^JAVA_VERSION="\(.*\)"/\1/p' "$jdk/release")"
  for level in $(levels "$jdk"); do
    export JAVA_HOME="$jdk" BITLIFT_JAVA_OPTS=""
    [ "$level" = "-" ] || BITLIFT_JAVA_OPTS="-XX:UseAVX=$level"
    for count in $threads; do
      row "$version" "$level" "$count"
    done
  done
done
exit "$failed"
