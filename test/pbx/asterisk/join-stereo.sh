#!/bin/sh
# Run by MixMonitor in the PBX when a stereo recording is finished: puts a WAV header (8 kHz, 16 bit, two channels) on the
# interleaved raw file and moves the result into the folder of recordings in one step.
#   join-stereo RAW WAV
le32() { printf "\\$(printf %03o $(($1 & 255)))\\$(printf %03o $(($1 >> 8 & 255)))\\$(printf %03o $(($1 >> 16 & 255)))\\$(printf %03o $(($1 >> 24 & 255)))"; }
bytes=$(stat -c %s "$1") || exit 1
{
  printf RIFF; le32 $((bytes + 36)); printf 'WAVEfmt '; le32 16
  printf '\001\000\002\000'; le32 8000; le32 32000; printf '\004\000\020\000'
  printf data; le32 "$bytes"; cat "$1"
} >"$1.part" && mv "$1.part" "$2" && rm "$1"
