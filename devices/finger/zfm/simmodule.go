package zfm

import (
	"bytes"
	"encoding/binary"
	"hash/fnv"
	"math/rand/v2"

	"markaz.example/devices/finger"
	"markaz.example/devices/finger/synth"
)

// do is what a command does; the lock is held.
func (s *Sim) do(c byte, arguments []byte) reply {
	if c == cmdVfyPwd {
		return s.verify(arguments)
	}
	if s.kept.password != 0 && !s.now.verified {
		return reply{code: CodeNeedsPass}
	}
	if len(arguments) < argumentBytes(c) {
		return reply{code: CodePacket}
	}
	for _, part := range []func(byte, []byte) (reply, bool){s.doFinger, s.doTemplate, s.doLibrary, s.doSettings, s.doExtras} {
		if r, mine := part(c, arguments); mine {
			return r
		}
	}
	return reply{code: CodePacket}
}

// argumentBytes is the least that must follow a command.
func argumentBytes(c byte) int {
	switch c {
	case cmdImg2Tz, cmdUpChar, cmdDownChar, cmdIndex, cmdReadNote:
		return 1
	case cmdSetSysPara:
		return 2
	case cmdStore, cmdLoadChar:
		return 3
	case cmdDelete, cmdSetPwd, cmdVfyPwd, cmdSetAddr, cmdAura:
		return 4
	case cmdSearch, cmdFastSearch:
		return 5
	case cmdWriteNote:
		return 1 + noteBytes
	}
	return 0
}

func (s *Sim) verify(arguments []byte) reply {
	s.now.verified = len(arguments) == 4 && binary.BigEndian.Uint32(arguments) == s.kept.password
	if !s.now.verified {
		return reply{code: CodePassword}
	}
	return reply{}
}

// doFinger is all about the glass.
func (s *Sim) doFinger(c byte, arguments []byte) (reply, bool) {
	switch c {
	case cmdGenImg:
		return reply{code: s.look()}, true
	case cmdImg2Tz:
		return reply{code: s.workOut(s.buffer(arguments[0]))}, true
	case cmdUpImage:
		if s.now.image == nil {
			return reply{code: CodeUpPicture}, true
		}
		return reply{data: s.line()}, true
	case cmdDownImage:
		s.now.image = &simImage{}
		s.now.taking, s.now.takingMax, s.now.takingImage = &s.now.image.line, s.Shape.Width*s.Shape.Height/2, true
		return reply{}, true
	}
	return reply{}, false
}

func (s *Sim) look() Code {
	switch {
	case s.faults.sensor:
		return CodeCapture
	case s.faults.dirty && !s.press.down:
		s.now.image = &simImage{how: synth.Wet}
	case !s.press.down:
		return CodeNoFinger
	default:
		s.now.image = &simImage{print: simPrint{s.press.seed, s.press.count}, how: s.press.how}
	}
	if s.faults.dirty {
		s.now.image.how = synth.Wet
	}
	return codeOK
}

// simPrint is one impression of a finger.
type simPrint struct {
	seed       int64
	impression uint64
}

// simImage is what the picture buffer holds. A picture that was taken is painted when somebody wants to see it.
type simImage struct {
	print simPrint
	how   synth.How
	line  []byte // as it goes over the line, four bits a pixel; nil until painted
}

func (s *Sim) line() []byte {
	m := s.now.image
	if m.line == nil {
		m.line = narrow(synth.New(m.print.seed).Picture(s.Shape, m.print.impression, m.how).Pix)
		s.remember(m)
	}
	return m.line
}

// remember lets a picture that comes back be known again.
func (s *Sim) remember(m *simImage) {
	if m.how != synth.Good {
		return
	}
	key := digest(m.line)
	if len(s.printed) == simPrints {
		delete(s.prints, s.printed[0])
		s.printed = s.printed[1:]
	}
	s.prints[key], s.printed = m.print, append(s.printed, key)
}

func digest(b []byte) uint64 {
	h := fnv.New64a()
	h.Write(b)
	return h.Sum64()
}

// takeData fills what a Down command opened; the lock is held.
func (s *Sim) takeData(p packet) {
	if s.now.taking == nil || p.kind != kindData && p.kind != kindLast {
		return
	}
	if len(*s.now.taking)+len(p.content) <= s.now.takingMax {
		*s.now.taking = append(*s.now.taking, p.content...)
	}
	if p.kind == kindData {
		return
	}
	if s.now.takingImage {
		s.received(s.now.image)
	}
	s.now.taking, s.now.takingImage = nil, false
}

// received knows whose picture came back, or takes it for a stranger's.
func (s *Sim) received(m *simImage) {
	if len(m.line) != s.now.takingMax {
		s.now.image = nil
		return
	}
	key := digest(m.line)
	known, ok := s.prints[key]
	if !ok {
		known = simPrint{seed: int64(key)}
	}
	m.print = known
	pix, _ := widen(m.line, s.Shape.Width*s.Shape.Height)
	if finger.Quality(finger.Picture{Width: s.Shape.Width, Height: s.Shape.Height, DPI: s.Shape.DPI, Pix: pix}) < simReadable {
		m.how = synth.Wet
	}
}

