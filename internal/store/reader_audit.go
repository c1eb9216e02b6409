package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"amend/access"
	"amend/audit"
	"amend/change"
	"amend/customer"
	"amend/fault"
)

// An EntryLine is one entry of the log as a list shows it: its public facts, never a value.
type EntryLine struct {
	Act
	Record customer.ID
	Ref    string // of the request
	Facts  []audit.Fact
}

// An EntryFilter narrows the log; its zero value narrows nothing.
type EntryFilter struct {
	Who    string // id of the actor
	Verb   string
	From   time.Time
	Until  time.Time // not part of it; zero: now
	Ref    string    // of one request
	Record customer.ID
}

// An EntryPage is one page of the log. Who and verb have no index of their own: a page may
// end because enough was looked through, and then says how far back it came.
type EntryPage struct {
	Page[EntryLine]
	Back time.Time // looked through back to here; zero: to the end, or the page is full
}

// entryWindow is how many entries one page looks through.
const entryWindow = 5000

// The parts of Entries: what is looked through, each by an index, and what is shown of it.
// Ids begin with their time, so that a day is a range of them. $1 and $2 are the bounds of
// ids, $3 the verb, $4 the actor, $5 how many.
const (
	entriesAll = `SELECT id FROM (SELECT id, verb, actor_id FROM entry WHERE id < $1 AND id >= $2 ORDER BY id DESC LIMIT $6) AS w
		WHERE (verb = $3 OR $3 = '') AND (actor_id = $4 OR $4 = '') ORDER BY id DESC LIMIT $5`
	entriesOfChange = `SELECT id FROM entry WHERE change_id = $6 AND change_id <> '' AND id < $1 AND id >= $2
		AND (verb = $3 OR $3 = '') AND (actor_id = $4 OR $4 = '') ORDER BY id DESC LIMIT $5`
	entriesOfRecord = `SELECT id FROM (
			SELECT id, verb, actor_id FROM entry WHERE change_id = '' AND record_id = $6 AND id < $1 AND id >= $2
			UNION ALL SELECT e.id, e.verb, e.actor_id FROM change_request c JOIN entry e ON e.change_id = c.id AND e.change_id <> ''
				WHERE c.record_id = $6 AND e.id < $1 AND e.id >= $2) AS w
		WHERE (verb = $3 OR $3 = '') AND (actor_id = $4 OR $4 = '') ORDER BY id DESC LIMIT $5`
	// CROSS: SQLite would go through every entry in order.
	entriesShown = `SELECT e.id, p.pos, e.leaf, COALESCE(c.submission, ''), COALESCE(c.lane, 0) FROM (%s) AS f CROSS JOIN entry e
		LEFT JOIN entry_place p ON p.entry_id = e.id LEFT JOIN change_request c ON c.id = e.change_id WHERE e.id = f.id ORDER BY e.id DESC`
)

// Entries pages through the log, the newest first: by id, and within a page by place, because
// an entry stands behind the one that altered its record before, whatever their clocks said.
func (r *Reader) Entries(ctx context.Context, by access.Actor, f EntryFilter, s Slice) (EntryPage, error) {
	if err := may(by, access.ReadLog); err != nil {
		return EntryPage{}, err
	}
	var page EntryPage
	err := r.store.Snapshot(ctx, func(v View) error {
		before, from := f.ids(s.Cursor)
		q, of := entriesAll, any(entryWindow)
		switch {
		case f.Ref != "":
			id, err := v.changeCalled(f.Ref)
			if err != nil {
				return err
			}
			q, of = entriesOfChange, id
		case f.Record != "":
			q, of = entriesOfRecord, f.Record
		}
		lines, err := list(v, "log", scanEntry, fmt.Sprintf(entriesShown, q), before, from, f.Verb, f.Who, s.size()+1, of)
		if err != nil {
			return err
		}
		page.Page = pageOf(lines, s.size(), func(l EntryLine) string { return l.Entry })
		if q == entriesAll && page.Next == "" {
			page.Next, page.Back, err = v.windowEnd(before, from)
		}
		slices.SortStableFunc(page.Items, byPlace)
		return err
	})
	return page, err
}

// byPlace puts the last place first, and before it what has no place yet.
func byPlace(a, b EntryLine) int {
	switch {
	case a.Pos == nil && b.Pos == nil:
		return 0
	case a.Pos == nil:
		return -1
	case b.Pos == nil:
		return 1
	}
	return cmp.Compare(*b.Pos, *a.Pos)
}

// ids are the bounds between which the entries of f stand: below the first, from the second on.
func (f EntryFilter) ids(cursor string) (before, from string) {
	before = "~" // behind every id
	if !f.Until.IsZero() {
		before = idAt(f.Until)
	}
	if cursor != "" && cursor < before {
		before = cursor
	}
	if !f.From.IsZero() {
		from = idAt(f.From)
	}
	return before, from
}

// idAt is where the ids of a moment begin.
func idAt(at time.Time) string {
	var first [10]byte
	putBase32(first[:], (uint64(at.UnixMilli())&(1<<48-1))<<2)
	return string(first[:])
}

