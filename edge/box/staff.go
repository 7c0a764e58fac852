package box

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"markaz.example/edge/book/staff"
	"markaz.example/edge/desk"
	"markaz.example/edge/door"
	"markaz.example/edge/durable"
	"markaz.example/edge/health"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/pin"
)

// pinSecretName is the secret that PINs are checked with: a systemd credential of this name, or else a file of the data
// directory. It is in no ledger and no backup of one.
const pinSecretName = "pin.secret"

// The conditions of a centre's staff.
const (
	conditionNoStaff = "staff.none"    // nobody has to sign in
	conditionNoPins  = "staff.no-pins" // nobody can sign in
	conditionGlass   = "staff.glass"   // somebody took a right that is not their role's, and no manager has seen it
)

// pins are what PINs are checked with. Without them visitors are given numbers all the same, and whoever is signed in goes
// on: nil, and a condition.
func (b *Box) pins(board *health.Board) *pin.Keeper {
	k, err := openPins(b.Secrets.own(), b.Data)
	if err != nil {
		b.Log.Error("PINs cannot be checked", "err", err)
		board.Set(conditionNoPins, "", health.Critical, err.Error())
		return nil
	}
	return k
}

// openPins finds or makes the secret of PINs.
func openPins(secrets durable.Secrets, data string) (*pin.Keeper, error) {
	if dir := os.Getenv("CREDENTIALS_DIRECTORY"); dir != "" && exists(filepath.Join(dir, pinSecretName)) {
		s, err := pin.Load(durable.Plain{}, filepath.Join(dir, pinSecretName))
		return pin.NewKeeper(s), err
	}
	s, err := pin.LoadOrMake(secrets, filepath.Join(data, pinSecretName), rand.Reader)
	return pin.NewKeeper(s), err
}

// showStaff keeps the condition that nobody has to sign in, until there is a staff: it never goes again. Then it keeps that
// somebody took a right that no manager has seen, which headquarters sees too.
func showStaff(l *ledger.Ledger, board *health.Board) part {
	return func(ctx context.Context) error {
		for {
			changed := l.Changed()
			known, unseen := false, 0
			err := l.View(ctx, func(s ledger.Snapshot) error {
				known = staff.Known(s)
				for _, g := range staff.Glasses(s) {
					if !g.Seen {
						unseen++
					}
				}
				return nil
			})
			if err == nil {
				set(board, !known, conditionNoStaff, health.Notice, "markaz staff add")
				set(board, unseen > 0, conditionGlass, health.Warning, fmt.Sprint(unseen))
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return nil
			}
		}
	}
}

// set keeps a condition of the box for as long as it holds.
func set(board *health.Board, holds bool, code string, severity health.Severity, detail string) {
	if holds {
		board.Set(code, "", severity, detail)
		return
	}
	board.Clear(code, "")
}

// StaffOrder is what somebody at the box's machine wants of the staff.
type StaffOrder struct {
	Do        string   `json:"do"`             // "add", "list", "pin", "unlock", "end"
	Code      id.Staff `json:"code,omitempty"` // whom it is about; empty to add and to list
	Name      string   `json:"name,omitempty"`
	Role      string   `json:"role,omitempty"`
	Sex       string   `json:"sex,omitempty"`
	Languages []string `json:"languages,omitempty"`
	Skills    []string `json:"skills,omitempty"`
}

// StaffAnswer is what came of it.
type StaffAnswer struct {
	Code   id.Staff      `json:"code,omitempty"`
	PIN    string        `json:"pin,omitempty"` // that was drawn; it is shown once and stands nowhere
	People []StaffMember `json:"people,omitempty"`
}

// StaffMember is one of the staff.
type StaffMember struct {
	Code   id.Staff `json:"code"`
	Name   string   `json:"name"`
	Role   string   `json:"role"`
	Where  string   `json:"where,omitempty"` // "desk/A"
	Locked bool     `json:"locked,omitempty"`
	Ended  bool     `json:"ended,omitempty"`
}

// OrderStaff has the running box of a configuration do something, or does it in the ledger of one that is stopped.
func OrderStaff(ctx context.Context, c Config, o Options, order StaffOrder) (answer StaffAnswer, err error) {
	err = NewDoorClient(c).Call(ctx, "POST", "/staff", order, &answer)
	if !errors.Is(err, ErrNotRunning) {
		return answer, err
	}
	secrets, err := c.secrets(o)
	if err != nil {
		return answer, err
	}
	if _, err := settle(secrets.own(), c.Data, c.Centre.Code); err != nil {
		return answer, err
	}
	file := filepath.Join(c.Data, ledgerName)
	if err := isOf(file, c.Centre.Code); err != nil {
		return answer, err
	}
	l, err := ledger.Open(file, ledger.Options{Books: Books(), Software: o.Software, Source: o.Source, Built: dawn, Log: o.Log})
	if err != nil {
		return answer, err
	}
	defer l.Close()
	keeper, err := openPins(secrets.own(), c.Data)
	if err != nil {
		return answer, err
	}
	floor := &desk.Floor{Ledger: l, Catalogue: c.catalogue(), Rand: rand.Reader, Pins: keeper, Log: o.Log}
	err = during(ctx, l.Run, func(ctx context.Context) (err error) {
		answer, err = orderStaff(ctx, floor, order)
		return err
	})
	return answer, err
}

// staffVerb answers orders at the door of a running box.
func staffVerb(d *door.Door, floor *desk.Floor) {
	door.Verb(d, "POST /staff", func(ctx context.Context, order StaffOrder) (StaffAnswer, error) {
		return orderStaff(ctx, floor, order)
	})
}

// orderStaff does something on a floor. It reports a door.Refusal, which tells a person at a terminal what to do.
func orderStaff(ctx context.Context, f *desk.Floor, o StaffOrder) (a StaffAnswer, err error) {
	a.Code = o.Code
	switch o.Do {
	case "list":
		a.People, err = members(ctx, f)
	case "add":
		if a.PIN, err = pin.Draw(rand.Reader); err == nil {
			e := staff.Enrolled{Name: o.Name, Role: staff.Role(o.Role), Sex: o.Sex, Languages: o.Languages, Skills: o.Skills}
			a.Code, err = f.Enrol(ctx, desk.AtMachine, e, a.PIN)
		}
	case "pin":
		if a.PIN, err = pin.Draw(rand.Reader); err == nil {
			err = f.SetPin(ctx, desk.AtMachine, o.Code, a.PIN)
		}
	case "unlock":
		err = f.Unlock(ctx, desk.AtMachine, o.Code)
	case "end":
		err = f.End(ctx, desk.AtMachine, o.Code, "left")
	default:
		err = fmt.Errorf("there is nothing like %q to do", o.Do)
	}
	if r, ok := errors.AsType[*desk.Refusal](err); ok {
		return StaffAnswer{}, door.Refusal{Text: r.Error(), Remedy: r.Remedy}
	}
	if err != nil {
		return StaffAnswer{}, err
	}
	return a, nil
}

func members(ctx context.Context, f *desk.Floor) (out []StaffMember, err error) {
	all, err := f.People(ctx, "")
	if err != nil {
		return nil, err
	}
	where := map[id.Staff]string{}
	for _, s := range all.Seats {
		where[s.Staff] = string(s.Place)
	}
	for _, p := range all.All {
		out = append(out, StaffMember{p.Code, p.Name, string(p.Role), where[p.Code], p.Locked != "", p.Ended})
	}
	return out, nil
}
