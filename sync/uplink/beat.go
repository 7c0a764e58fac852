package uplink

import (
	"crypto/ed25519"
	"crypto/rand"
	"io"
	"slices"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
)

// hello greets with a nonce of its own, so that an old answer does not pass for this one's.
func (p *play) hello(head chain.Position) wire.Hello {
	source := p.Entropy
	if source == nil {
		source = rand.Reader
	}
	if _, err := io.ReadFull(source, p.nonce[:]); err != nil {
		p.Log.Error("draw the greeting's nonce", "err", err)
		p.nonce = wire.Nonce{} // the time that comes back is then as good as unsigned
	}
	return wire.Hello{
		Version: wire.Version, Incarnation: p.Ledger.Incarnation(), Head: head,
		Key: p.Key.Public().(ed25519.PublicKey), Software: p.Software,
		Nonce: p.nonce, Dictionaries: wire.Dictionaries(),
	}
}

func (p *play) welcome(m wire.Welcome) {
	p.version, p.dictionary = m.Version, m.Dictionary
	unsigned := p.PostKey != nil && (p.nonce == wire.Nonce{} || m.VerifyTime(p.PostKey, p.nonce) != nil)
	if unsigned {
		p.Log.Warn("the time told is not headquarters' word")
	}
	if m.Version >= downVersion {
		p.post.tell(p.ctx, up{p.link})
	}
	p.step(Welcomed{m, p.ours(m.Held.Seq), unsigned})
	if p.link != nil && p.Condition != nil && p.version > 1 {
		p.look = time.After(lookEvery)
	}
}

// beat says how the box is, as far as headquarters' version has words for it.
func (p *play) beat(head chain.Position) wire.Beat {
	b := wire.Beat{Head: head}
	if p.version < 2 {
		return b
	}
	if p.Condition != nil {
		p.said = p.conditions()
		b.Conditions = p.said
	}
	if p.Packs != nil {
		b.Packs = p.Packs()
	}
	if p.Clock != nil {
		b.Wall, b.Grade = p.Clock()
	}
	if p.Oldest != nil {
		b.Oldest = p.Oldest()
	}
	return b
}

// conditions are in one order, so that another order of the same is no change.
func (p *play) conditions() []string {
	on := slices.Clone(p.Condition())
	slices.Sort(on)
	return on[:min(len(on), conditionsMax)]
}

// lookAround has a beat sent when the board has changed since the newest.
func (p *play) lookAround() {
	if !slices.Equal(p.said, p.conditions()) {
		p.step(Stirred{})
	}
	p.look = nil
	if p.link != nil {
		p.look = time.After(lookEvery)
	}
}
