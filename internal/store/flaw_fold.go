package store

import (
	"bytes"

	"golang.org/x/mod/sumdb/tlog"

	"amend/audit"
	"amend/customer"
	"amend/internal/keys"
)

// row compares the row with the fold of its entries, and reports whether it may be opened.
func (x *recordExam) row(v View, s *subject) bool {
	f := x.fold(s)
	if s.row == nil {
		if s.altered() {
			x.flaw(RecordMissing, string(s.id))
		}
		return false
	}
	held := v.store.keys.RecordHolds(rowName(s.id, s.row.kind, s.row.entry), s.row.version, s.row.body, s.row.mac)
	switch {
	case !held && !s.altered():
		x.flaw(RecordInserted, string(s.id))
	case !held:
		x.flaw(RecordEdited, string(s.id))
	case !f.placed || f.broken:
		x.flaw(RecordEntryMissing, string(s.id))
	case f.forked || !bytes.Equal(f.made, s.row.body):
		if !f.told {
			x.flaw(EffectsEdited, string(s.id))
		}
	case !f.newest:
		x.flaw(RecordPutBack, string(s.id))
	}
	return held
}

// folded is what the entries of a record make.
type folded struct {
	made   []byte // the record as the entry that the row names left it
	placed bool   // the row's entry is among them
	newest bool   // and is the last of them
	broken bool   // one of them is missing
	forked bool   // two of them follow the same one
	told   bool   // a flaw was reported for one of them

	chained int // how many there are
}

// fold follows the entries from the first to the last, as a rebuild does, and opens what
// each of them wrote: an effect that was replaced later leaves no trace in the record.
func (x *recordExam) fold(s *subject) folded {
	var f folded
	next := map[string]*entryRow{}
	for prev, all := range x.chain(s) {
		next[prev] = all[0]
		f.forked = f.forked || len(all) > 1
		f.chained += len(all)
	}
	var doc customer.Document
	done := 0
	for e, ok := next[""]; ok && done <= f.chained; e, ok = next[e.id] {
		done++
		effects, err := customer.DecodeEffects(e.effects)
		if e.effects != nil && (err != nil || !effectsOpen(s, effects, doc.Version+1)) {
			x.flaw(EffectsEdited, e.id)
			f.told = true
		}
		f.told = f.told || e.doubtful || e.effects == nil
		doc = doc.Fold(effects, e.parsed.At)
		f.newest = s.row != nil && e.id == s.row.entry
		if f.newest {
			f.placed, f.made = true, doc.Encode()
		}
	}
	f.broken = done < f.chained && !f.forked
	return f
}

// chain puts the altering entries of a record under the one that each follows. The leaf
// commits to it by its hash, so a prev_id that says otherwise was edited.
func (x *recordExam) chain(s *subject) map[string][]*entryRow {
	byHash := map[audit.Hash]string{{}: ""}
	for i := range s.entries {
		byHash[tlog.RecordHash(s.entries[i].leaf)] = s.entries[i].id
	}
	chain := map[string][]*entryRow{}
	for i := range s.entries {
		e := &s.entries[i]
		if e.effects == nil && !e.parsed.Alters {
			continue
		}
		follows, known := byHash[e.parsed.Prev]
		switch {
		case !known || e.doubtful:
			follows = e.prev
		case follows != e.prev:
			x.flaw(EntryEdited, e.id)
		}
		chain[follows] = append(chain[follows], e)
	}
	return chain
}

func effectsOpen(s *subject, effects []customer.SealedEffect, version int64) bool {
	for _, e := range effects {
		if s.opened && len(e.Blob) > 0 && !opens(s.key, e.Blob, customer.Bound(s.id, e.Key, version)) {
			return false
		}
	}
	return true
}

func opens(key keys.DataKey, sealed, bound []byte) bool {
	_, err := key.Open(sealed, bound)
	return err == nil
}
