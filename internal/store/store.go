// Package store keeps everything Amend knows in one SQL database, SQLite or PostgreSQL,
// and is the only place with SQL in it.
//
// One method changes anything: Write runs a verb, a function that reads committed rows
// at once and queues what is to be written; the queue is stored whole or not at all.
// Verbs that arrive together are stored together, at the price of one flush to disk.
// The life of a write: store.go locks the key and runs the verb, tx.go queues, group.go
// gathers, sqlite.go or postgres.go stores. Everything else here is one file per noun.
package store

import (
	"context"
	cryptorand "crypto/rand"
	"errors"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"amend/customer"
	"amend/fault"
	"amend/internal/keys"
)

// Stale is the fault of a verb that decided on what has moved meanwhile. When a One
// misses with an error that is Stale, Write runs the verb again on fresh reads.
var Stale = fault.New(fault.Conflict, "stale")

// maxRuns bounds how often one Write runs its verb: the writer that makes others
// stale has always moved on itself, so eight misses mean a crowd, and the caller is told.
const maxRuns = 8

// Options say which database to open and where time and entropy come from.
type Options struct {
	URL     string           // sqlite:///path/to/file, sqlite::memory: or postgres://…
	Keys    *keys.Master     // opens and seals what is personal; nil where nothing of that is touched
	Catalog customer.Catalog // the fields there are
	Clock   func() time.Time // nil: the machine's
	Rand    io.Reader        // nil: crypto/rand; any other is read by one verb at a time
	Log     *slog.Logger     // nil: silence

	// Solo stores every act on its caller's goroutine, alone, and is told each Moment of
	// it, so that a simulation can stop the program, or let another node act, there and
	// only there. A panic in it goes through Write: that is a crash. nil: as in service.
	Solo func(Moment)

	// Tap is shown what each stored act wrote, in the order of commits: what a benchmark
	// replays with no product around it. nil: nobody looks.
	Tap func([]Statement)
}

// Store is an open database. It is safe for concurrent use.
type Store struct {
	clock  func() time.Time
	rand   io.Reader
	log    *slog.Logger
	engine engine
	locks  stripes
	bell   *bell

	keys     *keys.Master
	catalog  customer.Catalog
	cache    keyCache
	systems  systemCache
	policies policyCache

	solo    func(Moment)
	tap     func([]Statement)
	queue   chan *act
	writers sync.WaitGroup
	open    sync.RWMutex // held for reading while an act is queued, so that Close waits for it
	closed  bool
	full    atomic.Bool // the newest act found no room on the disk
}

// Open opens the database of o.URL, creating a SQLite file that is not there, and brings
// its schema up to date. It refuses a database that a newer Amend has migrated.
func Open(ctx context.Context, o Options) (*Store, error) {
	s := &Store{
		clock:   o.Clock,
		rand:    o.Rand,
		log:     o.Log,
		bell:    newBell(),
		keys:    o.Keys,
		catalog: o.Catalog,
		solo:    o.Solo,
		tap:     o.Tap,
	}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.rand == nil {
		s.rand = cryptorand.Reader
	} else {
		s.rand = &turns{from: o.Rand}
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}

	var err error
	if s.engine, err = s.openEngine(ctx, o.URL); err != nil {
		return nil, err
	}
	if err := migrate(ctx, s.engine, s.now()); err != nil {
		return nil, errors.Join(err, s.engine.close())
	}
	s.engine.listen()
	if s.solo == nil {
		s.startWriters()
	}
	return s, nil
}

// Close waits for what is queued, refuses everything later, and closes the database.
func (s *Store) Close() error {
	s.open.Lock()
	defer s.open.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	if s.queue != nil {
		close(s.queue)
	}
	s.writers.Wait()
	return s.engine.close()
}

// Write runs verb and stores what it queued; nil means that it is on disk. The verb may
// run several times, so it only reads and decides: it has no effect outside, and does not
// see its own queue. Verbs of the same key (a record's id) wait for each other in this
// process; "" waits for nobody. Between processes, compare-and-set (Tx.One) is the truth.
//
// Once the verb has returned, cancelling ctx changes nothing any more: Write answers when
// the outcome is known. A fault.Unavailable "not_stored", or "disk_full" where that is why,
// says that nothing was written, "maybe_stored" that the connection broke, or the disk's flush failed, at the one moment
// when nobody can tell.
func (s *Store) Write(ctx context.Context, key string, verb func(*Tx) error) error {
	unlock, err := s.locks.lock(ctx, key)
	if err != nil {
		return err
	}
	defer unlock()

	for attempt := 1; ; attempt++ {
		err := s.attempt(ctx, verb, attempt > 1)
		if attempt == maxRuns || !errors.Is(err, Stale) || ctx.Err() != nil {
			return err
		}
	}
}

// attempt decides once and stores the decision; again says that the last one was Stale.
func (s *Store) attempt(ctx context.Context, verb func(*Tx) error, again bool) error {
	tx := &Tx{View: s.View(ctx), now: s.now(), rand: s.rand, again: again}
	if err := s.decide(tx, verb); err != nil {
		return err
	}
	tx.claim(ctx)
	if tx.err != nil {
		return tx.err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	defer s.forget(tx.destroyed)
	return s.submit(&tx.act)
}

// forget drops destroyed keys from memory, once the database has let them go.
func (s *Store) forget(destroyed []customer.ID) {
	for _, id := range destroyed {
		s.cache.drop(id)
	}
}

// decide runs the verb; a panic in it is this verb's failure and nobody else's.
func (s *Store) decide(tx *Tx, verb func(*Tx) error) (err error) {
	defer s.caught(&err)
	from, done, err := s.engine.reading(tx.ctx)
	if err != nil {
		return err
	}
	defer done()
	tx.from = from
	return verb(tx)
}

// now is the injected clock as the database keeps time.
func (s *Store) now() time.Time {
	return s.clock().UTC().Truncate(time.Microsecond)
}

// View reads outside a verb: each query sees what is committed at that moment.
func (s *Store) View(ctx context.Context) View { return View{ctx, s.engine, s} }

// Row asks for one row, outside a verb.
func (s *Store) Row(ctx context.Context, q string, args ...any) Row {
	return s.View(ctx).Row(q, args...)
}

// Rows asks for all rows of q, outside a verb.
func (s *Store) Rows(ctx context.Context, q string, args ...any) (*Rows, error) {
	return s.View(ctx).Rows(q, args...)
}

// Snapshot gives read a View whose queries all see the same moment. It holds a
// connection, and on SQLite keeps the log from being reused: it is for short reads.
func (s *Store) Snapshot(ctx context.Context, read func(View) error) error {
	return s.engine.snapshot(ctx, func(from source) error {
		return read(View{ctx, from, s})
	})
}

// Now is the time by the injected clock, as the database keeps it.
func (s *Store) Now() time.Time { return s.now() }

// Rand is the injected source of entropy; several callers may read it at once.
func (s *Store) Rand() io.Reader { return s.rand }

// Check reports whether the database answers.
func (s *Store) Check(ctx context.Context) error {
	var one int64
	return s.Row(ctx, "SELECT 1").Scan(&one)
}

// Woken answers a channel that is closed by the next wake. Whoever polls takes it before
// looking for work and waits on it after finding none, so that no wake falls between.
func (s *Store) Woken() <-chan struct{} { return s.bell.next() }

// turns lets one reader at a time into a source that was not made for many.
type turns struct {
	mu   sync.Mutex
	from io.Reader
}

func (t *turns) Read(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return io.ReadFull(t.from, p)
}
