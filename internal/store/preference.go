package store

import (
	"time"

	"amend/change"
)

// Preferences answers how a person likes to work, by name.
func (v View) Preferences(actor string) (map[string]string, error) {
	all := map[string]string{}
	return all, v.each("preferences", func(row Row) error {
		var name, value string
		err := row.Scan(&name, &value)
		all[name] = value
		return err
	}, `SELECT name, value FROM preference WHERE actor_id = $1`, actor)
}

// SetPreference keeps how a person likes to work; "" forgets it.
func (tx *Tx) SetPreference(actor, name, value string) {
	if value == "" {
		tx.Exec(`DELETE FROM preference WHERE actor_id = $1 AND name = $2`, actor, name)
		return
	}
	const q = `INSERT INTO preference (actor_id, name, value) VALUES ($1, $2, $3) ON CONFLICT (actor_id, name) DO UPDATE SET value = excluded.value`
	tx.Exec(q, actor, name, value)
}

// Snooze puts a request off for a person until a time, or until something happens to it.
func (tx *Tx) Snooze(actor string, id change.ID, revision int64, until time.Time) {
	const q = `INSERT INTO snooze (actor_id, change_id, revision, until_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (actor_id, change_id) DO UPDATE SET revision = excluded.revision, until_at = excluded.until_at`
	tx.Exec(q, actor, id, revision, until)
}

// Awaken takes back what a person put off.
func (tx *Tx) Awaken(actor string, id change.ID) {
	tx.Exec(`DELETE FROM snooze WHERE actor_id = $1 AND change_id = $2`, actor, id)
}

// A Snoozed is one request that a person put off.
type Snoozed struct {
	Change   change.ID
	Revision int64
	Until    time.Time
}

// Snoozes answers what a person put off and is not due again.
func (v View) Snoozes(actor string, now time.Time) ([]Snoozed, error) {
	return list(v, "snoozes", func(row Row) (s Snoozed, err error) {
		err = row.Scan(&s.Change, &s.Revision, &s.Until)
		return s, err
	}, `SELECT change_id, revision, until_at FROM snooze WHERE actor_id = $1 AND until_at > $2 ORDER BY until_at`, actor, now)
}

// AddVerdict remembers that a person decided a request.
func (tx *Tx) AddVerdict(d change.Decision, id change.ID) {
	tx.Exec(`INSERT INTO verdict (actor_id, change_id, verdict, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, d.By.ID, id, d.Verdict, tx.Now())
}
