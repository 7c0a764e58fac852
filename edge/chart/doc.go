// Package chart draws a child's growth over WHO's bands: weight, length or height and arm by age, weight by length or height.
//
// Draw makes one drawing, a list of lines, areas, dots and labels in the measures of a print head; two back ends bring it to
// a page (SVG, whose colours are classes of the style sheet) and to a slip (Raster, black and white). So screen and paper
// show the same, and what only a screen can show is marked in the drawing. On paper lines are told apart by dash and weight.
//
// Time and length run from left to right in every language: a chart stands in an element that is read from the left, and its
// texts come in by the caller, who knows the language. The raster draws digits and signs by itself; words stand beside it on
// the slip, where they are shaped.
//
// Source of the bands: World Health Organization, WHO Child Growth Standards, 2006 and 2007. Whoever shows a chart names it.
//
// Read chart.go, then drawing.go; svg.go and raster.go are the back ends.
package chart
