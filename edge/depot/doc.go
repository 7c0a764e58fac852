// Package depot brings a box's packs from an offer to use: fetched into a file that is gone on with after every cut,
// checked, tried on a copy, made active by a record, and kept with the one before it.
//
// It promises that nothing is used that headquarters did not sign, that did not pass its try, or that no record makes
// active; that what is active at the end is in use again after a start; and that a cut of power or of the line costs the
// piece that was under way.
//
// It owns the directory packs/ of the box: DIGEST.part while a content is being fetched, DIGEST.pack when it is whole.
// Deleting a file costs fetching it again. What is offered and active stands in edge/book/pack, the ground truth.
package depot
