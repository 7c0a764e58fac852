// Package district is the districts of the programme as a tile map of our own: a name in both languages, a region, and
// a cell of a grid that says roughly where it lies.
//
// It promises 154 districts with codes and cells of their own. There are no outlines in it: Pakistan's law on mapping
// allows those of its Survey only. ADR 16 says why a grid. Read sync/fleet/page next, which draws it.
package district
