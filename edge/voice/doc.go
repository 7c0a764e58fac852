// Package voice turns a call into speech: which clips, in which order, how loud, and when nothing is to be said.
//
// A clip is a word or two, recorded by a person or made by a synthesizer when the product is built; nothing is
// synthesized while people wait. A call is a sequence of clips in one language, a pause, and the same in another.
// Inventory is every clip that any call can need, so that a set can be held to be whole.
//
// It promises: calls are said in their order, one at a time at a loudspeaker; a recall is said again; a call that was
// answered, given up or has become too old is not said at all, rather than late. It knows neither pages nor devices, and
// keeps nothing on disk: what was said is forgotten when the box stops, and whoever is still called then is called again.
//
// Read call.go for what is said, queue.go for when, wave.go for how clips become sound.
package voice
