#!/bin/bash
# Makes a stick with two updates of a package: one to the version of NEW.deb, and one to a version above it whose box ends
# as soon as it starts.
#
#	stick-image.sh NEW.deb MARKAZ-HQ RELEASE.key STICK
set -euo pipefail

new=$1 hq=$2 key=$3 stick=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/stick"
"$hq" release sign "$new" --key "$key" -o "$work/stick/1-good.update"

version=$(dpkg-deb -f "$new" Version)+falls
dpkg-deb -R "$new" "$work/tree"
sed -i "s/^Version: .*/Version: $version/" "$work/tree/DEBIAN/control"
printf '#!/bin/sh\nexit 1\n' >"$work/tree/usr/bin/markaz"
rm "$work/tree/DEBIAN/md5sums"
dpkg-deb --root-owner-group -Zgzip -z1 -b "$work/tree" "$work/bad.deb" >/dev/null
"$hq" release sign "$work/bad.deb" --key "$key" -o "$work/stick/2-falls.update"

rm -f "$stick"
PATH=$PATH:/usr/sbin:/sbin mkfs.ext4 -q -F -d "$work/stick" "$stick" 96M