// windowEnd answers the last entry that a page looked at and its time, "" if it looked at all.
func (v View) windowEnd(before, from string) (id string, at time.Time, err error) {
	const q = `SELECT id, at FROM entry WHERE id < $1 AND id >= $2 ORDER BY id DESC LIMIT 1 OFFSET $3`
	err = v.Row(q, before, from, entryWindow-1).Scan(&id, &at)
	if errors.Is(err, ErrNoRow) {
		return "", time.Time{}, nil
	}
	return id, at, err
}

// changeCalled answers the request that people call by a reference, "REQ-7KQ2" or one part of
// it, "REQ-7KQ2/2".
func (v View) changeCalled(ref string) (id change.ID, err error) {
	submission, part, several := strings.Cut(ref, "/")
	least, most := 0, 1
	if several {
		if least, err = strconv.Atoi(part); err != nil {
			return "", noRef()
		}
		most = least
	}
	err = v.Row(`SELECT id FROM change_request WHERE submission = $1 AND lane >= $2 AND lane <= $3`, submission, least, most).Scan(&id)
	if errors.Is(err, ErrNoRow) {
		return "", noRef()
	}
	return id, err
}

func noRef() error { return fault.New(fault.Invalid, "no_ref", "field", "ref") }

func scanEntry(row Row) (l EntryLine, err error) {
	var leaf []byte
	var c change.Request
	if err = row.Scan(&l.Entry, &l.Pos, &leaf, &c.Submission, &c.Lane); err != nil {
		return l, err
	}
	e, err := audit.ParseLeaf(leaf)
	if err != nil {
		return l, fmt.Errorf("entry %s: %w", l.Entry, err)
	}
	l.At, l.Verb, l.By, l.Sort, l.Change = e.At, e.Verb, e.Actor, access.Sort(e.Sort), change.ID(e.Change)
	l.Record, l.Ref, l.Facts = customer.ID(e.Record), c.Ref(), e.Facts
	for _, f := range e.Facts {
		if f.Name == "state" {
			l.State = change.State(f.Value)
		}
	}
	return l, nil
}

// An EntryView is one entry in full: all that its leaf says.
type EntryView struct {
	EntryLine
	Commits []audit.Commitment
	Alters  bool
	Prev    audit.Hash // of the entry that altered the record before; zero: none
	Leaf    []byte
}

// LogEntry answers one entry, whether or not it has a place in the log yet.
func (r *Reader) LogEntry(ctx context.Context, by access.Actor, id string) (EntryView, error) {
	if err := may(by, access.ReadLog); err != nil {
		return EntryView{}, err
	}
	v := r.store.View(ctx)
	line, err := scanEntry(v.Row(fmt.Sprintf(entriesShown, `SELECT CAST($1 AS TEXT) AS id`), id))
	if errors.Is(err, ErrNoRow) {
		return EntryView{}, noEntry(id)
	}
	if err != nil {
		return EntryView{}, err
	}
	leaf, err := v.LogLeaf(id)
	if err != nil {
		return EntryView{}, err
	}
	e, err := audit.ParseLeaf(leaf.Leaf)
	return EntryView{EntryLine: line, Commits: e.Commits, Alters: e.Alters, Prev: e.Prev, Leaf: leaf.Leaf}, err
}

// A HeadLine is one signed head of the log, with the proof that it extends the one before.
type HeadLine struct {
	Size   int64
	At     time.Time
	Note   string // signed
	Before int64  // size of the head before; 0: it is the first
	Was    string // the note of that head
	Proof  audit.Proof
}

// Checkpoints pages through every head of the log since it began, the newest first.
func (r *Reader) Checkpoints(ctx context.Context, by access.Actor, s Slice) (Page[HeadLine], error) {
	if err := may(by, access.ReadLog); err != nil {
		return Page[HeadLine]{}, err
	}
	before := int64(1) << 62
	if s.Cursor != "" {
		var err error
		if before, err = strconv.ParseInt(s.Cursor, 10, 64); err != nil {
			return Page[HeadLine]{}, fault.New(fault.Malformed, "bad_parameter", "field", "cursor")
		}
	}
	var page Page[HeadLine]
	err := r.store.Snapshot(ctx, func(v View) error {
		heads, err := list(v, "checkpoints", func(row Row) (h HeadLine, err error) {
			err = row.Scan(&h.Size, &h.Note, &h.At)
			return h, err
		}, `SELECT size, note, at FROM checkpoint WHERE size < $1 ORDER BY size DESC LIMIT $2`, before, s.size()+1)
		if err != nil {
			return err
		}
		for i := range min(len(heads), s.size()) {
			if i+1 < len(heads) {
				heads[i].Before, heads[i].Was = heads[i+1].Size, heads[i+1].Note
			}
			if heads[i].Proof, err = audit.Consistency(heads[i].Before, heads[i].Size, v.LogRows); err != nil {
				return err
			}
		}
		page = pageOf(heads, s.size(), func(h HeadLine) string { return strconv.FormatInt(h.Size, 10) })
		return nil
	})
	return page, err
}
