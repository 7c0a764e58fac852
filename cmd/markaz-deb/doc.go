// Markaz-deb makes a Debian package of programs that were built.
//
//	markaz-deb markaz --programs bin/deb/amd64 --arch amd64 --version 0.1-1 --epoch 1795772447 --out bin
//
// What goes into a package stands in packaging/NAME: files lists them, control and the maintainer scripts are Debian's
// own. The rest is made here: the licences of every module that was linked, a list of these modules (CycloneDX), the
// changelog, checksums. The same programs, files and epoch make the same bytes, whenever and wherever: nothing comes from
// the clock, the user or the order of a directory. Debian's dpkg-deb packs.
package main
