package console

import (
	"errors"

	"amend/change"
	"amend/desk"
	"amend/fault"
)

// asFault is err as a fault, nil for any other error.
func asFault(err error) *fault.Error {
	var f *fault.Error
	errors.As(err, &f)
	return f
}

// act does one thing to the request that the address names, and goes back to where its
// reader was. What stands against it is shown at its form.
func (v *visit) act(panel, said string, do func(change.ID) error) error {
	id := v.changeID()
	if err := do(id); err != nil {
		return v.against(id, panel, err)
	}
	return v.done(id, said)
}

func changeAsk(v *visit) error {
	return v.act("ask", "question_asked", func(id change.ID) error { return v.Desk.Ask(v.ctx, v.by(), id, v.form.Get("question")) })
}

func changeAnswer(v *visit) error {
	return v.act("answer", "answered", func(id change.ID) error { return v.Desk.Answer(v.ctx, v.by(), id, v.form.Get("answer"), nil) })
}

func changeFreeze(v *visit) error {
	return v.act("freeze", "frozen", func(id change.ID) error { return v.Desk.Dispute(v.ctx, v.by(), id, v.form.Get("reason")) })
}

func changeWithdraw(v *visit) error {
	return v.act("withdraw", "withdrawn", func(id change.ID) error { return v.Desk.Withdraw(v.ctx, v.by(), id) })
}

func changeRebase(v *visit) error {
	return v.act("", "rebased", func(id change.ID) error { return v.Desk.Rebase(v.ctx, v.by(), id) })
}

func changeFinish(v *visit) error {
	return v.act("", "task_done", func(id change.ID) error {
		return v.Desk.Finish(v.ctx, v.by(), id, v.form.Get("task"), v.form.Get("outcome"))
	})
}

// changeAssign asks one person for the open decision.
func changeAssign(v *visit) error {
	return v.act("assign", "assigned", func(id change.ID) error {
		if v.form.Get("person") == "" {
			return fault.New(fault.Invalid, "choose_one", "field", "person")
		}
		return v.Desk.Reassign(v.ctx, v.by(), id, v.form.Get("person"))
	})
}

// changeAttest records a call or a document that was seen.
func changeAttest(v *visit) error {
	return v.act("attest", "attested", func(id change.ID) error {
		a := desk.Attestation{Kind: change.Method(v.form.Get("kind")), Passed: v.form.Has("passed", "yes"), Compared: v.form.Get("outcome")}
		if a.Kind == change.Sighted {
			a.Document = v.form.Get("document")
		}
		return v.Desk.Attest(v.ctx, v.by(), id, a)
	})
}
