package desk

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"amend/access"
	"amend/audit"
	"amend/internal/store"
	"amend/notify"
)

// joinAhead is how far Tell looks ahead, so that parts that fall due soon travel together.
const joinAhead = 10 * time.Minute

// Tell hands what is due to be told to its channels, one message after another, and writes
// what became of it: the outside calls stand between short transactions. Parts for one
// reader travel together; each keeps its own row. A code whose fate is unknown is never
// sent twice. Story: phone.txtar.
func (d *Desk) Tell(ctx context.Context, limit int) (int, error) {
	now := d.store.Now()
	ready, err := d.store.View(ctx).DueNotices(now.Add(joinAhead), limit)
	if err != nil {
		return 0, err
	}
	t := &teller{desk: d}
	err = t.all(ctx, ready, now)
	err = errors.Join(err, t.store(ctx))
	return t.stored, errors.Join(append(t.broken, err)...)
}

// The bounds of what has left and is not stored: who dies there sends that again, under the
// same ids, and no more than that.
const (
	unstored    = 32
	unstoredFor = time.Second // since the first of them began to leave
)

// A teller hands messages over and keeps what became of them, so that many outcomes leave
// in one act, each with its own entry.
type teller struct {
	desk   *Desk
	kept   []fate
	left   int       // messages handed over since the last act
	since  time.Time // when the first of them was
	stored int       // notices
	broken []error   // the panics of channels: the next message has its turn
}

// A fate is what became of a notice.
type fate struct {
	is       store.Notice // from now on
	said     notify.Outcome
	segments int // that are billed, of a short message
}

// all tells what is ready, as far as it is due.
func (t *teller) all(ctx context.Context, ready []store.Notice, now time.Time) error {
	byID := make(map[string]store.Notice, len(ready))
	var parts []notify.Part
	for _, n := range ready {
		switch {
		case n.Lost:
			t.kept = append(t.kept, writtenOff(n))
		case n.Kind.Staff():
			if err := t.people(ctx, n); err != nil {
				return err
			}
		default:
			byID[n.ID] = n
			parts = append(parts, n.Part)
		}
	}
	for _, m := range notify.Join(parts) {
		if m.Due.After(now) {
			continue
		}
		if err := t.message(ctx, m, byID); err != nil {
			return err
		}
	}
	return nil
}

// message hands one message over, and keeps its outcome for each of its parts.
func (t *teller) message(ctx context.Context, m notify.Message, notices map[string]store.Notice) error {
	out, answer, ok := t.hand(ctx, m)
	if !ok {
		return nil
	}
	for _, p := range m.Parts {
		t.keep(notices[p.ID], answer, out)
	}
	return t.storeInTime(ctx)
}

// people tells members of staff: by mail where they have an address, in the language that
// they chose, and always where they look, in their list of notices. Mail that was not taken
// is tried again.
func (t *teller) people(ctx context.Context, n store.Notice) error {
	people, err := t.desk.store.View(ctx).Audience(n.Audience, t.desk.store.Now())
	if err != nil {
		return err
	}
	answer := notify.Answer{Outcome: notify.Taken}
	for _, p := range people {
		if _, ok := t.desk.outside.Channels[notify.Mail]; p.Mail == "" || !ok {
			continue
		}
		part := n.Part
		part.ID, part.To = n.ID+"-"+p.ID, p.Mail
		if chosen := notify.Lang(p.Lang); slices.Contains(notify.Langs(), chosen) {
			part.Lang = chosen
		}
		_, got, ok := t.hand(ctx, notify.Message{Parts: []notify.Part{t.desk.Worded(part)}})
		if !ok {
			return nil
		}
		if got.Outcome == notify.Retry || got.Code == panicked { // again for all: the same id never arrives twice
			answer = got
		}
	}
	t.keep(n, answer, notify.Outgoing{ID: n.ID})
	return t.storeInTime(ctx)
}

// hand is Desk.hand, counted.
func (t *teller) hand(ctx context.Context, m notify.Message) (notify.Outgoing, notify.Answer, bool) {
	if t.left == 0 {
		t.since = t.desk.store.Now()
	}
	t.left++
	out, answer, ok, broke := t.desk.hand(ctx, m)
	if broke != nil {
		t.broken = append(t.broken, broke)
	}
	return out, answer, ok
}

func (t *teller) keep(n store.Notice, a notify.Answer, out notify.Outgoing) {
	told(&n, a, out.ID, t.desk.store.Now())
	t.kept = append(t.kept, fate{n, a.Outcome, out.Segments})
}

// storeInTime stores what is kept once it is as much, or as old, as may be. A clock that
// went back does not say how old it is.
func (t *teller) storeInTime(ctx context.Context) error {
	age := t.desk.store.Now().Sub(t.since)
	if t.left == 0 || t.left < unstored && age >= 0 && age < unstoredFor {
		return nil
	}
	return t.store(ctx)
}

// store writes what is kept, in one act. What has left is stored even if our own caller
// has given up meanwhile.
func (t *teller) store(ctx context.Context) error {
	kept := t.kept
	t.kept, t.left = nil, 0
	err := t.desk.store.Write(context.WithoutCancel(ctx), "", func(tx *store.Tx) error {
		for _, f := range kept {
			tx.SaveNotice(f.is)
			if err := noteTold(tx, f); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		t.stored += len(kept)
	}
	return err
}

// hand words a message and hands it to its channel; false says that our own caller gave
// up, and nothing left us. What cannot be worded, or has no channel since, cannot be sent
// now: it must not keep its neighbours waiting. A channel that panics may have sent it.
func (d *Desk) hand(ctx context.Context, m notify.Message) (out notify.Outgoing, a notify.Answer, ok bool, broke error) {
	out, err := d.house.Book.Write(d.house.Words, m)
	if err != nil {
		return notify.Outgoing{ID: m.Parts[0].ID}, notify.Answer{Outcome: notify.Retry, Code: notWorded}, true, nil
	}
	return d.give(ctx, out)
}

// give lets a channel try once, and survives it.
func (d *Desk) give(ctx context.Context, out notify.Outgoing) (_ notify.Outgoing, a notify.Answer, ok bool, broke error) {
	channel, ok := d.outside.Channels[out.Channel]
	if !ok {
		return out, notify.Answer{Outcome: notify.Retry, Code: "no_channel"}, true, nil
	}
	err := contained(func() (err error) {
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

// writtenOff ends a notice whose words are lost.
func writtenOff(n store.Notice) fate {
	n.State, n.Code, n.Due = store.NoticeFailed, "unreadable", time.Time{}
	return fate{is: n, said: notify.Permanent}
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
func noteTold(tx *store.Tx, f fate) error {
	n := f.is
	if n.State == store.NoticeQueued {
		return nil
	}
	e := newEntry(tx, access.Amend(), "tell")
	e.Record, e.Change = string(n.Record), string(n.Change)
	e.Facts = []audit.Fact{
		{Name: "kind", Value: string(n.Kind)}, {Name: "channel", Value: string(n.Channel)},
		{Name: "contact", Value: n.Audience}, {Name: "outcome", Value: string(f.said)}, {Name: "notice", Value: n.ID},
	}
	if f.segments > 0 {
		e.Facts = append(e.Facts, audit.Fact{Name: "segments", Value: strconv.Itoa(f.segments)})
	}
	return tx.Append(e)
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
