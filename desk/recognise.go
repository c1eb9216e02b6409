package desk

import (
	"context"
	"fmt"
	"slices"

	"amend/access"
	"amend/customer"
	"amend/fault"
	"amend/internal/keys"
	"amend/internal/store"
	"amend/verify"
)

// A Recognition is what a right code led to: a session, or the question which of several
// customers of one contact it is.
type Recognition struct {
	Opened
	Choose bool
}

// Recognise opens a customer's session by the code that Seek sent. Wrong codes count
// against the customer as any others do; for a key that nobody holds they are counted alike.
// Tests: TestCodeFromThePortalOpensOnesOwnRecord, TestHitAndMissAnswerAlike.
func (d *Desk) Recognise(ctx context.Context, token, code, device string) (Recognition, error) {
	var done Recognition
	var wrong error
	err := d.onSeeking(ctx, token, func(tx *store.Tx, s store.Seeking) error {
		done, wrong = Recognition{}, nil
		c := d.seekingGuard(s)
		was, err := tries(tx, c)
		if err != nil {
			return err
		}
		if err := was.Allow(tx.Now()); err != nil {
			return err
		}
		to, holds := d.seekingHolds(tx, s, digits(code))
		if holds {
			s.To = to
			if s.Records, err = d.reachedAt(tx, s); err != nil {
				return err
			}
		}
		if len(s.Records) == 0 || !holds {
			wrong, err = d.missSeeking(tx, s, c, was)
			return err
		}
		if err := tx.SaveGuard(c.Record, guarded(c), was.Channel, was.Hit().Channel); err != nil {
			return err
		}
		if len(s.Records) > 1 {
			done.Choose, s.Answered, s.Codes = true, true, nil
			return tx.SaveSeeking(s)
		}
		done.Opened, err = d.recognised(tx, s, s.Records[0], device)
		return err
	})
	if err == nil {
		err = wrong
	}
	return done, err
}

// Choose says which of several customers of one contact somebody is, after its code.
func (d *Desk) Choose(ctx context.Context, token string, id customer.ID, device string) (Opened, error) {
	var opened Opened
	err := d.onSeeking(ctx, token, func(tx *store.Tx, s store.Seeking) (err error) {
		if !s.Answered || !slices.Contains(s.Records, id) {
			return fault.New(fault.Unauthenticated, "seeking_over")
		}
		opened, err = d.recognised(tx, s, id, device)
		return err
	})
	return opened, err
}

func (d *Desk) onSeeking(ctx context.Context, token string, verb func(*store.Tx, store.Seeking) error) error {
	hash := keys.LinkHash(token)
	return d.store.Write(ctx, string(hash), func(tx *store.Tx) error {
		s, err := tx.Seeking(hash, tx.Now())
		if err != nil {
			return err
		}
		return verb(tx, s)
	})
}

// reachedAt are those customers who can still be reached at the contact whose code was right:
// it speaks for nobody else, whatever was typed, and for nobody who has another one by now.
func (d *Desk) reachedAt(tx *store.Tx, s store.Seeking) ([]customer.ID, error) {
	var there []customer.ID
	for _, id := range s.Records {
		rec, err := tx.Record(id)
		if err != nil {
			return nil, err
		}
		if d.holding(rec, seeking(s.Method), s.To) != "" {
			there = append(there, id)
		}
	}
	return there, nil
}

// seekingGuard is behind which guard the codes of s stand: that of what was typed, whether
// somebody holds it or not. So a stranger who counts tries learns nothing, and who types
// wrong codes for a number keeps its owner from none of their other ways.
func (d *Desk) seekingGuard(s store.Seeking) verify.Challenge {
	name := fmt.Sprintf("seek %016x", uint64(d.keys.Token("destination", string(s.Typed))))
	return verify.Challenge{Record: customer.ID(name), Method: s.Method, Contact: customer.Key(s.By)}
}

// seekingHolds reports whether code is one of the live ones of somebody, and where it went.
func (d *Desk) seekingHolds(tx *store.Tx, s store.Seeking, code string) (customer.Content, bool) {
	i := slices.IndexFunc(s.Codes, func(c store.SentCode) bool {
		live := verify.Challenge{State: verify.Live, SentAt: c.SentAt, Expires: c.Expires}.Open(tx.Now())
		return d.keys.CodeHolds(c.ID, code, c.MAC) && live && c.To != ""
	})
	if i < 0 {
		return "", false
	}
	return s.Codes[i].To, true
}

func (d *Desk) missSeeking(tx *store.Tx, s store.Seeking, c verify.Challenge, was verify.Tries) (wrong, err error) {
	is, left := was.Miss(tx.Now())
	if err := tx.SaveGuard(c.Record, guarded(c), was.Channel, is.Channel); err != nil {
		return nil, err
	}
	if err := tx.SaveGuard(c.Record, everyChannel(c), was.All, is.All); err != nil {
		return nil, err
	}
	var record customer.ID
	if len(s.Records) > 0 {
		record = s.Records[0]
	}
	if err := logAct(tx, access.Amend(), "seek.miss", record, nil, "method", string(s.Method), "left", fmt.Sprint(left)); err != nil {
		return nil, err
	}
	if left == 0 {
		return is.Allow(tx.Now()), nil
	}
	return fault.New(fault.Invalid, "wrong_code", "field", "code", "left", left), nil
}

// recognised opens the session of a customer who showed a code.
func (d *Desk) recognised(tx *store.Tx, s store.Seeking, id customer.ID, device string) (Opened, error) {
	rec, err := tx.Record(id)
	if err != nil {
		return Opened{}, err
	}
	at := d.holding(rec, seeking(s.Method), s.To)
	if at == "" && s.Vouched == "" {
		return Opened{}, fault.New(fault.Unauthenticated, "seeking_over") // the contact left the record meanwhile
	}
	tx.EndSeeking(s.Hash)
	weak := s.Vouched == "" && rec.Values[at].ProvenSince.IsZero()
	opened := d.open(tx, store.Session{Sort: access.Customer, Holder: string(id), Contact: at, Weak: weak, Device: device})
	by := access.Actor{ID: string(id), Sort: access.Customer, Via: "portal", Weak: weak}
	return opened, logAct(tx, by, "sign_in", id, nil, "session", opened.Session.ID, "method", string(s.Method), "contact", string(at), "vouched", s.Vouched)
}