// buffer is 1 or, for any other number, 2. Source: ZFM-20 user manual, Img2Tz.
func (s *Sim) buffer(number byte) *[]byte {
	if number == buffer1 {
		return &s.now.buffers[0]
	}
	return &s.now.buffers[1]
}

func (s *Sim) workOut(to *[]byte) Code {
	m := s.now.image
	switch {
	case m == nil:
		return CodeNoPicture
	case m.how == synth.Wet:
		return CodeMessy
	case m.how == synth.Small:
		return CodeSmall
	}
	*to = seal(m.print)
	return codeOK
}

// seal makes features of 256 bytes each of which nobody can read whose they are but this simulator.
func seal(prints ...simPrint) []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(prints[0].seed))
	for _, p := range prints {
		b = binary.BigEndian.AppendUint64(b, p.impression)
	}
	filler := rand.New(rand.NewPCG(digest(b), 0))
	for len(b) < len(prints)*simFeatures-8 {
		b = append(b, byte(filler.Uint32()))
	}
	return mask(binary.BigEndian.AppendUint64(b, digest(b)))
}

// unseal is false for what seal did not make.
func unseal(b []byte) (prints []simPrint, ok bool) {
	n := len(b) / simFeatures
	if n < 1 || n > 2 || len(b)%simFeatures != 0 {
		return nil, false
	}
	b = mask(bytes.Clone(b))
	if digest(b[:len(b)-8]) != binary.BigEndian.Uint64(b[len(b)-8:]) {
		return nil, false
	}
	for i := range n {
		prints = append(prints, simPrint{int64(binary.BigEndian.Uint64(b)), binary.BigEndian.Uint64(b[8+8*i:])})
	}
	return prints, true
}

// mask is its own opposite.
func mask(b []byte) []byte {
	r := rand.New(rand.NewPCG(0x7a666d, 0))
	for i := range b {
		b[i] ^= byte(r.Uint32())
	}
	return b
}

// score is 0 to 300: below 35 for two fingers, from 70 for one.
func score(a, b []byte) int {
	p, ok1 := unseal(a)
	q, ok2 := unseal(b)
	if !ok1 || !ok2 {
		return 0
	}
	chance := rand.New(rand.NewPCG(digest(a)^digest(b), 0))
	if p[0].seed != q[0].seed {
		return chance.IntN(35)
	}
	return 70 + chance.IntN(231)
}

// bar is what a score has to reach at this level: 40 to 68.
func (s *Sim) bar() int { return 33 + 7*s.kept.security }

// doTemplate is all about the two buffers.
func (s *Sim) doTemplate(c byte, arguments []byte) (reply, bool) {
	switch c {
	case cmdMatch:
		n := score(s.now.buffers[0], s.now.buffers[1])
		if s.now.passed = n >= s.bar(); !s.now.passed {
			return reply{code: CodeNoMatch}, true
		}
		return reply{rest: binary.BigEndian.AppendUint16(nil, uint16(n))}, true
	case cmdRegModel:
		return reply{code: s.merge()}, true
	case cmdUpChar:
		b := *s.buffer(arguments[0])
		if len(b) == 0 {
			return reply{code: CodeUpload}, true
		}
		return reply{data: bytes.Clone(b)}, true
	case cmdDownChar:
		to := s.buffer(arguments[0])
		*to = nil
		s.now.taking, s.now.takingMax, s.now.takingImage = to, templateMax, false
		return reply{}, true
	}
	return reply{}, false
}

func (s *Sim) merge() Code {
	p, ok1 := unseal(s.now.buffers[0])
	q, ok2 := unseal(s.now.buffers[1])
	if !ok1 || !ok2 || p[0].seed != q[0].seed {
		return CodeDifferent
	}
	both := seal(p[0], q[0])
	s.now.buffers = [2][]byte{both, bytes.Clone(both)}
	return codeOK
}

// doLibrary is all about the pages.
func (s *Sim) doLibrary(c byte, arguments []byte) (reply, bool) {
	word := func(i int) int { return int(binary.BigEndian.Uint16(arguments[i:])) }
	switch c {
	case cmdSearch, cmdFastSearch:
		return s.search(*s.buffer(arguments[0]), word(1), word(3)), true
	case cmdStore:
		return reply{code: s.store(word(1), *s.buffer(arguments[0]))}, true
	case cmdLoadChar:
		return reply{code: s.load(word(1), s.buffer(arguments[0]))}, true
	case cmdDelete:
		return reply{code: s.remove(word(0), word(2), CodeDelete)}, true
	case cmdEmpty:
		return reply{code: s.remove(0, s.Pages, CodeEmpty)}, true
	case cmdCount:
		return reply{rest: binary.BigEndian.AppendUint16(nil, uint16(len(s.kept.pages)))}, true
	case cmdIndex:
		return reply{rest: s.table(int(arguments[0]))}, true
	}
	return reply{}, false
}

