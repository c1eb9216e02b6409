package desk

import (
	"context"
	"errors"
	"strconv"
	"time"

	"amend/access"
	"amend/audit"
	"amend/internal/store"
	"amend/notify"
)

// joinAhead is how far Tell looks ahead, so that parts that fall due soon travel together.
const joinAhead = 10 * time.Minute

// Tell sends what is due to be told, and writes what became of it: the outside calls stand
// between two short transactions. Parts for one reader travel together; each keeps its own
// row. A code whose fate is unknown is never sent twice. Story: phone.txtar.
func (d *Desk) Tell(ctx context.Context, limit int) (int, error) {
	now := d.store.Now()
	ready, err := d.store.View(ctx).DueNotices(now.Add(joinAhead), limit)
	if err != nil {
		return 0, err
	}
	byID := make(map[string]store.Notice, len(ready))
	var parts []notify.Part
	var broken []error
	sent := 0
	for _, n := range ready {
		if n.Lost {
			if err := d.writeOff(ctx, n); err != nil {
				return sent, err
			}
			sent++
			continue
		}
		if n.Kind.Staff() {
			if err := aside(&broken, d.tellPeople(ctx, n)); err != nil {
				return sent, err
			}
			sent++
			continue
		}
		byID[n.ID] = n
		parts = append(parts, n.Part)
	}
	for _, m := range notify.Join(parts) {
		if m.Due.After(now) {
			continue
		}
		if err := aside(&broken, d.deliverMessage(ctx, m, byID)); err != nil {
			return sent, err
		}
		sent += len(m.Parts)
	}
	return sent, errors.Join(broken...)
}

// aside keeps a panic for later, so that the next message has its turn.
func aside(broken *[]error, err error) error {
	var p *Panic
	if errors.As(err, &p) {
		*broken = append(*broken, err)
		return nil
	}
	return err
}

// deliverMessage sends one message and writes its outcome on each of its parts.
func (d *Desk) deliverMessage(ctx context.Context, m notify.Message, notices map[string]store.Notice) error {
	out, answer, ok, broke := d.hand(ctx, m)
	if !ok {
		return nil
	}
	err := d.store.Write(ctx, "", func(tx *store.Tx) error {
		for _, p := range m.Parts {
			n := notices[p.ID]
			told(&n, answer, out.ID, tx.Now())
			tx.SaveNotice(n)
			if err := d.noteTold(tx, n, answer, out.Segments); err != nil {
				return err
			}
		}
		return nil
	})
	return errors.Join(err, broke)
}

// hand words a message and hands it to its channel; false says that our own caller gave
// up, and nothing left us. What cannot be worded, or has no channel since, cannot be sent
// now: it must not keep its neighbours waiting. A channel that panics may have sent it.
func (d *Desk) hand(ctx context.Context, m notify.Message) (out notify.Outgoing, a notify.Answer, ok bool, broke error) {
	out, err := d.house.Book.Write(d.house.Words, m)
	if err != nil {
		return notify.Outgoing{ID: m.Parts[0].ID}, notify.Answer{Outcome: notify.Retry, Code: notWorded}, true, nil
	}
	channel, ok := d.outside.Channels[out.Channel]
	if !ok {
		return out, notify.Answer{Outcome: notify.Retry, Code: "no_channel"}, true, nil
	}
	err = contained(func() (err error) {
		a, err = channel.Send(ctx, out)
		return err
	})
	var p *Panic
	if errors.As(err, &p) {
		return out, notify.Answer{Outcome: notify.Unknown, Code: panicked}, true, p
	}
	if err != nil {
		a = notify.Answer{Outcome: notify.Retry, Code: "not_sent"}
	}
	return out, a, err == nil || ctx.Err() == nil, nil
}

// writeOff ends a notice whose words are lost.
func (d *Desk) writeOff(ctx context.Context, n store.Notice) error {
	return d.store.Write(ctx, "", func(tx *store.Tx) error {
		n.State, n.Code, n.Due = store.NoticeFailed, "unreadable", time.Time{}
		tx.SaveNotice(n)
		return d.noteTold(tx, n, notify.Answer{Outcome: notify.Permanent}, 0)
	})
}

