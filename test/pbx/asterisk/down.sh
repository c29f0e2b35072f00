#!/bin/bash
# Ends the Asterisk that up.sh started, by its pid only. --purge also removes the root (680 MB) for a fresh build.
HOME_FOLDER=/tmp/callbook-pbx
PID_FILE=$HOME_FOLDER/run/asterisk.pid
if [ -s "$PID_FILE" ]; then
  pid=$(cat "$PID_FILE")
  # the number may belong to somebody else by now
  ours() { grep -q '(asterisk) [^ZX]' "/proc/$pid/stat" 2>/dev/null && [ "$(readlink "/proc/$pid/root")" = "$HOME_FOLDER/root" ]; }
  ours && kill "$pid" 2>/dev/null
  for _ in $(seq 20); do ours || break; sleep 0.25; done
  ours && kill -9 "$pid" 2>/dev/null
  rm -f "$PID_FILE"
fi
[ "${1:-}" != --purge ] || rm -rf --one-file-system "$HOME_FOLDER/root"