func (s *Sim) search(features []byte, start, count int) reply {
	for page := start; page < min(start+count, s.Pages); page++ {
		if n := score(features, s.kept.pages[page]); n >= s.bar() {
			s.now.passed = true
			b := binary.BigEndian.AppendUint16(nil, uint16(page))
			return reply{rest: binary.BigEndian.AppendUint16(b, uint16(n))}
		}
	}
	s.now.passed = false
	return reply{code: CodeNotFound}
}

func (s *Sim) store(page int, t []byte) Code {
	switch {
	case page >= s.Pages:
		return CodePage
	case s.faults.flash || len(t) == 0:
		return CodeFlash
	}
	s.kept.pages[page] = bytes.Clone(t)
	return codeOK
}

func (s *Sim) load(page int, to *[]byte) Code {
	if page >= s.Pages {
		return CodePage
	}
	t := s.kept.pages[page]
	if _, ok := unseal(t); !ok {
		return CodeUnreadable
	}
	*to = bytes.Clone(t)
	return codeOK
}

func (s *Sim) remove(page, count int, refusal Code) Code {
	if s.faults.flash || page+count > s.Pages {
		return refusal
	}
	for i := range count {
		delete(s.kept.pages, page+i)
	}
	return codeOK
}

func (s *Sim) table(number int) []byte {
	b := make([]byte, noteBytes)
	for page := range s.kept.pages {
		if page/indexSpan == number {
			b[page%indexSpan/8] |= 1 << (page % 8)
		}
	}
	return b
}

// doSettings is all about the module itself.
func (s *Sim) doSettings(c byte, arguments []byte) (reply, bool) {
	switch c {
	case cmdReadPara:
		return reply{rest: s.parameters().bytes()}, true
	case cmdSetSysPara:
		return s.set(arguments[0], int(arguments[1])), true
	case cmdSetPwd:
		s.kept.password, s.now.verified = binary.BigEndian.Uint32(arguments), true
		return reply{}, true
	case cmdSetAddr:
		s.kept.address = binary.BigEndian.Uint32(arguments)
		return reply{}, true
	case cmdRandom:
		return reply{rest: binary.BigEndian.AppendUint32(nil, s.now.random.Uint32())}, true
	}
	return reply{}, false
}

func (s *Sim) parameters() Parameters {
	p := Parameters{Library: s.Pages, Security: s.kept.security, Address: s.kept.address, PacketBytes: s.now.packetBytes, Baud: s.kept.baud}
	if s.now.passed {
		p.Status |= StatusPass
	}
	if s.now.verified {
		p.Status |= StatusPassword
	}
	if s.now.image != nil {
		p.Status |= StatusPicture
	}
	if s.Extras {
		p.System = 9
	}
	return p
}

// set answers in the old settings; a new speed holds from the byte behind the answer.
func (s *Sim) set(number byte, value int) reply {
	switch {
	case s.faults.flash:
		return reply{code: CodeFlash}
	case number == paraBaud && value >= 1 && value <= baudSteps:
		return reply{then: func() { s.kept.baud = value * baudUnit }}
	case number == paraSecurity && value >= 1 && value <= 5:
		s.kept.security = value
		return reply{}
	case number == paraPacket && value <= 3:
		return reply{then: func() {
			s.kept.packetBytes = packetBytesMin << value
			if !s.Lazy {
				s.now.packetBytes = s.kept.packetBytes
			}
		}}
	}
	return reply{code: CodeParameter}
}

// doExtras is what relatives of the ZFM-20 know; the others say nothing to some of it and "packet error" to the rest.
func (s *Sim) doExtras(c byte, arguments []byte) (reply, bool) {
	if !s.Extras {
		return reply{code: CodePacket, mute: c >= cmdHandShake}, true
	}
	switch c {
	case cmdReadInf:
		return reply{data: bytes.Repeat([]byte("R30x "), informationBytes)[:informationBytes]}, true
	case cmdWriteNote:
		if arguments[0] >= notePages {
			return reply{code: CodePacket}, true
		}
		copy(s.kept.notes[arguments[0]][:], arguments[1:])
		return reply{}, true
	case cmdReadNote:
		if arguments[0] >= notePages {
			return reply{code: CodePacket}, true
		}
		return reply{rest: bytes.Clone(s.kept.notes[arguments[0]][:])}, true
	case cmdAura, cmdLightOn, cmdLightOff, cmdHandShake:
		return reply{}, true
	case cmdCheck:
		if s.faults.sensor {
			return reply{code: CodeSensor}, true
		}
		return reply{}, true
	case cmdGenDark:
		return reply{code: s.look()}, true
	case cmdEcho:
		return reply{code: codeAlive}, true
	}
	return reply{}, false
}

// SimTemplate is what the simulator makes of an impression of a finger, for who looks whether somebody kept it.
func SimTemplate(seed int64, impression uint64) Template { return seal(simPrint{seed, impression}) }
