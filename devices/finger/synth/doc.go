// Package synth makes fingers that never were: pictures for simulators and tests, so that no real person's are needed.
//
// A finger is a seed. Its ridges are waves about a far centre, bent a little, and in each of [MinutiaeCount] planted
// points the wave's phase turns once around, which makes exactly one ridge end or fork there: the truth about a picture
// is known. The same seed gives the same finger for ever; every impression of it is shifted, turned and noisy in its
// own way, as presses of one finger are. Independent matchers take the pictures for fingers.
//
// It promises the same picture for the same arguments on the same kind of processor; another kind may round a grey
// differently. Read synth.go next.
package synth
