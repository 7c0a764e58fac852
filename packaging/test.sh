#!/bin/bash
# Installs the packages into a Debian of their own, and upgrades, downgrades, removes and purges them there.
#
#	packaging/test.sh BASE MARKAZ.deb MARKAZ-HQ.deb
#
# BASE is a directory with a minimal Debian, as mmdebstrap makes it; it is copied, not changed. It runs as root. No service
# is started: there is no systemd in a change of root. What the services do, make rig-boot shows.
set -euo pipefail

base=$1 markaz=$2 hq=$3
root=$(mktemp -d /var/tmp/markaz-deb-test-XXXXXX)
trap 'umount "$root/proc" 2>/dev/null; rm -rf "$root"' EXIT
cp -a "$base/." "$root"
mount -t proc proc "$root/proc"
work=$root/mnt/debs
mkdir "$work"
cp "$markaz" "$work/markaz.deb"
cp "$hq" "$work/markaz-hq.deb"

failed=0
check() { # WHAT COMMAND...: the command must succeed
	local what=$1
	shift
	if "$@" >"$root/now" 2>&1; then echo "ok    $what"; else
		echo "FAIL  $what"
		sed 's/^/      /' "$root/now"
		failed=1
	fi
	[ "$1" = said ] || [ "$1" = has_version ] || mv "$root/now" "$root/said"
}
in_root() { DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"; }
not() { ! "$@"; }
said() { grep -q -- "$1" "$root/said"; }

# Another version of the box's package: VERSION, and the newest format of the ledger that it reads.
as_version() {
	rm -rf "$work/tree"
	dpkg-deb -R "$work/markaz.deb" "$work/tree"
	sed -i "s/^Version: .*/Version: $1/" "$work/tree/DEBIAN/control"
	sed -i "s/^READS=.*/READS=\"$2\"/; s/dpkg --compare-versions \"[^\"]*\"/dpkg --compare-versions \"$1\"/" "$work/tree/DEBIAN/preinst"
	dpkg-deb --root-owner-group -Zgzip -z1 -b "$work/tree" "$work/$1.deb" >/dev/null
}
version() { in_root dpkg-query -W -f '${Version}' markaz; }
has_version() { [ "$(version)" = "$1" ]; }

now=$(dpkg-deb -f "$markaz" Version)
as_version 99 2
as_version 0.0~readable 2
as_version 0.0~unreadable 0

find "$root" -xdev -path "$work" -prune -o -path "$root/said" -prune -o -path "$root/now" -prune -o -type f -print | sort >"$work/before"

check "install" in_root dpkg -i /mnt/debs/markaz.deb /mnt/debs/markaz-hq.deb
check "the box's user is there" in_root id markaz
check "the user of USB is there" in_root id markaz-usb
check "headquarters' user is there" in_root id markaz-hq
check "/etc/markaz belongs to root and is readable for the box" test "$(in_root stat -c '%U:%G %a' /etc/markaz)" = "root:markaz 750"
check "the box starts with the machine" test -L "$root/etc/systemd/system/multi-user.target.wants/markaz.service"
check "the updater too" test -L "$root/etc/systemd/system/multi-user.target.wants/markaz-update.path"
check "the check of the chain has its time" test -L "$root/etc/systemd/system/timers.target.wants/markaz-verify.timer"
check "no file is other than the package says" in_root dpkg --verify markaz markaz-hq
check "the box says its version" in_root markaz version
check "it is the package's" said "markaz $now"
check "USB's library is there" in_root markaz-usb --help
check "headquarters runs" in_root markaz-hq --help
check "the updater finds nothing to do" in_root markaz-update --dir /var/tmp --data /nowhere

cat >"$root/etc/markaz/box.toml" <<TOML
data = "/var/lib/markaz"
[centre]
code = "ISB-01"
name_en = "Test"
name_ur = "Test"
[web]
listen = "127.0.0.1:8080"
public = "http://127.0.0.1:8080"
[[service]]
code = "kafaalat"
letter = "K"
name_en = "Kafaalat"
name_ur = "Kafaalat"
room = "1"
[[desk]]
code = "A"
name_en = "Desk A"
name_ur = "Desk A"
room = "1"
serves = ["kafaalat"]
TOML
in_root install -d -o markaz -g markaz -m 0700 /var/lib/markaz
check "a ledger is made" in_root runuser -u markaz -- markaz staff list --config /etc/markaz/box.toml
check "its format is told" in_root markaz formats --data /var/lib/markaz
check "and is one" said "ledger [12]"
before=$(sha256sum "$root/var/lib/markaz/ledger.db")

check "upgrade" in_root dpkg -i /mnt/debs/99.deb
check "is done" has_version 99
check "back to a version that reads the ledger" in_root dpkg --force-downgrade -i /mnt/debs/0.0~readable.deb
check "is done" has_version 0.0~readable
check "forward again" in_root dpkg -i /mnt/debs/markaz.deb
check "back to one that does not is refused" not in_root dpkg --force-downgrade -i /mnt/debs/0.0~unreadable.deb
check "with words" said "would not open it"
check "and the version stays" has_version "$now"
check "the package is whole" in_root dpkg --verify markaz

check "remove" in_root dpkg -r markaz
check "the ledger is there" test -e "$root/var/lib/markaz/ledger.db"
check "the programs are gone" not test -e "$root/usr/bin/markaz"
check "purge" in_root dpkg -P markaz
check "says where the ledger is" said "kept in /var/lib/markaz"
check "the ledger is there, the same" test "$before" = "$(sha256sum "$root/var/lib/markaz/ledger.db")"
check "install again" in_root dpkg -i /mnt/debs/markaz.deb
echo "markaz markaz/forget boolean true" | in_root debconf-set-selections
cp -a "$root/var/lib/markaz" "$work/kept"
check "purge where the answer was given beforehand" in_root dpkg -P markaz
check "and all is gone" not test -e "$root/var/lib/markaz"
mv "$work/kept" "$root/var/lib/markaz"
check "install again" in_root dpkg -i /mnt/debs/markaz.deb
touch "$root/var/lib/markaz/forget-all-records"
check "purge where somebody said so" in_root dpkg -P markaz
check "and all is gone" not test -e "$root/var/lib/markaz"
check "purge headquarters" in_root dpkg -P markaz-hq

find "$root" -xdev -path "$work" -prune -o -path "$root/said" -prune -o -path "$root/now" -prune -o -type f -print | sort >"$work/after"
# Users stay, as Debian wants it, and so do lists that dpkg, debconf and systemd keep for themselves.
left=$(comm -13 "$work/before" "$work/after" | grep -v -e /var/lib/dpkg/ -e /var/cache/debconf/ -e /var/lib/systemd/ -e /var/log/ -e '/etc/.*-$' || true)
check "nothing else is left behind: $left" test -z "$left"

[ "$failed" = 0 ] && echo "all is well" || exit 1
