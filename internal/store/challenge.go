package store

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/verify"
)

const challengeColumns = `id, change_id, record_id, gate, method, contact, new, weak, mac, state, sent_at, expires_at`

func scanChallenge(row Row) (verify.Challenge, error) {
	var c verify.Challenge
	err := row.Scan(&c.ID, &c.Change, &c.Record, &c.Gate, &c.Method, &c.Contact, &c.New, &c.Weak, &c.MAC, &c.State, &c.SentAt, &c.Expires)
	return c, err
}

// Challenge answers one challenge of a request; any other id is not found.
func (v View) Challenge(of change.ID, id string) (verify.Challenge, error) {
	c, err := scanChallenge(v.Row(`SELECT `+challengeColumns+` FROM challenge WHERE id = $1 AND change_id = $2`, id, of))
	if errors.Is(err, ErrNoRow) {
		return c, fault.New(fault.NotFound, "no_challenge")
	}
	if err != nil {
		return c, fmt.Errorf("read challenge: %w", err)
	}
	return c, nil
}

// Challenges answers every challenge of a request, oldest first.
func (v View) Challenges(of change.ID) ([]verify.Challenge, error) {
	return list(v, "challenges", scanChallenge, `SELECT `+challengeColumns+` FROM challenge WHERE change_id = $1 ORDER BY id`, of)
}

// AddChallenge writes a new challenge.
func (tx *Tx) AddChallenge(c verify.Challenge) {
	const q = `INSERT INTO challenge (` + challengeColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
	tx.Exec(q, c.ID, c.Change, c.Record, c.Gate, c.Method, c.Contact, c.New, c.Weak, c.MAC, c.State, c.SentAt, c.Expires)
}

// UseChallenge spends a live challenge: of two that answer it at once, one succeeds.
func (tx *Tx) UseChallenge(id string) {
	tx.One(fault.New(fault.Conflict, "code_used"), `UPDATE challenge SET state = $2 WHERE id = $1 AND state = $3`, id, verify.Used, verify.Live)
}

// VoidChallenge makes a displaced code worthless.
func (tx *Tx) VoidChallenge(id string) {
	tx.Exec(`UPDATE challenge SET state = $2 WHERE id = $1 AND state = $3`, id, verify.Void, verify.Live)
}

// readGuard fills into from the counter of name; a counter that was never written is zero.
func readGuard(v View, name string, into any) error {
	var body string
	err := v.Row(`SELECT body FROM guard WHERE name = $1`, name).Scan(&body)
	if errors.Is(err, ErrNoRow) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(body), into)
	}
	if err != nil {
		return fmt.Errorf("read guard: %w", err)
	}
	return nil
}

// saveGuard writes a counter by compare-and-set, so that two tries at once count as two.
func saveGuard(tx *Tx, name string, was, is any) error {
	old, err := json.Marshal(was)
	if err != nil {
		return fmt.Errorf("save guard: %w", err)
	}
	next, err := json.Marshal(is)
	if err != nil {
		return fmt.Errorf("save guard: %w", err)
	}
	const q = `INSERT INTO guard (name, body, at) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET body = excluded.body, at = excluded.at WHERE guard.body = $4`
	tx.One(Stale, q, name, string(next), tx.Now(), string(old))
	return nil
}

// Guard answers the count of wrong codes of a customer on one contact.
func (v View) Guard(id customer.ID, contact customer.Key) (verify.Guard, error) {
	var g verify.Guard
	return g, readGuard(v, guardName(id, contact), &g)
}

// SaveGuard writes the count that followed was.
func (tx *Tx) SaveGuard(id customer.ID, contact customer.Key, was, is verify.Guard) error {
	return saveGuard(tx, guardName(id, contact), was, is)
}

func guardName(id customer.ID, contact customer.Key) string {
	return "codes " + string(id) + " " + string(contact)
}

// Sends answers what was sent under a quota. name carries no contact in clear.
func (v View) Sends(name string) (verify.Sends, error) {
	var s verify.Sends
	return s, readGuard(v, "sends "+name, &s)
}

// SaveSends writes the count that followed was.
func (tx *Tx) SaveSends(name string, was, is verify.Sends) error {
	return saveGuard(tx, "sends "+name, was, is)
}

// Claim says that a request is about to write a value that no two records may hold. Of two
// that claim it at once the second is run again, and finds what the first wrote. A claim
// names the value as its search token does, and is forgotten with the counters.
func (tx *Tx) Claim(f customer.Field, c customer.Content, by change.ID) error {
	type claim struct{ By change.ID }
	name := fmt.Sprintf("claim %016x", uint64(tx.store.keys.Exact(f, c)))
	var was claim
	if err := readGuard(tx.View, name, &was); err != nil {
		return err
	}
	return saveGuard(tx, name, was, claim{by})
}

// AddLink stores the hash of a link token that is sent to a customer.
func (tx *Tx) AddLink(hash []byte, record customer.ID, l access.Link, expires time.Time) {
	const q = `INSERT INTO link (hash, purpose, record_id, submission, change_id, contact, new, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	tx.Exec(q, hash, l.Purpose, record, l.Submission, l.Change, l.Contact, l.New, expires)
}

// Link answers what a link token allows, by its hash: the same fault for a token that
// never was, has expired or is spent, so that nothing can be learnt from it.
func (v View) Link(hash []byte, now time.Time) (access.Link, customer.ID, error) {
	const q = `SELECT purpose, record_id, submission, change_id, contact, new FROM link WHERE hash = $1 AND expires_at > $2 AND used_at IS NULL`
	l := access.Link{ID: hex.EncodeToString(hash)}
	var record customer.ID
	err := v.Row(q, hash, now).Scan(&l.Purpose, &record, &l.Submission, &l.Change, &l.Contact, &l.New)
	if errors.Is(err, ErrNoRow) {
		return access.Link{}, "", fault.New(fault.Unauthenticated, "link_unknown")
	}
	if err != nil {
		return l, "", fmt.Errorf("read link: %w", err)
	}
	return l, record, nil
}

// UseLink spends an act token: of two uses at once, one succeeds.
func (tx *Tx) UseLink(id string) {
	hash, err := hex.DecodeString(id)
	tx.fail(err)
	tx.One(fault.New(fault.Conflict, "link_used"), `UPDATE link SET used_at = $2 WHERE hash = $1 AND used_at IS NULL`, hash, tx.Now())
}

// ForgetGuards drops counters that nobody touched since before.
func (tx *Tx) ForgetGuards(before time.Time) {
	tx.Exec(`DELETE FROM guard WHERE at < $1`, before)
}
