package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"amend/audit"
	"amend/change"
	"amend/customer"
	"amend/downstream"
	"amend/internal/keys"
)

// A Look says which rows about records are examined.
type Look struct {
	Only     []customer.ID   // these records; all of them for none
	Distrust map[string]bool // entries that are not what they were: what they say proves nothing
}

// ExamineRecords compares the rows about records with each other and gives each what is
// wrong: row and fold of its entries, requests and the entries that carry them, data keys,
// search tokens, relations, deliveries, and the cause of every value. Each page is read as
// of one moment, so that it may run beside a busy server.
func (s *Store) ExamineRecords(ctx context.Context, look Look, each func(Flaw)) (Extent, error) {
	x := &recordExam{each: each, causes: map[string]bool{}, all: len(look.Only) == 0, distrust: look.Distrust}
	x.search.unknown = map[customer.ID]bool{}
	var err error
	if x.systems, err = s.View(ctx).followers(); err != nil {
		return x.seen, err
	}
	newest := int64(0)
	if !x.all {
		newest = logPage
	}
	if x.orphans, err = s.View(ctx).orphans(newest); err != nil {
		return x.seen, err
	}
	for _, id := range look.Only {
		if err := s.Snapshot(ctx, func(v View) error { return x.page(v, span{just: id}) }); err != nil {
			return x.seen, err
		}
	}
	if !x.all {
		return x.seen, nil
	}
	if err := x.everyPage(ctx, s); err != nil {
		return x.seen, err
	}
	for id := range x.orphans { // of whose records nothing else is left
		if err := x.about(s.View(ctx), &subject{id: id}); err != nil {
			return x.seen, err
		}
	}
	return x.seen, x.search.compare(ctx, s, each)
}

