package theft

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"markaz.example/cmd/markaz-sim/theft/seek"
	"markaz.example/devices/finger/synth"
	"markaz.example/devices/finger/zfm"
)

// family is a mother and her daughter, who never were: their numbers are of no district, their names of no language.
type family struct {
	mother, child who
	finger        int64 // seed of the mother's finger
}

type who struct{ name, number string }

// families draws so many.
func families(seed uint64, n int) (out []family) {
	r := rand.New(rand.NewPCG(seed, 34))
	for i := range n {
		out = append(out, family{
			mother: who{drawName(r), drawNumber(r)}, child: who{drawName(r), drawNumber(r)},
			finger: int64(1_000_000*seed) + int64(i),
		})
	}
	return out
}

// drawName is of two words that stand nowhere else by chance.
func drawName(r *rand.Rand) string {
	var words []string
	for range 2 {
		var w strings.Builder
		for range 4 {
			w.WriteByte("bdfghjklmnprstvz"[r.IntN(16)])
			w.WriteByte("aeiou"[r.IntN(5)])
		}
		words = append(words, strings.ToUpper(w.String()[:1])+w.String()[1:])
	}
	return strings.Join(words, " ")
}

// drawNumber is a woman's: its last digit is even.
func drawNumber(r *rand.Rand) string {
	return fmt.Sprintf("69901%07d%d", r.IntN(10_000_000), 2*r.IntN(5))
}

// secrets are what must not be found of a family.
func (f family) secrets() (out []seek.Secret) {
	for _, w := range []who{f.mother, f.child} {
		forms := seek.Text(w.name)
		for _, word := range strings.Fields(w.name) {
			forms = append(forms, seek.Text(word)...)
		}
		out = append(out, seek.Secret{Name: "name " + w.name, Forms: forms}, seek.Secret{Name: "number " + w.number, Forms: seek.Number(w.number)})
	}
	return out
}

// prints are what must not be found of a finger: a piece of each template and picture that a reader may have made of it, as
// it crosses the line and as it is unpacked.
func (f family) prints(shape synth.Shape) seek.Secret {
	var forms []seek.Form
	for n := range uint64(impressionsMax) {
		t := zfm.SimTemplate(f.finger, n)
		forms = append(forms, seek.Raw(t[len(t)/2:][:printBytes])...)
		pix := synth.New(f.finger).Picture(shape, n, synth.Good).Pix
		at := len(pix)/2 + shape.Width/2 // a row of the middle
		var narrow, wide, full []byte
		for i := 0; i < 2*printBytes; i += 2 {
			a, b := pix[at+i]>>4, pix[at+i+1]>>4
			narrow, wide, full = append(narrow, a<<4|b), append(wide, a<<4, b<<4), append(full, a*17, b*17)
		}
		for _, b := range [][]byte{narrow, wide[:printBytes], full[:printBytes], pix[at:][:printBytes]} {
			forms = append(forms, seek.Raw(b)...)
		}
	}
	return seek.Secret{Name: fmt.Sprintf("finger %d", f.finger), Forms: forms}
}
