package store

import (
	"errors"
	"io"
	"strings"
	"time"

	"amend/change"
	"amend/customer"
)

// A Tx is one attempt of a verb. Reads are immediate and see committed rows; writes are
// queued, have no error to check, and are stored together after the verb has returned
// nil, or not at all. A Tx is of no use once its verb has returned.
type Tx struct {
	View
	now  time.Time
	rand io.Reader
	act  act
	err  error // the first thing queued that cannot be

	records  map[customer.ID]*held            // the records this attempt has read, and their open keys
	altered  map[customer.ID]string           // of each record it replaces: the entry that made the version read
	leaves   map[string][]byte                // the log entries it has queued, and the newest of the records read
	open     map[customer.ID][]change.Request // what it has read of a record's open requests
	systems  *connected                       // the systems that it relies on, once asked for
	policies *versions                        // the versions of the policy that it relies on, once asked for
	shared   map[sharing]bool                 // whether other records hold what it asked about
	again    bool                             // the attempt before was Stale: what memory holds may be old

	bulk      map[string]int // of a draft: where in the act the rows of each plain insert are gathered
	load, run string         // of a draft: the load that it is part of, and the run of search tokens that it leaves
	spooled   int
	destroyed []customer.ID // records whose keys it destroys
}

// act is what a verb has queued: it is stored whole or not at all.
type act struct {
	statements []statement
	wake       bool
	err        error // the outcome, written by the engine before done is closed
	done       chan struct{}
}

// A statement waits in an act to be run.
type statement struct {
	query      string
	args       []any
	missed     error   // for One: what the verb fails with unless exactly one row is touched
	rows       [][]any // for Insert: what is run for each of, instead of args
	condition  bool    // query must answer a row
	serverOnly bool    // a lock that SQLite, which stores one act at a time, has no use for
}

// Now is the time of this attempt: UTC, in whole microseconds, the same however often it is asked.
func (tx *Tx) Now() time.Time { return tx.now }

// Rand is the source of entropy; several verbs may read it at once.
func (tx *Tx) Rand() io.Reader { return tx.rand }

// NewID answers a fresh id of 20 characters that sorts by time: 48 bits of
// milliseconds and 52 random bits in lower-case base32hex.
func (tx *Tx) NewID() string {
	id, err := newID(tx.now, tx.rand)
	tx.fail(err)
	return id
}

// Exec queues a statement.
func (tx *Tx) Exec(q string, args ...any) {
	tx.queue(nil, q, args)
}

// One queues an INSERT, UPDATE or DELETE (without RETURNING) that must touch exactly one
// row, or the whole verb is undone and fails with missed. It is how compare-and-set is
// written: UPDATE … SET revision = $2 WHERE id = $1 AND revision = $3. If missed is
// Stale, Write runs the verb again.
func (tx *Tx) One(missed error, q string, args ...any) {
	if missed == nil || !writes(q) {
		tx.fail(errors.New("One needs an error and an INSERT, UPDATE or DELETE"))
		return
	}
	tx.queue(missed, q, args)
}

// Wake wakes whoever waits on Woken, here and on the other nodes, once the verb is stored.
func (tx *Tx) Wake() { tx.act.wake = true }

func (tx *Tx) queue(missed error, q string, args []any) {
	bound, err := bind(args)
	if err != nil {
		tx.fail(err)
		return
	}
	if missed == nil && tx.gather(q, bound) {
		return
	}
	tx.act.statements = append(tx.act.statements, statement{query: q, args: bound, missed: missed})
}

func (tx *Tx) fail(err error) {
	if tx.err == nil {
		tx.err = err
	}
}

// writes reports whether q begins as a statement that counts the rows it touches.
func writes(q string) bool {
	q = strings.TrimLeft(q, " \t\r\n")
	for _, verb := range []string{"INSERT ", "UPDATE ", "DELETE "} {
		if strings.HasPrefix(q, verb) {
			return true
		}
	}
	return false
}