// everyPage examines every record there ever was, page by page.
func (x *recordExam) everyPage(ctx context.Context, s *Store) error {
	for after, more := customer.ID(""), true; more; {
		err := s.Snapshot(ctx, func(v View) error {
			ids, err := v.everRecorded(after)
			if err != nil {
				return err
			}
			here := span{after: after}
			if more = len(ids) > 0; more {
				here.last = ids[len(ids)-1]
				after = here.last
			}
			return x.page(v, here)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// recordExam is one examination of records.
type recordExam struct {
	each     func(Flaw)
	all      bool // every record is looked at, not some
	distrust map[string]bool
	systems  []follower
	orphans  map[customer.ID][]change.ID // requests that entries speak of, and that have no row
	causes   map[string]bool             // whether an id is a request that was applied, or a migration run
	search   searchExam
	seen     Extent
}

// A subject is everything that is stored about one record.
type subject struct {
	id       customer.ID
	row      *recordRow // nil: there is none
	wrapped  []byte     // its data key; nil: there is none
	related  map[customer.Key]string
	requests []requestRow
	entries  []entryRow // by id
	told     []downstream.Delivery

	key    keys.DataKey
	opened bool // the key is there and whole
}

type recordRow struct {
	kind, entry string
	version     int64
	body, mac   []byte
}

type requestRow struct {
	id                           change.ID
	submission, kind, state, who string
	lane, revision, version      int64
	open, timed, stuck           bool
	entry                        string // whose body is the request
}

type entryRow struct {
	id, prev      string
	change        change.ID
	leaf          []byte
	effects, body []byte
	parsed        audit.Entry
	doubtful      bool // its leaf is not what it was
}

// page examines every record of a span.
func (x *recordExam) page(v View, here span) error {
	all, err := v.subjects(here)
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(all)) {
		if err := x.about(v, all[id]); err != nil {
			return err
		}
	}
	if len(x.causes) > maxKnownCauses {
		clear(x.causes)
	}
	return nil
}

func (x *recordExam) flaw(code, row string) { x.each(Flaw{Code: code, Row: row, N: 1}) }

// about examines one record, with the entries of its requests that have no row any more.
func (x *recordExam) about(v View, s *subject) error {
	for _, id := range x.orphans[s.id] {
		if err := v.actsOf(id, s); err != nil {
			return err
		}
	}
	delete(x.orphans, s.id)
	if err := v.chase(s); err != nil {
		return err
	}
	return x.subject(v, s)
}

func (x *recordExam) subject(v View, s *subject) error {
	if s.row != nil {
		x.seen.Records++
	}
	x.unlock(v, s)
	for i := range s.entries {
		x.entry(&s.entries[i], s)
	}
	sound := x.row(v, s)
	x.ofRequests(v, s)
	x.deliveries(v, s)
	if !sound || !s.opened {
		x.search.unknown[s.id] = s.row != nil || s.altered()
		return nil
	}
	return x.values(v, s)
}

// unlock opens the record's data key. A request that was refused has lost its key by rule;
// a record on the books never has.
func (x *recordExam) unlock(v View, s *subject) {
	if s.wrapped == nil {
		if s.row != nil {
			x.flaw(KeyMissing, string(s.id))
		}
		return
	}
	key, err := v.store.keys.Unwrap(string(s.id), s.wrapped)
	if err != nil {
		x.flaw(KeyWrong, string(s.id))
		return
	}
	s.key, s.opened = key, true
}

// entry examines what of an entry the log's hash does not cover: its effects and its sealed
// words. What the hash covers is ExamineLog's.
func (x *recordExam) entry(e *entryRow, s *subject) {
	if e.doubtful = !e.parse() || x.distrust[e.id]; e.doubtful {
		return
	}
	if e.parsed.Alters != (e.effects != nil) {
		x.flaw(EffectsEdited, e.id)
	}
	if e.sealsRequest() && (e.body == nil || s.opened && !opens(s.key, e.body, boundRequest(e.change))) {
		x.flaw(EntryWordsUnproven, e.id)
	}
}

// sealsRequest reports whether the entry carries the request as its act left it: such an
// entry names the state on its public face.
func (e *entryRow) sealsRequest() bool { return e.change != "" && e.fact("state") != "" }

func (e *entryRow) fact(name string) string {
	for _, f := range e.parsed.Facts {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// altered reports whether any entry made something of the record.
func (s *subject) altered() bool {
	for _, e := range s.entries {
		if e.effects != nil || e.parsed.Alters {
			return true
		}
	}
	return false
}

// values opens a record that holds, and compares with it what is made from its values.
func (x *recordExam) values(v View, s *subject) error {
	doc, err := customer.DecodeDocument(s.row.body)
	if err != nil {
		x.flaw(ValuesUnreadable, string(s.id))
		return nil
	}
	rec, err := openDocument(s.key, s.id, customer.Kind(s.row.kind), doc)
	if err != nil {
		x.search.unknown[s.id] = true
		x.flaw(ValuesUnreadable, string(s.id))
		return nil
	}
	if !related(v.store.catalog, s, rec) {
		x.flaw(RelationsWrong, string(s.id))
	}
	if err := x.found(v, rec); err != nil {
		return err
	}
	return x.caused(v, rec)
}

// found looks whether search finds the record: at once where only some records are looked
// at, with all others at the end where all are.
func (x *recordExam) found(v View, rec customer.Record) error {
	if x.all {
		x.search.expect(rec.ID, tokensOf(v.store, rec))
		return nil
	}
	return v.compareTokens(rec.ID, nil, x.each)
}

// caused looks whether something accounts for every value.
func (x *recordExam) caused(v View, rec customer.Record) error {
	for _, value := range rec.Values {
		ok, known := x.causes[value.Cause]
		if !known {
			var err error
			if ok, err = v.isCause(value.Cause); err != nil {
				return fmt.Errorf("record %s: %w", rec.ID, err)
			}
			x.causes[value.Cause] = ok
		}
		if !ok {
			x.flaw(Causeless, string(rec.ID))
			return nil
		}
	}
	return nil
}
