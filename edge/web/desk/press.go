package desk

import (
	"context"

	"markaz.example/edge/book/visit"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
)

// press does what an order says.
func (d *Desk) press(ctx context.Context, at id.Desk, o order) error {
	actor := "desk/" + string(at)
	if o.Token != "" {
		p, err := d.Floor.ByToken(ctx, o.Token)
		if err != nil {
			return err
		}
		o.Visit = p.Visit
	}
	switch o.Verb {
	case "next", "then", "pick":
		return d.calls(ctx, at, o)
	case "hold", "park", "fail", "transfer", "add":
		return d.puts(ctx, at, o)
	case "leave", "cancel", "split", "draw", "ask":
		return d.inHand(ctx, at, o)
	case "back":
		return d.Floor.Back(ctx, actor, o.Visit)
	case "unpark":
		return d.Floor.Unpark(ctx, actor, o.Visit)
	case "return":
		return d.Floor.Return(ctx, actor, o.Visit)
	case "gone":
		return d.Floor.Leave(ctx, actor, o.Visit, o.Word)
	}
	return d.flow(ctx, at, o)
}

// flow is what goes on with whoever was called, and with the desk.
func (d *Desk) flow(ctx context.Context, at id.Desk, o order) error {
	switch o.Verb {
	case "present":
		return d.Floor.Confirm(ctx, at)
	case "scan":
		return d.Floor.ConfirmCode(ctx, at, o.Code)
	case "again":
		return d.Floor.Recall(ctx, at)
	case "absent":
		return d.Floor.NoShow(ctx, at)
	case "finish":
		return d.Floor.Finish(ctx, at, o.Word, o.Receipt)
	case "undo":
		return d.Floor.Undo(ctx, at)
	case "pause":
		return d.Floor.Pause(ctx, at, o.Word)
	case "quick":
		return d.Floor.ServeQuick(ctx, at, o.Services[0])
	}
	return d.Floor.Resume(ctx, at)
}

func (d *Desk) calls(ctx context.Context, at id.Desk, o order) (err error) {
	switch o.Verb {
	case "then":
		_, err = d.Floor.FinishNext(ctx, at, o.Word, o.Receipt)
	case "pick":
		_, err = d.Floor.CallThis(ctx, at, o.Visit, o.Word)
	default:
		_, err = d.Floor.CallNext(ctx, at)
	}
	return err
}

// puts is what a desk does with whoever it serves, besides finishing.
func (d *Desk) puts(ctx context.Context, at id.Desk, o order) error {
	switch o.Verb {
	case "hold":
		return d.Floor.Hold(ctx, at, o.Word)
	case "park":
		return d.Floor.Park(ctx, at, o.Word, o.Pool)
	case "fail":
		return d.Floor.Fail(ctx, at, o.Word)
	case "transfer":
		return d.Floor.Transfer(ctx, at, o.To)
	}
	return d.Floor.AddStop(ctx, at, o.Services[0], o.Next)
}

// inHand is what is done to a visit as a whole, while a desk has it in hand.
func (d *Desk) inHand(ctx context.Context, at id.Desk, o order) error {
	v, err := d.visitAt(ctx, at)
	if err != nil {
		return err
	}
	actor := "desk/" + string(at)
	switch o.Verb {
	case "leave":
		return d.Floor.Leave(ctx, actor, v, o.Word)
	case "cancel":
		return d.Floor.CancelStop(ctx, actor, v, o.Stop, notWanted)
	case "split":
		_, err = d.Floor.Split(ctx, actor, v, o.Persons, o.Services)
	case "draw":
		_, err = d.Floor.Draw(ctx, actor, o.Word, v)
	default:
		_, err = d.Floor.AskCheck(ctx, actor, eligible, v)
	}
	return err
}

// visitAt is the visit that a desk serves. Refusals: NoSuchDesk, NobodyServed.
func (d *Desk) visitAt(ctx context.Context, at id.Desk) (id.Visit, error) {
	board, err := d.Floor.DeskBoard(ctx, at)
	if err != nil {
		return "", err
	}
	if board.Current == nil || board.Current.State != visit.StateServing {
		return "", desk.Refuse(desk.NobodyServed)
	}
	return board.Current.Visit, nil
}