// The bounds on the tries of one message; then a person reaches the reader.
const (
	maxTells = 8
	maxFlops = 5 // of one that fails in here, not out there: waiting helps it less
)

// notWorded is the code of a message that no template could say.
const notWorded = "not_worded"

// tells is how often a message may be tried that ended in code.
func tells(code string) int {
	if code == panicked || code == notWorded {
		return maxFlops
	}
	return maxTells
}

// told writes an answer on a notice.
func told(n *store.Notice, a notify.Answer, message string, now time.Time) {
	n.Attempts++
	n.Code, n.Ref = a.Code, a.Ref
	if message != n.ID {
		n.PartOf = message
	}
	switch {
	case a.Outcome == notify.Taken:
		n.State, n.SentAt, n.Due = store.NoticeSent, now, time.Time{}
	case a.Again(n.Kind) && n.Attempts < tells(a.Code):
		n.Due = now.Add(max(a.After, time.Duration(1<<n.Attempts)*5*time.Second))
	case a.Outcome == notify.Unknown:
		n.State, n.Due = store.NoticeUnknown, time.Time{}
	default:
		n.State, n.Due = store.NoticeFailed, time.Time{}
	}
}

// noteTold puts on record that a message left, or never will: the proof that somebody was
// told, and, for a short message, how many segments of it are billed.
func (d *Desk) noteTold(tx *store.Tx, n store.Notice, a notify.Answer, segments int) error {
	if n.State == store.NoticeQueued {
		return nil
	}
	e := newEntry(tx, access.Amend(), "tell")
	e.Record, e.Change = string(n.Record), string(n.Change)
	e.Facts = []audit.Fact{
		{Name: "kind", Value: string(n.Kind)}, {Name: "channel", Value: string(n.Channel)},
		{Name: "contact", Value: n.Audience}, {Name: "outcome", Value: string(a.Outcome)}, {Name: "notice", Value: n.ID},
	}
	if segments > 0 {
		e.Facts = append(e.Facts, audit.Fact{Name: "segments", Value: strconv.Itoa(segments)})
	}
	return tx.Append(e)
}

// tellPeople tells members of staff: by mail where they have an address, and always where
// they look, in their list of notices. Mail that was not taken is tried again.
func (d *Desk) tellPeople(ctx context.Context, n store.Notice) error {
	people, err := d.store.View(ctx).Audience(n.Audience, d.store.Now())
	if err != nil {
		return err
	}
	answer := notify.Answer{Outcome: notify.Taken}
	var broken []error
	for _, p := range people {
		if _, ok := d.outside.Channels[notify.Mail]; p.Mail == "" || !ok {
			continue
		}
		part := n.Part
		part.ID, part.To = n.ID+"-"+p.ID, p.Mail
		_, got, ok, broke := d.hand(ctx, notify.Message{Parts: []notify.Part{part}})
		if !ok {
			return nil
		}
		if got.Outcome == notify.Retry || broke != nil { // again for all: the same id never arrives twice
			answer = got
		}
		broken = append(broken, broke)
	}
	err = d.store.Write(ctx, "", func(tx *store.Tx) error {
		is := n
		told(&is, answer, is.ID, tx.Now())
		tx.SaveNotice(is)
		return d.noteTold(tx, is, answer, 0)
	})
	return errors.Join(append(broken, err)...)
}

// Received writes a provider's later word on a message: delivered, or not.
func (d *Desk) Received(ctx context.Context, r notify.Receipt) error {
	if r.State == notify.Pending {
		return nil
	}
	n, err := d.store.View(ctx).NoticeRef(r.Ref)
	if err != nil {
		return err
	}
	return d.store.Write(ctx, "", func(tx *store.Tx) error {
		tx.SaveReceipt(r)
		e := newEntry(tx, access.Amend(), "told")
		e.Record, e.Change = string(n.Record), string(n.Change)
		e.Facts = []audit.Fact{{Name: "notice", Value: n.ID}, {Name: "outcome", Value: string(r.State)}}
		return tx.Append(e)
	})
}
