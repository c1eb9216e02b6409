package store

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/note"

	"amend/access"
	"amend/audit"
	"amend/change"
	"amend/customer"
	"amend/privacy"
)

// A Version is one version of a record: when it came to be, and by what.
type Version struct {
	Number int64
	At     time.Time
	Entry  string
	Change change.ID // "" for an import
	Keys   []customer.Key
}

// An Agreement is what comparing a record with its log gave.
type Agreement string

// The agreements. A record that does not agree is a matter for the security officer.
const (
	Agrees    Agreement = "proven"  // its row is the fold of its entries, every value was committed to, and the log's signed head covers them
	AgreesYet Agreement = "pending" // the same, but its newest entry waits for its place in the log
	Disagrees Agreement = "failed"
)

// An altering entry as a record's chain holds it.
type altering struct {
	id, change string
	at         time.Time
	effects    []customer.SealedEffect
	leaf       []byte
}

// alterings answers the entries that made a record, oldest first. They are followed from
// the newest one back, each naming the one before: order never depends on a clock.
func (v View) alterings(id customer.ID, entry string) ([]altering, error) {
	var all []altering
	for entry != "" {
		a := altering{id: entry}
		var effects []byte
		const q = `SELECT change_id, at, effects, leaf, COALESCE(prev_id, '') FROM entry WHERE id = $1`
		err := v.Row(q, entry).Scan(&a.change, &a.at, &effects, &a.leaf, &entry)
		if err == nil {
			a.effects, err = customer.DecodeEffects(effects)
		}
		if err != nil {
			return nil, fmt.Errorf("read the entries of record %s: %w", id, err)
		}
		all = append(all, a)
	}
	slices.Reverse(all)
	return all, nil
}

// dossierPast adds the versions, and checks that the record is what its log says.
func (r *Reader) dossierPast(v View, _ access.Actor, rec customer.Record, d *Dossier) error {
	key, err := v.dataKey(rec.ID)
	if err != nil {
		return err
	}
	row, err := v.record(key, rec.ID)
	if err != nil {
		return err
	}
	chain, err := v.alterings(rec.ID, row.entry)
	if err != nil {
		return err
	}
	for i, a := range chain {
		is := Version{Number: int64(i + 1), At: a.at, Entry: a.id, Change: change.ID(a.change)}
		for _, e := range a.effects {
			is.Keys = append(is.Keys, e.Key)
		}
		d.Versions = append(d.Versions, is)
	}
	d.Agrees = Disagrees
	if folds(row.doc, chain) && committed(row.rec, chain) {
		d.Agrees, err = v.covered(chain)
	}
	return err
}

// folds reports whether a record is the fold of its entries, byte for byte, and each entry
// names the hash of the one before.
func folds(doc customer.Document, chain []altering) bool {
	var made customer.Document
	var prev audit.Hash
	for _, a := range chain {
		e, err := audit.ParseLeaf(a.leaf)
		if err != nil || e.Prev != prev {
			return false
		}
		made, prev = made.Fold(a.effects, a.at), e.Hash()
	}
	return bytes.Equal(made.Encode(), doc.Encode())
}

// committed reports whether the log committed to every value: who swaps a ciphertext cannot
// make the commitment that fits.
func committed(rec customer.Record, chain []altering) bool {
	known := map[audit.Commitment]bool{}
	for _, a := range chain {
		if e, err := audit.ParseLeaf(a.leaf); err == nil {
			for _, c := range e.Commits {
				known[c] = true
			}
		}
	}
	for k, value := range rec.Values {
		if !known[audit.Commit(value.Salt, string(k), string(value.Content))] {
			return false
		}
	}
	return true
}

