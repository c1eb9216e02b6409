package store

import (
	"context"
	"errors"
	"fmt"

	"modernc.org/sqlite"

	"amend/customer"
)

// A Flaw is one row that is not as Amend left it: somebody wrote to the database by hand,
// a disk lost something, or an old copy was put back. It names rows, never a value.
type Flaw struct {
	Code string // of the table below: what is wrong
	Row  string // id of the record, request or entry; "system/record"; "1200" for a place in the log
	N    int64  // how many of it, where one row stands for several
}

// What can be wrong with the rows about a record.
const (
	RecordEdited       = "record_edited"        // the row doesn't hold under its seal
	RecordInserted     = "record_inserted"      // a row that no entry accounts for
	RecordMissing      = "record_missing"       // entries make it, and there is no row
	RecordPutBack      = "record_put_back"      // the row is an older version of itself
	RecordEntryMissing = "record_entry_missing" // the row holds, and the log lacks what made it
	EffectsEdited      = "effects_edited"       // an entry doesn't make the record that it made
	KeyMissing         = "record_key_missing"
	KeyWrong           = "record_key_wrong"  // it doesn't open under the master key
	ValuesUnreadable   = "values_unreadable" // the row and its key hold, and the key doesn't open the values
	Causeless          = "value_causeless"   // no request and no migration run accounts for a value
	TokensMissing      = "tokens_missing"    // search doesn't find the record
	TokensExtra        = "tokens_extra"      // search finds it by what it doesn't hold
	RelationsWrong     = "relations_wrong"
	DeliveryMissing    = "delivery_missing" // a system that follows the record isn't told
	DeliveryIdle       = "delivery_idle"    // owed, and never due
)

// What can be wrong with the rows about a request.
const (
	RequestEdited      = "request_edited"
	RequestInserted    = "request_inserted"
	RequestMissing     = "request_missing"
	RequestPutBack     = "request_put_back"
	RequestEntryLost   = "request_entry_missing" // it has had more acts than the log has entries
	RequestIdle        = "request_idle"          // time must do something to it, and never will
	RequestStuck       = "quarantined"           // its timer failed too often to be tried again by itself
	EntryWordsUnproven = "entry_words_edited"    // the sealed words of an entry
)

// LeaseFar is a shard of the work that is held for longer than any server holds one.
const LeaseFar = "lease_far"

// What can be wrong with the log.
const (
	EntryEdited   = "entry_edited"
	EntryMissing  = "entry_missing"  // its place in the tree is empty
	EntryUnplaced = "entry_unplaced" // it has no place, and waits for none
	LogRowEdited  = "log_row_edited"
	HeadEdited    = "head_edited"
	HeadMissing   = "head_missing" // entries have places behind the newest head
	LogCut        = "log_cut"      // hashes stand behind the newest head: its end was cut off
	LogAltered    = "log_altered"  // no single entry is at fault: the tree as a whole is another
	LogDoubtful   = "log_doubtful" // the newest part doesn't lead to the head; only a whole replay says why
)

// An Extent is how much an examination has looked at.
type Extent struct {
	Records  int64
	Requests int64
	Entries  int64
}

// Corrupt reports whether err is the database itself saying that its file is damaged, or no
// database at all.
func Corrupt(err error) bool {
	const corrupt, notADatabase = 11, 26
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return lite.Code()&0xff == corrupt || lite.Code()&0xff == notADatabase
	}
	var pg *pgError
	return errors.As(err, &pg) && (pg.code == "XX001" || pg.code == "XX002")
}

// Pending answers the migrations that the database at url has not seen, without running
// any: who only looks must not change what they look at.
func Pending(ctx context.Context, url string) (names []string, err error) {
	p, err := openPeeked(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("look at the database: %w", err)
	}
	defer func() { err = errors.Join(err, p.close()) }()
	variant := (*postgresEngine)(nil).variant()
	if _, is := p.(peekedSQLite); is {
		variant = (*sqliteEngine)(nil).variant()
	}
	all, err := migrations(schemaFiles, variant)
	if err != nil {
		return nil, err
	}
	pending, err := unseen(ctx, p, peekedLedger{peeked: p}, all)
	for _, m := range pending {
		names = append(names, m.name)
	}
	return names, err
}

// peekedLedger is the one thing about an engine that unseen asks for.
type peekedLedger struct {
	engine
	peeked peeked
}

func (l peekedLedger) ledgerCount() string { return l.peeked.ledgerCount() }

// RecentRecords answers the records that the newest entries speak of, at most limit: what
// a quick look begins with. It reads at most entries rows.
func (v View) RecentRecords(entries, limit int) ([]customer.ID, error) {
	const q = `SELECT DISTINCT record_id FROM (SELECT record_id FROM entry ORDER BY id DESC LIMIT $1) AS newest WHERE record_id <> '' LIMIT $2`
	return scanIDs[customer.ID](v, q, entries, limit)
}
