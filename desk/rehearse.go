package desk

import (
	"context"
	"encoding/json"

	"amend/access"
	"amend/fault"
	"amend/internal/store"
	"amend/notify"
	"amend/quality"
	"amend/verify"
)

// A Rehearsal is a message with invented values that goes out to see how it arrives.
type Rehearsal struct {
	Message notify.Message // the desk says to whom it goes
	Phone   string         // of a short message, as it was typed; mail goes to the asker's own address
	Mark    string         // stands before the subject of a mail; an operator refuses a registered text that is altered
}

// Rehearse sends a text the way a customer's would go and answers what the channel said. It
// goes to a phone that the asker types, or to their own mailbox, ten a day for each: enough to
// see a text, too few to trouble somebody with. The act is on record before anything leaves.
// Test: TestTextIsRehearsedThroughItsChannel.
func (d *Desk) Rehearse(ctx context.Context, by access.Actor, r Rehearsal) (notify.Answer, error) {
	if f := by.May(access.ManageTexts); f != nil {
		return notify.Answer{}, f
	}
	if by.Sort != access.Staff {
		return notify.Answer{}, fault.New(fault.Denied, "staff_only")
	}
	to, err := d.rehearsedTo(ctx, by, r)
	if err != nil {
		return notify.Answer{}, err
	}
	for i := range r.Message.Parts {
		r.Message.Parts[i].To = to
	}
	var out notify.Outgoing
	err = d.store.Write(ctx, "rehearse "+by.ID, func(tx *store.Tx) error {
		for i := range r.Message.Parts {
			r.Message.Parts[i].ID = tx.NewID()
		}
		if out, err = d.house.Book.Write(d.house.Words, r.Message); err != nil {
			return err
		}
		if err := take(tx, "rehearse "+by.ID, verify.PerRehearser()); err != nil {
			return err
		}
		return logAct(tx, by, "text.rehearse", "", nil, "text", string(out.Kind), "lang", string(out.Lang), "medium", string(out.Channel))
	})
	if err != nil {
		return notify.Answer{}, err
	}
	if out.Channel == notify.Mail {
		out.Subject = r.Mark + out.Subject
	}
	_, answer, _, broke := d.give(ctx, out)
	return answer, broke
}

// rehearsedTo is where a rehearsal goes.
func (d *Desk) rehearsedTo(ctx context.Context, by access.Actor, r Rehearsal) (string, error) {
	if len(r.Message.Parts) == 0 {
		return "", fault.New(fault.Malformed, "bad_parameter", "field", "medium")
	}
	if r.Message.Parts[0].Channel == notify.SMS {
		typed, err := json.Marshal(r.Phone)
		if err != nil {
			return "", err
		}
		phone, _ := d.house.Catalog.Of("phone")
		content, wrong := quality.Checker{Today: d.store.Now()}.Normalise(phone, typed)
		if wrong != nil {
			return "", wrong.On("phone")
		}
		return string(content), nil
	}
	people, err := d.store.View(ctx).Audience("person:"+by.ID, d.store.Now())
	if err != nil {
		return "", err
	}
	if len(people) == 0 || people[0].Mail == "" {
		return "", fault.New(fault.Invalid, "no_mail_of_own", "field", "medium")
	}
	return people[0].Mail, nil
}
