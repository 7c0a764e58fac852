#!/bin/sh
# Presses units out of memory, as a machine that has too little of it does, and tells the console how many bytes of each came
# to lie on the swap. careless is a program that nothing forbids to: the control.
if ! swapon /swapfile 2>/dev/null; then # none yet, or one whose making was cut
	rm -f /swapfile
	fallocate -l 24M /swapfile
	chmod 0600 /swapfile
	mkswap -q /swapfile
	swapon /swapfile
fi
systemd-run --quiet --collect --unit=careless /bin/sh -c 'held=$(head -c 8000000 /dev/zero | tr "\0" x); sleep 600; echo "$held"'
groups=/sys/fs/cgroup/system.slice
n=0
until [ "$(cat $groups/careless.service/memory.current)" -gt 8000000 ]; do
	n=$((n + 1))
	[ "$n" -lt 60 ] || break
	sleep 1
done
line=SWAP
for unit in careless markaz markaz-usb; do
	for _ in 1 2 3; do
		echo 16M 2>/dev/null >"$groups/$unit.service/memory.reclaim" # it may find less
	done
	line="$line $unit=$(cat "$groups/$unit.service/memory.swap.current")"
done
systemctl stop careless
echo "$line"
