#!/bin/bash
# Builds (the first time, about two minutes) and starts Asterisk 22 from Debian's packages in a root of its own under
# /tmp/callbook-pbx. Called by test/pbx/run.ts, or by hand. Touches nothing else on the machine but for installing
# debootstrap if it is missing. Exit code 77: this machine cannot, the last line says why.
#   SUITE=forky MIRROR= ./up.sh [--fresh] [--stock] [--traces]      MIRROR: where this machine's apt gets Debian from, unless given
#   --fresh: without the recordings of earlier runs; --stock: the PBX tells Callbook nothing by marks of the dialplan
#   --traces: it writes CEL and whole CDRs, too, as traces of calls hold them
# All it starts but Asterisk stays in its process group (hence timeout --foreground): ending the group ends a build.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
HOME_FOLDER=/tmp/callbook-pbx
R=$HOME_FOLDER/root
RUN=$HOME_FOLDER/run
SUITE=${SUITE:-forky}
BUILT=$R/.callbook-built

leave_out() { echo "$1"; exit 77; }

alive() {
  local pid
  pid=$(cat "$RUN/asterisk.pid" 2>/dev/null) && [ -n "$pid" ] && grep -q '(asterisk) [^ZX]' "/proc/$pid/stat" 2>/dev/null
}

build() {
  command -v apt-get >/dev/null || leave_out "this machine has no apt"
  # the archive apt is configured with: .../debian, not the security archive nor anybody else's
  local mirror=${MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 2>/dev/null | grep -E '/debian/?$' | sort -u | head -1 || true)}
  [ -n "$mirror" ] || leave_out "apt knows no Debian archive here"
  timeout --foreground 60 /usr/lib/apt/apt-helper download-file "${mirror%/}/dists/$SUITE/Release" "$HOME_FOLDER/Release" >/dev/null 2>&1 \
    || leave_out "the Debian archive $mirror does not answer for $SUITE"
  if ! command -v debootstrap >/dev/null; then
    { timeout --foreground 120 apt-get install -y -q debootstrap || { timeout --foreground 120 apt-get update -q && timeout --foreground 120 apt-get install -y -q debootstrap; }; } \
      >"$HOME_FOLDER/debootstrap-install.log" 2>&1 || leave_out "debootstrap cannot be installed here"
  fi
  # an old debootstrap does not know a newer suite by name: lend it another suite's script
  local scripts=/usr/share/debootstrap/scripts script=
  if ! [ -e "$scripts/$SUITE" ]; then
    for s in trixie sid bookworm; do if [ -e "$scripts/$s" ]; then script=$scripts/$s; break; fi; done
  fi
  rm -rf --one-file-system "$R"
  # debootstrap mounts /proc for a while: in a namespace of its own, so that nothing stays if it is interrupted
  # shellcheck disable=SC2086
  timeout --foreground 600 unshare --mount --propagation private debootstrap --variant=minbase --include=ca-certificates "$SUITE" "$R" "$mirror" $script >"$HOME_FOLDER/debootstrap.log" 2>&1 \
    || { tail -5 "$HOME_FOLDER/debootstrap.log"; exit 1; }
  printf '#!/bin/sh\nexit 101\n' >"$R/usr/sbin/policy-rc.d"
  chmod 755 "$R/usr/sbin/policy-rc.d"
  cp /etc/resolv.conf /etc/hosts "$R/etc/"
  # debootstrap has just brought the package lists and checked their signature. Where the archive is a snapshot whose
  # Release file has expired, apt-get update refuses newer ones, and those lists are still good.
  in_root sh -c 'export DEBIAN_FRONTEND=noninteractive
    apt-get update -q || echo "no newer lists, going on with those of debootstrap"
    apt-get install -y -q --no-install-recommends asterisk asterisk-core-sounds-en-wav && apt-get clean' \
    >"$HOME_FOLDER/install.log" 2>&1 || { tail -5 "$HOME_FOLDER/install.log"; exit 1; }
  mv "$R/etc/asterisk" "$R/etc/asterisk.debian"
  touch "$BUILT"
}

# Runs a command inside the root, in a mount namespace of its own: /proc and /dev vanish with the command, however it
# ends, and the machine's own /dev is never left inside a folder that somebody may remove.
in_root() {
  exec_in_root=(unshare --mount --propagation private sh -c 'mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && exec chroot "$0" "$@"' "$R")
  timeout --foreground 900 "${exec_in_root[@]}" "$@"
}

[ "$(id -u)" = 0 ] || leave_out "it needs root (chroot, mount)"
unshare --mount --propagation private true 2>/dev/null || leave_out "mount namespaces are not allowed here"
mkdir -p "$RUN"
exec 9>"$RUN/lock"
flock -w 900 9 || { echo "another up.sh is at work"; exit 1; }
if alive; then echo "already running, pid $(cat "$RUN/asterisk.pid")"; exit 0; fi
[ -e "$BUILT" ] || build

