#!/bin/sh
# Brings the updates on the stick to the box, one after the other, and tells the console how each ended.
mkdir -p /media/stick
mount -o ro /dev/vdb /media/stick || exit 1
for update in /media/stick/*.update; do
	touch /run/markaz-rig-begun
	n=0
	until runuser -u markaz -- markaz update --config /etc/markaz/box.toml "$update"; do
		n=$((n + 1))
		[ "$n" -lt 60 ] || break
		sleep 2
	done
	n=0
	until [ /var/lib/markaz-update/outcome.json -nt /run/markaz-rig-begun ]; do
		n=$((n + 1))
		[ "$n" -lt 1200 ] || break
		sleep 1
	done
	journalctl -b -q --no-pager -u markaz-update -o cat | tail -n 12
	echo "STICK $(basename "$update") version=$(dpkg-query -W -f '${Version} ${Status}' markaz) box=$(systemctl is-active markaz.service) $(cat /var/lib/markaz-update/outcome.json)"
done
echo "STICK end"
