#!/bin/bash
# Makes the drive of the rig's Debian: the packages of BASE, the box's package installed by dpkg, a centre's configuration,
# and a printer on a simulated USB plug, which is the only thing in it that no centre has.
#
#	image.sh BASE.tar MARKAZ.deb MARKAZ-RIG RELEASE.pub DRIVE
#
# BASE.tar is as mmdebstrap makes it, MARKAZ-RIG the rig's program built without cgo, RELEASE.pub the key whose updates it
# takes. It runs as root and changes nothing but DRIVE.
set -euo pipefail

base=$1 deb=$2 rig=$3 key=$4 drive=$5
here=$(dirname "$(readlink -f "$0")")
root=$(mktemp -d /var/tmp/markaz-rig-XXXXXX)
trap 'rm -rf "$root"' EXIT

tar -x --numeric-owner -f "$base" -C "$root"
install -D -m 0640 "$here/box.toml" "$root/etc/markaz/box.toml"
install -m 0644 "$key" "$root/etc/markaz/release.pub"
cp "$deb" "$root/markaz.deb"
DEBIAN_FRONTEND=noninteractive chroot "$root" dpkg -i --force-confold /markaz.deb
rm "$root/markaz.deb"
chroot "$root" chown root:markaz /etc/markaz /etc/markaz/box.toml
chmod 0750 "$root/etc/markaz"

install -D -m 0755 "$rig" "$root/usr/local/sbin/markaz-rig"
install -D -m 0644 "$here/markaz-rig.service" "$root/etc/systemd/system/markaz-rig.service"
install -m 0755 "$here/stick.sh" "$root/usr/local/sbin/markaz-rig-stick"
install -m 0755 "$here/swap.sh" "$root/usr/local/sbin/markaz-rig-swap"
install -m 0644 "$here/markaz-rig-state.service" "$here/markaz-rig-stick.service" "$root/etc/systemd/system/"
chroot "$root" systemctl enable markaz-rig.service markaz-rig-state.service markaz-rig-stick.service
# Nobody logs in, and no list of packages is fetched: without these it starts sooner.
chroot "$root" systemctl mask serial-getty@ttyS0.service getty@tty1.service apt-daily.timer apt-daily-upgrade.timer \
	dpkg-db-backup.timer fstrim.timer e2scrub_all.timer e2scrub_reap.service systemd-networkd.service systemd-pstore.service
echo rig >"$root/etc/hostname"
echo '/dev/vda / ext4 defaults 0 0' >"$root/etc/fstab"
printf '127.0.0.1 localhost\n10.0.2.15 rig\n' >"$root/etc/hosts"
rm -rf "$root/var/cache/apt/archives" "$root/var/lib/apt/lists" "$root/var/log/"*.log
mkdir -p "$root/var/lib/apt/lists/partial" "$root/var/log/journal"

rm -f "$drive"
mkfs.ext4 -q -F -L rig -d "$root" "$drive" 1G
[ -z "${SUDO_UID:-}" ] || chown "$SUDO_UID:$SUDO_GID" "$drive"
