package store

import (
	"context"
	"encoding/base64"
	"fmt"
	"time"

	"amend/access"
	"amend/customer"
	"amend/fault"
	"amend/internal/keys"
	"amend/org"
)

// Reader is what doors read through. Every method takes who reads: the scope is applied and
// every value is masked before it leaves, by privacy.Mask and nothing else. A Reader
// cannot write. It is safe for concurrent use.
type Reader struct {
	store    *Store
	calendar org.Calendar
}

// NewReader makes a reader of s; the calendar is for the board's warning about years without data.
func NewReader(s *Store, c org.Calendar) *Reader { return &Reader{store: s, calendar: c} }

// A Page is one page of a list. Next is the cursor of the one behind it, "" at the end.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"`
}

// The bounds of a page.
const (
	pageDefault = 50
	pageMax     = 200
)

// A Slice asks for one page of a list.
type Slice struct {
	Cursor string // Page.Next of the page before, "" for the first
	Limit  int    // at most 200; 0 for 50
}

func (s Slice) size() int {
	if s.Limit <= 0 {
		return pageDefault
	}
	return min(s.Limit, pageMax)
}

// pageOf cuts the one row more that a query asked for, and makes it the cursor.
func pageOf[T any](rows []T, size int, id func(T) string) Page[T] {
	p := Page[T]{Items: rows}
	if len(rows) > size {
		p.Items = rows[:size]
		p.Next = id(p.Items[size-1])
	}
	if p.Items == nil {
		p.Items = []T{}
	}
	return p
}

// linkLength is the length of a link token: 256 bits in base64url.
const linkLength = 43

// SignIn answers who a credential belongs to: a bearer token of a person or client, or a
// customer's link token. Whatever does not hold answers the same fault.
func (r *Reader) SignIn(ctx context.Context, credential string) (access.Actor, error) {
	view, unknown := r.store.View(ctx), fault.New(fault.Unauthenticated, "token_unknown")
	if hash, ok := keys.BearerHash(credential); ok {
		return view.Bearer(hash, r.store.Now())
	}
	if raw, err := base64.RawURLEncoding.DecodeString(credential); err != nil || len(credential) != linkLength || len(raw) == 0 {
		return access.Actor{}, unknown
	}
	link, record, err := view.Link(keys.LinkHash(credential), r.store.Now())
	if fault.KindOf(err) == fault.Unauthenticated {
		return access.Actor{}, unknown
	}
	return access.Actor{ID: string(record), Sort: access.Customer, Via: "link", Link: link}, err
}

// Vouched answers the signed-in customer for whom a client acts. Whether the record
// exists is not said: it answers as any record that is not theirs.
func (r *Reader) Vouched(_ context.Context, by access.Actor, id customer.ID) (access.Actor, error) {
	if f := by.May(access.Vouch); f != nil {
		return access.Actor{}, f
	}
	return access.Actor{ID: string(id), Sort: access.Customer, Via: by.ID}, nil
}

// Source is the name under which what is asked from one network prefix is counted: a keyed
// hash, so that the counters name no address.
func (r *Reader) Source(_ context.Context, _ access.Actor, prefix string) string {
	return fmt.Sprintf("%016x", uint64(r.store.keys.Token("network", prefix)))
}

// Repeat answers what is kept of a request under an idempotency key, ErrNoRow if nothing is.
func (r *Reader) Repeat(ctx context.Context, _ access.Actor, key string) (Repeat, error) {
	return r.store.View(ctx).Repeat(key)
}

// Now is the time by which freshness and gates are computed.
func (r *Reader) Now() time.Time { return r.store.Now() }

// may refuses a read that the actor's roles or link do not allow.
func may(by access.Actor, act access.Act) error {
	if f := by.May(act); f != nil {
		return f
	}
	return nil
}
