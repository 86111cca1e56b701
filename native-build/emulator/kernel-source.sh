#!/bin/sh
# Turns one preprocessed .cu file (standard input) into C++ (standard output): shared memory becomes static or a pointer to
# the launch's dynamic shared memory, and a registration of every `extern "C" __global__` kernel is appended. A __global__
# function that it can't register is an error. With the argument `checked`, shared variables lie between guards.
set -eu
source=$(mktemp)
kernels=$(mktemp)
trap 'rm -f "$source" "$kernels"' EXIT
cat > "$source"
arguments='\(([^()]|\([^()]*\))*\)'

if [ "${1:-}" = checked ]; then
    shared='s/bitlift_shared_marker +([^;]*[^A-Za-z0-9_;])([A-Za-z_][A-Za-z0-9_]*) *((\[[^;]*\])*) *;/typedef \1 bitlift_type_\2 \3; static bitlift_emulator::Guarded<bitlift_type_\2> bitlift_guarded_\2; [[maybe_unused]] static const bitlift_emulator::Announced bitlift_known_\2(bitlift_guarded_\2, "\2"); auto\& \2 = bitlift_guarded_\2.variable;/g'
else
    shared='s/bitlift_shared_marker/static/g'
fi

sed -E \
    -e 's/extern +bitlift_shared_marker +([^;]*[^A-Za-z0-9_])([A-Za-z_][A-Za-z0-9_]*) *\[ *\] *;/\1* \2 = static_cast<decltype(\2)>(bitlift_emulator::bitlift_emulator_dynamic_shared());/g' \
    -e "$shared" \
    -e "s/bitlift_bounds_marker *$arguments//g" \
    -e 's/bitlift_kernel_marker/__attribute__((noinline))/g' \
    "$source"

{ grep -v '^#' "$source" || true; } | tr '\n' ' ' \
    | { grep -oE "extern +\"C\" +bitlift_kernel_marker[^;{(]*(bitlift_bounds_marker *$arguments)?[^;{(]*\(" || true; } > "$kernels"

written=$(grep -v '^#' "$source" | grep -o bitlift_kernel_marker | wc -l)
found=$(wc -l < "$kernels")
if [ "$written" -ne "$found" ]; then
    file=$(sed -nE 's/^# 1 "(.*\.cu)".*/\1/p' "$source" | head -n 1)
    echo "$file: error: $written __global__ functions, but $found of the form extern \"C\" __global__ void name(...)" >&2
    exit 1
fi

sed -E \
    -e "s/.*bitlift_bounds_marker *($arguments) *([A-Za-z0-9_]+) *\($/\3 \1/" \
    -e 's/.*[ *]([A-Za-z0-9_]+) *\($/\1 ()/' \
    "$kernels" \
    | sort -u \
    | while read -r name bounds; do
        echo "static const bitlift_emulator::Registered<&$name> bitlift_registered_$name(\"$name\", bitlift_emulator::launch_bounds$bounds);"
    done
