#!/usr/bin/env bash
# Turns what "ptxas -v" says into lines of a table: kernel, registers, stack frame, spilled bytes.
set -euo pipefail
awk '
  /Function properties for/ { kernel = $NF; stack = $0 }
  /Compiling entry function/ { split($0, part, "\047"); entry = part[2] }
  /bytes stack frame/ { for (i = 1; i <= NF; i++) { if ($i == "stack") frame = $(i - 2); if ($i == "spill" && $(i + 1) == "stores,") spill = $(i - 2) } }
  /Used [0-9]+ registers/ { for (i = 1; i <= NF; i++) if ($i == "Used") printf "| %s | %d | %d | %d |\n", entry, $(i + 1), frame, spill }
'
