package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"amend/change"
	"amend/customer"
	"amend/fault"
)

// A Seeking is somebody who asked to be found, and has not shown yet that it is they. For a
// key that nobody holds it has no records, and looks the same from outside.
type Seeking struct {
	Hash     []byte           `json:"-"` // of its token
	Revision int64            `json:"-"`
	Ends     time.Time        `json:"-"`
	By       string           `json:"by"`      // phone, email, number
	Typed    customer.Content `json:"typed"`   // canonical
	Records  []customer.ID    `json:"records"` // whom it may mean
	Contact  customer.Key     `json:"contact"` // of the first record: where the newest code went
	Method   change.Method    `json:"method"`
	Word     string           `json:"word"` // on the page and in the message: they belong together
	Codes    []SentCode       `json:"codes"`
	Answered bool             `json:"answered"` // a code was right, and it must still be said who it is
	To       customer.Content `json:"to"`       // the contact whose code was right
	Vouched  string           `json:"vouched"`  // id of the client at which they are signed in, where no code is needed
}

// A SentCode is one code that went out, as its keyed hash.
type SentCode struct {
	ID      string           `json:"id"`
	MAC     []byte           `json:"mac"`
	To      customer.Content `json:"to"` // "" where there was nobody to send it to
	SentAt  time.Time        `json:"sent_at"`
	Expires time.Time        `json:"expires"`
}

// boundSeeking is what a seeking's ciphertext is bound to.
func boundSeeking(hash []byte) []byte { return append([]byte("seeking "), hash...) }

// Seeking answers the seeking of a token's hash.
func (v View) Seeking(hash []byte, now time.Time) (Seeking, error) {
	s := Seeking{Hash: hash}
	var sealed []byte
	err := v.Row(`SELECT body, revision, ends_at FROM seeking WHERE hash = $1 AND ends_at > $2`, hash, now).Scan(&sealed, &s.Revision, &s.Ends)
	if errors.Is(err, ErrNoRow) {
		return s, fault.New(fault.Unauthenticated, "seeking_over")
	}
	if err == nil {
		sealed, err = v.store.keys.OpenFor("seeking", sealed, boundSeeking(hash))
	}
	if err == nil {
		err = json.Unmarshal(sealed, &s)
	}
	if err != nil {
		return s, fmt.Errorf("read seeking: %w", err)
	}
	return s, nil
}

// SaveSeeking writes a seeking, a new one with revision 0. Somebody who moved it meanwhile wins.
func (tx *Tx) SaveSeeking(s Seeking) error {
	plain, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("save seeking: %w", err)
	}
	const q = `INSERT INTO seeking (hash, body, revision, ends_at) VALUES ($1, $2, 1, $4)
		ON CONFLICT (hash) DO UPDATE SET body = excluded.body, revision = seeking.revision + 1 WHERE seeking.revision = $3`
	tx.One(Stale, q, s.Hash, tx.store.keys.SealFor("seeking", tx.Rand(), plain, boundSeeking(s.Hash)), s.Revision, s.Ends)
	return nil
}

// EndSeeking drops a seeking: of two that end it at once, one does.
func (tx *Tx) EndSeeking(hash []byte) {
	tx.One(fault.New(fault.Unauthenticated, "seeking_over"), `DELETE FROM seeking WHERE hash = $1`, hash)
}

// Holders answers the records, at most ten, that hold a value in a field of f's type, with
// the key where it stands. A token only says that it may.
func (v View) Holders(f customer.Field, c customer.Content) (map[customer.ID]customer.Key, error) {
	ids, err := v.tokenHolders([]int64{v.store.keys.Exact(f, c)}, "")
	if err != nil {
		return nil, err
	}
	opened, err := v.RecordsOf(ids[:min(len(ids), 10)])
	if err != nil {
		return nil, err
	}
	found := map[customer.ID]customer.Key{}
	for id, rec := range opened {
		if rec.Err != nil {
			return nil, rec.Err
		}
		for k, val := range rec.Values {
			of, _ := v.store.catalog.Of(k)
			if val.Content == c && of.Type == f.Type && (found[id] == "" || k < found[id]) {
				found[id] = k
			}
		}
	}
	return found, nil
}

// boundDraft is what a draft's ciphertext is bound to.
func boundDraft(id customer.ID) []byte { return []byte("draft " + string(id)) }

// Draft answers what a customer typed and has not sent, nil if nothing; at is when it was
// last written.
func (v View) Draft(id customer.ID, since time.Time) (body []byte, at time.Time, err error) {
	var sealed []byte
	err = v.Row(`SELECT body, at FROM draft WHERE record_id = $1 AND at > $2`, id, since).Scan(&sealed, &at)
	if errors.Is(err, ErrNoRow) {
		return nil, at, nil
	}
	if err != nil {
		return nil, at, fmt.Errorf("read draft: %w", err)
	}
	key, err := v.dataKey(id)
	if err != nil {
		return nil, at, err
	}
	body, err = key.Open(sealed, boundDraft(id))
	return body, at, err
}

// SaveDraft keeps what a customer typed, sealed under their record's key; nil drops it.
func (tx *Tx) SaveDraft(id customer.ID, body []byte) error {
	if body == nil {
		tx.Exec(`DELETE FROM draft WHERE record_id = $1`, id)
		return nil
	}
	key, err := tx.keyOf(id)
	if err != nil {
		return err
	}
	const q = `INSERT INTO draft (record_id, body, at) VALUES ($1, $2, $3) ON CONFLICT (record_id) DO UPDATE SET body = excluded.body, at = excluded.at`
	tx.Exec(q, id, key.Seal(tx.Rand(), body, boundDraft(id)), tx.Now())
	return nil
}