# the configuration is ours alone, copied anew at each start
rm -rf "$R/etc/asterisk"
mkdir "$R/etc/asterisk"
cp "$HERE"/conf/*.conf "$R/etc/asterisk/"
cp "$R"/etc/asterisk.debian/{indications,codecs}.conf "$R/etc/asterisk/"
{ sed -n '/^\[directories\]/,/^\[options\]/p' "$R/etc/asterisk.debian/asterisk.conf" | sed '/^\[options\]/d;s/(!)//'; cat "$HERE/conf/asterisk.conf"; } \
  >"$R/etc/asterisk/asterisk.conf"
install -m 755 "$HERE/join-stereo.sh" "$R/usr/local/bin/join-stereo"
# agents.txt: extension and name; the second digit of the extension is the team. 01 and 02 serve sales, 03 support.
while read -r agent name; do
  case $agent in ??01 | ??02) queue=sales ;; *) queue=support ;; esac
  printf '[%s](agent)\naors = %s\ncallerid = "%s" <%s>\n[%s](agent-aor)\ncontact = sip:%s@127.0.77.30:5060\n' \
    "$agent" "$agent" "$name" "$agent" "$agent" "$agent" >>"$R/etc/asterisk/pjsip_agents.conf"
  printf '[%s-%s](+)\nmember => PJSIP/%s,0,%s\n' "$queue" "${agent:1:1}" "$agent" "$name" >>"$R/etc/asterisk/queues_members.conf"
done <"$HERE/agents.txt"
# the random mix's desks: agents 1 and 2 serve sales, ring together, or are reached over Local channels; 3 serves support
phone() { printf '[%s](agent)\naors = %s\ncallerid = "%s" <%s>\n[%s](agent-aor)\ncontact = sip:%s@%s:5060\n' "$1" "$1" "$2" "$1" "$1" "$1" "$3"; }
for team in $(seq 11 30); do
  for n in 1 2 3; do phone "2$team$n" "坐席2$team$n" 127.0.77.30; done >>"$R/etc/asterisk/pjsip_agents.conf"
  printf '[sales-%s](group)\n[support-%s](group)\n[empty-%s](nobody)\n[ringall-%s](all-ring)\n[locals-%s](group)\n[vanishing-%s](group)\n[mobile-%s](group)\n' \
    "$team" "$team" "$team" "$team" "$team" "$team" "$team" >>"$R/etc/asterisk/queues_mix.conf"
  {
    for n in 1 2; do
      agent=2$team$n
      for queue in sales ringall; do printf '[%s-%s](+)\nmember => PJSIP/%s,0,坐席%s\n' "$queue" "$team" "$agent" "$agent"; done
      printf '[locals-%s](+)\nmember => Local/%s@members/n,0,坐席%s,PJSIP/%s\n' "$team" "$agent" "$agent" "$agent"
      printf '[vanishing-%s](+)\nmember => Local/%s@members,0,坐席%s,PJSIP/%s\n' "$team" "$agent" "$agent" "$agent"
    done
    printf '[support-%s](+)\nmember => PJSIP/2%s3,0,坐席2%s3\n' "$team" "$team" "$team"
    printf '[mobile-%s](+)\nmember => Local/139001390%s@mobiles/n,0,手机%s\n' "$team" "$team" "$team"
  } >>"$R/etc/asterisk/queues_members.conf"
done
# the load test's agents, all on one address: 30 in each of eight groups
for group in $(seq 8); do printf '[load-%s](busy-group)\n' "$group"; done >>"$R/etc/asterisk/queues_mix.conf"
for agent in $(seq 5001 5240); do
  phone "$agent" "坐席$agent" 127.0.77.40 >>"$R/etc/asterisk/pjsip_agents.conf"
  printf '[load-%s](+)\nmember => PJSIP/%s,0,坐席%s\n' $((agent % 8 + 1)) "$agent" "$agent" >>"$R/etc/asterisk/queues_members.conf"
done
if [[ " $* " = *" --traces "* ]]; then
  cp "$HERE"/conf/traces/*.conf "$R/etc/asterisk/"
  # Asterisk does not make these folders
  mkdir -p "$R"/var/log/asterisk/{cel,cdr}-custom
fi
if [[ " $* " = *" --stock "* ]]; then
  sed -i -e '/^channelvars/d' -e '/^\[records\]/,/^\[platform\]/s/^read = .*/read = call,agent,system,cdr,dtmf/' "$R/etc/asterisk/manager.conf"
fi
for team in $(cut -c2 "$HERE/agents.txt" | sort -u); do
  printf '[sales-%s](group)\n[support-%s](group)\n[empty-%s](nobody)\n' "$team" "$team" "$team"
done >"$R/etc/asterisk/queues_teams.conf"
[[ " $* " != *" --fresh "* ]] || rm -rf "$R"/var/spool/asterisk/{monitor,stereo} "$R"/var/log/asterisk/{cel,cdr}-custom/*_master.csv
# ARI hands out what lies in "recording" alone
rm -rf "$R/var/spool/asterisk/recording"
ln -s monitor "$R/var/spool/asterisk/recording"
mkdir -p "$R/var/spool/asterisk/monitor" "$R/var/spool/asterisk/stereo" "$R/run/asterisk"

ulimit -n 65536 2>/dev/null || true
setsid unshare --mount --propagation private sh -c \
  'mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && exec chroot "$0" asterisk -f -C /etc/asterisk/asterisk.conf' "$R" \
  >"$RUN/asterisk.out" 2>&1 </dev/null 9>&- &
echo $! >"$RUN/asterisk.pid"
for _ in $(seq 60); do
  if timeout --foreground 10 chroot "$R" asterisk -rx 'core waitfullybooted' >/dev/null 2>&1; then
    echo "$(chroot "$R" asterisk -V) runs, pid $(cat "$RUN/asterisk.pid")"
    exit 0
  fi
  kill -0 "$(cat "$RUN/asterisk.pid")" 2>/dev/null || break
  sleep 0.5
done
echo "Asterisk did not start:"
tail -5 "$RUN/asterisk.out"
exit 1
