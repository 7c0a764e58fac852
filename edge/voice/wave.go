package voice

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"
)

// ErrWave is reported for a file that cannot be a clip. The text says what a clip is.
var ErrWave = errors.New("not a clip: want a WAV file of uncompressed 16-bit samples, one channel or two, 8 to 48 kHz, up to 8 seconds")

// Sound is samples of one channel, Rate of them a second.
type Sound []int16

// Length is how long it takes to play.
func (s Sound) Length() time.Duration { return time.Duration(len(s)) * time.Second / Rate }

// ReadWave reads a clip. Two channels become one, and any rate becomes ours. It reports ErrWave.
func ReadWave(b []byte) (Sound, error) {
	if len(b) > clipBytesMax || len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return nil, ErrWave
	}
	var form waveForm
	for rest := b[12:]; len(rest) >= 8; {
		name, size := string(rest[:4]), int(binary.LittleEndian.Uint32(rest[4:]))
		rest = rest[8:]
		body := rest[:min(size, len(rest))] // a program that writes to a pipe cannot tell the size of what follows
		switch name {
		case "fmt ":
			form = readForm(body)
		case "data":
			return form.samples(body)
		}
		rest = rest[min(len(body)+len(body)%2, len(rest)):]
	}
	return nil, ErrWave
}

type waveForm struct{ channels, rate int }

// readForm is zero for what we do not read.
func readForm(b []byte) waveForm {
	if len(b) < 16 || binary.LittleEndian.Uint16(b) != wavePCM || binary.LittleEndian.Uint16(b[14:]) != 16 {
		return waveForm{}
	}
	return waveForm{int(binary.LittleEndian.Uint16(b[2:])), int(binary.LittleEndian.Uint32(b[4:]))}
}

const wavePCM = 1 // the code of uncompressed samples in a WAV file

func (f waveForm) samples(b []byte) (Sound, error) {
	if f.channels < 1 || f.channels > 2 || f.rate < 8000 || f.rate > 48000 {
		return nil, ErrWave
	}
	frame := 2 * f.channels
	mono := make(Sound, len(b)/frame)
	for i := range mono {
		sum := 0
		for c := range f.channels {
			sum += int(int16(binary.LittleEndian.Uint16(b[i*frame+2*c:])))
		}
		mono[i] = int16(sum / f.channels)
	}
	return mono.at(f.rate), nil
}

// at takes samples of another rate to ours, in straight lines from one to the next: enough for a voice.
func (s Sound) at(rate int) Sound {
	if rate == Rate || len(s) == 0 {
		return s
	}
	out := make(Sound, len(s)*Rate/rate)
	for i := range out {
		at := float64(i) * float64(rate) / Rate
		left := int(at)
		right := min(left+1, len(s)-1)
		part := at - float64(left)
		out[i] = int16(float64(s[left])*(1-part) + float64(s[right])*part)
	}
	return out
}

// Wave is the sound as a WAV file.
func (s Sound) Wave() []byte {
	const head = 44
	b := make([]byte, head, head+2*len(s))
	copy(b, "RIFF")
	binary.LittleEndian.PutUint32(b[4:], uint32(head-8+2*len(s)))
	copy(b[8:], "WAVEfmt ")
	binary.LittleEndian.PutUint32(b[16:], 16)
	binary.LittleEndian.PutUint16(b[20:], wavePCM)
	binary.LittleEndian.PutUint16(b[22:], 1)
	binary.LittleEndian.PutUint32(b[24:], Rate)
	binary.LittleEndian.PutUint32(b[28:], 2*Rate)
	binary.LittleEndian.PutUint16(b[32:], 2)
	binary.LittleEndian.PutUint16(b[34:], 16)
	copy(b[36:], "data")
	binary.LittleEndian.PutUint32(b[40:], uint32(2*len(s)))
	for _, sample := range s {
		b = binary.LittleEndian.AppendUint16(b, uint16(sample))
	}
	return b
}

// Trimmed is the sound without the silence round it, of which a little is left: a consonant begins softly.
func (s Sound) Trimmed() Sound {
	loud := func(v int16) bool { return v > silence || v < -silence }
	from, to := 0, len(s)
	for from < to && !loud(s[from]) {
		from++
	}
	for to > from && !loud(s[to-1]) {
		to--
	}
	if from == to {
		return nil
	}
	return s[max(0, from-marginSamples):min(len(s), to+marginSamples)]
}

const (
	silence       = 160              // half a percent of full scale; a synthesizer's pauses are zero
	marginSamples = 20 * Rate / 1000 // 20 ms
)

// MakeChime is two falling tones, a third apart: heard over a hall's talk, and not an alarm.
func MakeChime() Sound {
	return append(tone(784, 320*time.Millisecond), tone(622, 440*time.Millisecond)...)
}

// tone is struck and dies away, with a softer octave above.
func tone(hertz float64, d time.Duration) Sound {
	out := make(Sound, samplesIn(d))
	for i := range out {
		t := float64(i) / Rate
		strike := math.Min(1, t/0.008) * math.Exp(-4.5*t/d.Seconds())
		out[i] = int16(11000 * strike * (math.Sin(2*math.Pi*hertz*t) + 0.3*math.Sin(4*math.Pi*hertz*t)))
	}
	return out
}

func samplesIn(d time.Duration) int { return int(d * Rate / time.Second) }

// Mix is an announcement as one sound, at so many percent. It reports what reading a clip reports, and ErrWave when it is
// longer than any call.
func Mix(read func(Clip) (Sound, error), clips []Clip, percent int) (Sound, error) {
	var out Sound
	for i, c := range clips {
		if c == Pause {
			out = append(out, make(Sound, samplesIn(GapLangs))...)
			continue
		}
		s, err := read(c)
		if err != nil {
			return nil, fmt.Errorf("clip %s: %w", c, err)
		}
		if i > 0 {
			out = append(out, make(Sound, samplesIn(gapClips))...)
		}
		if out = append(out, s...); 2*len(out) > soundBytesMax {
			return nil, fmt.Errorf("clip %s: the announcement takes longer than %d s: %w", c, soundBytesMax/2/Rate, ErrWave)
		}
	}
	return out.louder(percent), nil
}

// louder changes the sound in place.
func (s Sound) louder(percent int) Sound {
	for i, v := range s {
		s[i] = int16(int(v) * percent / percentMax)
	}
	return s
}
