package store

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/internal/keys"
	"amend/privacy"
)

// A Visitor is somebody at a browser who is signed in.
type Visitor struct {
	access.Actor
	Session Session
	Token   string    // of the session
	Seen    time.Time // when the browser was last here
}

// IdleEnds is when the session ends if nothing happens any more.
func (v Visitor) IdleEnds(now time.Time) time.Time {
	at := now.Add(v.Sort.Idle())
	if v.Session.Ends.Before(at) {
		return v.Session.Ends
	}
	return at
}

// Stamp is the cookie of a session that was seen now: its token, the time, and a code that
// keeps the browser from moving the time. So looking at a page writes nothing here, and an
// old copy of the cookie is over when its idle time is.
func (r *Reader) Stamp(token string) string {
	seen := strconv.FormatInt(r.store.Now().Unix(), 36)
	return token + "." + seen + "." + base64.RawURLEncoding.EncodeToString(r.store.keys.SeenMAC(token, seen))
}

// Visitor answers who a cookie belongs to. Whatever does not hold answers the same fault.
func (r *Reader) Visitor(ctx context.Context, cookie string) (Visitor, error) {
	token, seen, err := r.unstamp(cookie)
	if err != nil {
		return Visitor{}, err
	}
	v := r.store.View(ctx)
	s, err := v.Session(keys.LinkHash(token), r.store.Now())
	if err != nil {
		return Visitor{}, err
	}
	if idle := r.store.Now().Sub(seen); idle >= s.Sort.Idle() || idle < -maxSkew {
		return Visitor{}, fault.New(fault.Unauthenticated, "session_idle")
	}
	who := Visitor{Session: s, Token: token, Seen: seen}
	if s.Sort == access.Customer {
		who.Actor = access.Actor{ID: s.Holder, Sort: access.Customer, Via: "portal", Weak: s.Weak}
		return who, v.Exists(customer.ID(s.Holder))
	}
	who.Actor, err = v.PersonOf(s.Holder)
	return who, err
}

func (r *Reader) unstamp(cookie string) (token string, seen time.Time, err error) {
	over := fault.New(fault.Unauthenticated, "session_over")
	parts := strings.Split(cookie, ".")
	if len(parts) != 3 || len(parts[0]) != linkLength {
		return "", seen, over
	}
	mac, err1 := base64.RawURLEncoding.DecodeString(parts[2])
	at, err2 := strconv.ParseInt(parts[1], 36, 64)
	if err1 != nil || err2 != nil || !r.store.keys.SeenHolds(parts[0], parts[1], mac) {
		return "", seen, over
	}
	return parts[0], time.Unix(at, 0).UTC(), nil
}

// Sessions answers where the reader is signed in, newest first.
func (r *Reader) Sessions(ctx context.Context, by access.Actor) ([]Session, error) {
	return r.store.View(ctx).SessionsOf(by.ID, r.store.Now())
}

// Preferences answers how the reader likes to work, by name.
func (r *Reader) Preferences(ctx context.Context, by access.Actor) (map[string]string, error) {
	if by.Sort != access.Staff {
		return nil, nil
	}
	return r.store.View(ctx).Preferences(by.ID)
}

// draftLives is how long what a customer typed is kept without being sent.
const draftLives = 24 * time.Hour

// Draft answers what the customer typed and has not sent, and when; nil for nothing.
func (r *Reader) Draft(ctx context.Context, by access.Actor) ([]byte, time.Time, error) {
	if !by.IsCustomer() || by.Via == "link" {
		return nil, time.Time{}, fault.New(fault.Denied, "customer_only")
	}
	return r.store.View(ctx).Draft(customer.ID(by.ID), r.store.Now().Add(-draftLives))
}

// A Sought is what somebody who asked to be found may see before they have shown a code:
// nothing that depends on whether there is such a customer.
type Sought struct {
	By      string         // phone, email, number
	Typed   privacy.Masked // what they typed themselves, masked
	Method  change.Method
	Word    string
	Resend  time.Time // not before
	Ends    time.Time
	Choices []CustomerLine // who they may be, once a code was right
}

// Sought answers a seeking by its token.
func (r *Reader) Sought(ctx context.Context, token string) (Sought, error) {
	v := r.store.View(ctx)
	s, err := v.Seeking(keys.LinkHash(token), r.store.Now())
	if err != nil {
		return Sought{}, err
	}
	out := Sought{By: s.By, Method: s.Method, Word: s.Word, Ends: s.Ends}
	if f, ok := r.store.catalog[s.By]; ok {
		out.Typed = privacy.Mask(access.Amend(), f, s.Typed, false)
	}
	for _, c := range s.Codes {
		out.Resend = c.SentAt.Add(time.Minute)
	}
	if !s.Answered {
		return out, nil
	}
	opened, err := v.RecordsOf(s.Records)
	if err != nil {
		return Sought{}, err
	}
	for _, id := range s.Records {
		if rec := opened[id]; rec.Err == nil {
			out.Choices = append(out.Choices, r.line(access.Actor{Sort: access.Customer, ID: string(id), Via: "portal"}, rec.Record))
		}
	}
	return out, nil
}

// Link answers what a customer's link is for by its token, also where it was used or is
// over, so that its page can say what became of it; how says which.
func (r *Reader) Link(ctx context.Context, token string) (l access.Link, how LinkState, at time.Time, err error) {
	const q = `SELECT purpose, submission, change_id, contact, new, expires_at, used_at FROM link WHERE hash = $1`
	hash := keys.LinkHash(token)
	l.ID = hex.EncodeToString(hash)
	var expires, used time.Time
	err = r.store.View(ctx).Row(q, hash).Scan(&l.Purpose, &l.Submission, &l.Change, &l.Contact, &l.New, &expires, &used)
	switch {
	case errors.Is(err, ErrNoRow):
		return access.Link{}, LinkUnknown, at, nil
	case err != nil:
		return access.Link{}, LinkUnknown, at, fmt.Errorf("read link: %w", err)
	case !used.IsZero():
		return l, LinkUsed, used, nil
	case !expires.After(r.store.Now()):
		return l, LinkExpired, expires, nil
	}
	return l, LinkOpen, expires, nil
}

// A LinkState is what became of a link.
type LinkState string

// The states of a link.
const (
	LinkOpen    LinkState = "open"
	LinkUsed    LinkState = "used"
	LinkExpired LinkState = "expired"
	LinkUnknown LinkState = "unknown"
)
