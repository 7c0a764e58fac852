package scale

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"markaz.example/devices/profile"
)

// All functions of this file are called with mu held.

// control is a byte of CAS's handshake.
func (s *Sim) control(b byte) {
	switch b {
	case enq:
		s.answer(string(rune(ack)))
	case dc1:
		s.answer(string(encode(s.Protocol, s.shown(time.Now()))))
	}
}

// obey is one command line.
func (s *Sim) obey(line string) {
	switch {
	case s.off:
	case s.Protocol == profile.ScaleSICS:
		s.obeySICS(line)
	case s.Protocol == profile.ScaleAnD:
		s.obeyAnD(line)
	}
}

func (s *Sim) obeySICS(line string) {
	f := strings.Fields(line)
	if s.deaf > 0 || len(f) == 0 {
		s.deaf = max(0, s.deaf-1)
		s.answer("ET\r\n")
		return
	}
	now := time.Now()
	switch name := f[0]; {
	case slices.Contains([]string{"M02", "M03", "M21"}, name):
		s.setting(f)
	case name == "D" && len(f) > 1, name == "DW" && len(f) == 1:
		s.text = strings.Trim(strings.TrimPrefix(line, name), ` "`)
		s.answer(name + " A\r\n")
	case len(f) > 1:
		s.answer("EL\r\n")
	case name == "@":
		s.pending, s.repeat, s.pan.tare = nil, "", 0
		s.answer(s.identity())
	case name == "SI":
		s.repeat = ""
		s.answer(encodeSICS(s.shown(now)))
	case name == "SIR", name == "SR":
		s.repeat, s.told = name, -1
	case name == "S", name == "Z", name == "T":
		s.repeat = ""
		s.pending = &waiter{name, now.Add(s.real(simRest))}
		s.settlePending(s.shown(now), now)
	case name == "ZI", name == "TI":
		s.atOnce(name, now)
	case name == "TA":
		s.answer(fmt.Sprintf("TA A %10s %s\r\n", s.tareShown(), s.shows))
	case name == "TAC":
		s.pan.tare = 0
		s.answer("TAC A\r\n")
	default:
		s.answer(s.about(name))
	}
}

func (s *Sim) identity() string { return fmt.Sprintf("I4 A %q\r\n", s.Number) }

// about answers the questions of who it is.
func (s *Sim) about(name string) string {
	switch name {
	case "I0":
		return "I0 B 0 \"SI\"\r\nI0 A 1 \"SR\"\r\n"
	case "I1":
		return "I1 A \"01\" \"2.20\" \"2.20\" \"\" \"\"\r\n"
	case "I2":
		return fmt.Sprintf("I2 A \"SIMULATED %d.%03d kg\"\r\n", s.Capacity/1000, s.Capacity%1000)
	case "I3":
		return "I3 A \"1.00 0.0.0.0.0\"\r\n"
	case "I4":
		return s.identity()
	}
	return "ES\r\n"
}

func (s *Sim) tareShown() string {
	v := s.shown(time.Now())
	v.grams = s.pan.tare
	return v.number()
}

// atOnce zeroes or tares without waiting for rest.
func (s *Sim) atOnce(name string, now time.Time) {
	v := s.shown(now)
	state := map[Status]string{OK: "S", Moving: "D", Overload: "+", Underload: "-", Busy: "I"}[v.status]
	switch {
	case !v.status.weighs():
	case name == "ZI" && !s.pan.setZero(now), name == "TI" && !s.pan.setTare(now):
		state = "+"
	case name == "TI":
		state += fmt.Sprintf(" %10s %s", s.tareShown(), s.shows)
	}
	s.answer(name + " " + state + "\r\n")
}

// settlePending carries out what waits for rest, or gives up.
func (s *Sim) settlePending(v shown, now time.Time) {
	command := s.pending.command
	rest := v.status != Moving && v.status != Busy
	if !rest && now.Before(s.pending.until) {
		return
	}
	s.pending = nil
	switch {
	case s.Protocol == profile.ScaleAnD:
		s.restAnD(command, rest, v, now)
	case !rest:
		s.answer(command + " I\r\n")
	case command == "S":
		s.answer(encodeSICS(v))
	default:
		s.restSICS(command, v, now)
	}
}

func (s *Sim) restSICS(command string, v shown, now time.Time) {
	switch {
	case v.status == Overload, command == "Z" && v.status == OK && !s.pan.setZero(now):
		s.answer(command + " +\r\n")
	case v.status == Underload, command == "T" && !s.pan.setTare(now):
		s.answer(command + " -\r\n")
	case command == "Z":
		s.answer("Z A\r\n")
	default:
		s.answer(fmt.Sprintf("T S %10s %s\r\n", s.tareShown(), s.shows))
	}
}

// setting answers M02, M03 and M21, which keep their value through a power cut.
func (s *Sim) setting(f []string) {
	name, values := f[0], f[1:]
	index := ""
	if name == "M21" {
		index = "0 "
		if len(values) > 0 && values[0] == "0" {
			values = values[1:]
		}
	}
	switch {
	case s.Basic:
		s.answer("ES\r\n")
	case len(values) == 0 && name == "M21":
		s.answer(fmt.Sprintf("M21 B 0 %s\r\nM21 A 1 %s\r\n", s.settings["M21"], s.settings["M21"]))
	case len(values) == 0:
		s.answer(name + " A " + index + s.settings[name] + "\r\n")
	case len(values) > 1 || !strings.Contains("01234", values[0]):
		s.answer("EL\r\n")
	default:
		s.settings[name] = values[0]
		if name == "M21" {
			s.shows = map[string]Unit{"0": Gram, "1": Kilogram}[values[0]]
		}
		s.answer(name + " A\r\n")
	}
}

func (s *Sim) obeyAnD(line string) {
	now := time.Now()
	switch line {
	case "Q", "SI":
		s.repeat = ""
		s.answer(encodeAnD(s.shown(now)))
	case "SIR":
		s.repeat = "SIR"
	case "C":
		s.pending, s.repeat = nil, ""
		s.acknowledge()
	case "S", "Z", "R", "T":
		s.pending = &waiter{line, now.Add(s.real(simRest))}
		s.settlePending(s.shown(now), now)
	default:
		s.answer("EC,E01\r\n")
	}
}

func (s *Sim) acknowledge() {
	if !s.Silent {
		s.answer("\x06\r\n")
	}
}

func (s *Sim) restAnD(command string, rest bool, v shown, now time.Time) {
	switch {
	case !rest:
		s.answer("EC,E11\r\n")
	case command == "S":
		s.answer(encodeAnD(v))
	case command == "T" && !s.pan.setTare(now), command != "T" && !s.pan.setZero(now):
		s.answer("EC,E17\r\n")
	default:
		s.acknowledge()
	}
}