// covered reports whether the newest signed head of the log covers the newest entry of a
// record, and with it, by their hashes, all before.
func (v View) covered(chain []altering) (Agreement, error) {
	newest := chain[len(chain)-1]
	leaf, err := v.LogLeaf(newest.id)
	if err != nil {
		return Disagrees, err
	}
	size, signed, err := v.Head()
	if err != nil || leaf.Pos < 0 || leaf.Pos >= size {
		return AgreesYet, err
	}
	public, err := v.Meta("log_public_key")
	if err != nil {
		return Disagrees, err
	}
	log, err := note.NewVerifier(public)
	if err != nil {
		return Disagrees, nil // a key that is none proves nothing
	}
	head, _, err := audit.OpenCheckpoint([]byte(signed), log)
	if err != nil {
		return Disagrees, nil
	}
	path, err := audit.Inclusion(head.Size, leaf.Pos, v.LogRows)
	if err != nil {
		return Disagrees, err
	}
	entry, err := audit.ParseLeaf(newest.leaf)
	if err != nil || path.Check(head.Size, head.Root, leaf.Pos, entry.Hash()) != nil {
		return Disagrees, nil
	}
	return Agrees, nil
}

// A Turn is what one version made of one value. No value says that it was removed.
type Turn struct {
	Version
	Value   *privacy.Masked
	Grade   customer.Grade
	Channel string
	Source  string
	Keep    bool // only what the value is worth moved
}

// Turns answers what a value of a record was, version by version, newest first. Test:
// TestTurnsTellWhatAValueWas.
func (r *Reader) Turns(ctx context.Context, by access.Actor, id customer.ID, k customer.Key) ([]Turn, error) {
	var turns []Turn
	err := r.store.Snapshot(ctx, func(v View) error {
		if _, err := r.record(v, by, id); err != nil {
			return err
		}
		key, err := v.dataKey(id)
		if err != nil {
			return err
		}
		row, err := v.record(key, id)
		if err != nil {
			return err
		}
		chain, err := v.alterings(id, row.entry)
		if err != nil {
			return err
		}
		for i, a := range chain {
			for _, e := range a.effects {
				if e.Key != k {
					continue
				}
				t := Turn{Version: Version{Number: int64(i + 1), At: a.at, Entry: a.id, Change: change.ID(a.change)}, Keep: e.Keep}
				if len(e.Blob) > 0 {
					value, err := openValue(key, id, k, t.Number, e.Blob)
					if err != nil {
						return err
					}
					t.Value, t.Grade, t.Channel, t.Source = r.shown(by, k, value.Content), value.Grade, value.Channel, value.Source
				}
				turns = append(turns, t)
			}
		}
		return nil
	})
	slices.Reverse(turns)
	return turns, err
}

// maxVerbs bounds how many verbs one look at the history names.
const maxVerbs = 16

// HistoryOf is History of some verbs only; none means all.
func (r *Reader) HistoryOf(ctx context.Context, by access.Actor, id customer.ID, verbs []string, s Slice) (Page[Act], error) {
	if len(verbs) == 0 {
		return r.History(ctx, by, id, s)
	}
	v := r.store.View(ctx)
	if _, err := r.record(v, by, id); err != nil {
		return Page[Act]{}, err
	}
	const q = `SELECT e.id, p.pos, e.leaf FROM (
			SELECT id, leaf, verb FROM entry WHERE change_id = '' AND record_id = $1
			UNION ALL SELECT e.id, e.leaf, e.verb FROM change_request c JOIN entry e ON e.change_id = c.id AND e.change_id <> '' WHERE c.record_id = $1
		) AS e LEFT JOIN entry_place p ON p.entry_id = e.id
		WHERE (e.id < $2 OR $2 = '') AND e.verb IN ($4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
		ORDER BY e.id DESC LIMIT $3`
	args := []any{id, s.Cursor, s.size() + 1}
	for i := range maxVerbs {
		args = append(args, verbs[min(i, len(verbs)-1)])
	}
	acts, err := list(v, "history", func(row Row) (Act, error) { return scanAct(by, row) }, q, args...)
	return pageOf(acts, s.size(), func(a Act) string { return a.Entry }), err
}
