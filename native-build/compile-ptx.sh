#!/usr/bin/env bash
# Compiles one source to PTX: compile-ptx.sh VERSION SOURCE OUTPUT KEPT ATTEMPTS COMMAND ..., where COMMAND is nvcc with its flags.
#
# nvcc's choice of moves and register names (never the arithmetic) depends on the addresses its data happens to get: on address
# randomisation, how its threads interleave, the length of paths and of the environment, the names of its temporary files. All of
# that is fixed here. Where it doesn't give the file KEPT (a system that forbids it, or lays out memory another way), up to
# ATTEMPTS - 1 runs follow, every other one with random addresses.
#
# The comments at the top name the compiler's build; all else is the program. nvcc names functions with internal linkage after
# the folder it runs in; the name is made the same everywhere. Its hints on which bytes of a load are used need a newer PTX
# version than all else, and are left out.
set -euo pipefail

version=$1 source=$2 output=$3 kept=$4 attempts=$5
shift 5

folder=$(mktemp -d /tmp/bitlift-ptx.XXXXXXXX)
trap 'rm -rf "$folder"' EXIT
cp "$(dirname "$source")"/*.cu{,h} "$folder"
cd "$folder"

first_cpu=$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')
fixed=(setarch -R taskset -c "$first_cpu")
"${fixed[@]}" true 2> /dev/null || fixed=()
for ((attempt = 1; attempt <= attempts; attempt++)); do
  layout=("${fixed[@]}")
  ((attempt % 2)) || layout=()
  env -i PATH="$PATH" LC_ALL=C "${layout[@]}" "$@" --keep --keep-dir "$folder" -ptx -o raw "$(basename "$source")"
  sed -e '/^\/\//d' -e '/^[[:space:]]*\.pragma "used_bytes_mask/d' -e "s/^\.version .*/.version $version/" \
    -e 's/_INTERNAL_[0-9a-f]*_/_INTERNAL_00000000_/g' raw > "$attempt.ptx"
  if cmp -s "$attempt.ptx" "$kept"; then
    break
  fi
done
mkdir -p "$(dirname "$output")"
cp "$([ -e "$attempt.ptx" ] && echo "$attempt" || echo 1).ptx" "$output"
