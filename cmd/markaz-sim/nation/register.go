package nation

import (
	"fmt"
	"time"

	"github.com/anishathalye/porcupine"
)

// What is held of a chain is a register: a greeting reads it, a batch moves it from just before its first record to its
// last, or finds it further on. To a box whose questions go to any node, at any time, with any of them dying, it must look
// like one register in one place: that is what linearizable means, and porcupine decides it.
type (
	asked struct {
		read        bool
		after, last uint64
	}
	told struct {
		unknown bool
		held    uint64
	}
)

var register = porcupine.Model{
	Init: func() any { return uint64(0) },
	Step: func(state, input, output any) (bool, any) {
		held, in, out := state.(uint64), input.(asked), output.(told)
		next := held
		if !in.read && in.after == held {
			next = in.last
		}
		switch {
		case out.unknown:
			return true, next
		case in.read:
			return out.held == held, held
		}
		return in.last <= next && out.held == next, next
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v -> %+v", input, output) },
}

const (
	checkMax = time.Minute    // of one chain
	endless  = int64(1) << 62 // when a question ends that was never answered
)

// checkRegister tells what is wrong with a box's questions and answers; nothing when they are those of one register.
func checkRegister(all []*question) string {
	var ops []porcupine.Operation
	for i, q := range relevant(all) {
		op := porcupine.Operation{
			ClientId: i, Input: asked{q.Read, q.After, q.Last}, Call: q.At, Output: told{q.answered == 0, q.Held}, Return: q.answered,
		}
		if q.answered == 0 {
			op.Return = endless
		}
		ops = append(ops, op)
	}
	switch porcupine.CheckOperationsTimeout(register, ops, checkMax) {
	case porcupine.Ok:
		return ""
	case porcupine.Illegal:
		return fmt.Sprintf("%d questions and answers are not those of one register", len(ops))
	}
	return fmt.Sprintf("whether %d questions and answers are those of one register could not be decided within %s", len(ops), checkMax)
}

// relevant leaves out what can have had no effect that anybody saw: a greeting without an answer, and a batch without
// one whose end was never told and is no other batch's beginning. They would only make the search longer.
func relevant(all []*question) []*question {
	for {
		ends := map[uint64]bool{}
		for _, q := range all {
			if q.answered != 0 {
				ends[q.Held] = true
			}
			if !q.Read {
				ends[q.After] = true
			}
		}
		var kept []*question
		for _, q := range all {
			if q.answered != 0 || !q.Read && ends[q.Last] {
				kept = append(kept, q)
			}
		}
		if len(kept) == len(all) {
			return kept
		}
		all = kept
	}
}
