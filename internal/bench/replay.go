package bench

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"amend/internal/store"
)

// replay stores recorded acts again, so many at once, each behind the ones before it that
// name a row of its own; shared are ids that name a row of nobody's. The sample is of the n
// things that the acts did.
func (f *floor) replay(clients, n int, acts [][]store.Statement, shared map[string]bool) (sample, error) {
	behind := order(acts, shared)
	done := make([]chan struct{}, len(acts))
	for i := range done {
		done[i] = make(chan struct{})
	}
	s, err := crowd(clients, len(acts), func(_, i int) error {
		defer close(done[i])
		for _, j := range behind[i] {
			<-done[j]
		}
		return f.do(acts[i])
	})
	things := float64(n) / float64(max(len(acts), 1))
	s.rate *= things
	s.cpu = time.Duration(float64(s.cpu) / things)
	return s, err
}

// order answers, for each act, the last ones before it that it shares an id with.
func order(acts [][]store.Statement, shared map[string]bool) [][]int {
	last := map[string]int{}
	behind := make([][]int, len(acts))
	for i, act := range acts {
		named, seen := ids(act), map[int]bool{}
		for id := range named {
			if j, known := last[id]; known && !shared[id] && !seen[j] {
				seen[j] = true
				behind[i] = append(behind[i], j)
			}
			last[id] = i
		}
	}
	return behind
}

// ids are the ids among the arguments of an act: 20 characters of base32hex.
func ids(act []store.Statement) map[string]bool {
	named := map[string]bool{}
	for _, st := range act {
		for _, arg := range st.Args {
			if s, ok := arg.(string); ok && len(s) == idLength && strings.Trim(s, "0123456789abcdefghijklmnopqrstuv") == "" {
				named[s] = true
			}
		}
	}
	return named
}

const idLength = 20

// floorFile is the file of the floor's database; only SQLite has one that can be weighed.
func (r *race) floorFile() (string, bool) { return strings.CutPrefix(r.twin, "sqlite://") }

// The sizes of SQLite's write-ahead log: a header, and a frame for each page.
const (
	walHeader = 32
	walFrame  = 24 + 4096
)

// dirtied commits each act by itself, through a connection of its own that never folds the
// log into the file, and answers how many pages the log has for them.
func dirtied(path string, acts [][]store.Statement) (pages int64, err error) {
	w, err := openFloorWriter(path)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, w.conn.Close()) }()
	for _, pragma := range []string{"PRAGMA wal_autocheckpoint = 0", "PRAGMA wal_checkpoint(TRUNCATE)"} {
		if err := w.ask(pragma); err != nil {
			return 0, err
		}
	}
	for _, act := range acts {
		if err := w.commit([]floorAct{{statements: act}}); err != nil {
			return 0, err
		}
	}
	log, err := os.Stat(path + "-wal")
	if err != nil {
		return 0, err
	}
	return (log.Size() - walHeader) / walFrame, w.ask("PRAGMA wal_checkpoint(TRUNCATE)")
}

// ask runs a statement that answers rows, to its end.
func (w *floorWriter) ask(q string) error {
	stmt, err := w.conn.Prepare(q)
	if err != nil {
		return err
	}
	rows, err := stmt.(driver.StmtQueryContext).QueryContext(context.Background(), nil)
	if err != nil {
		return errors.Join(err, stmt.Close())
	}
	row := make([]driver.Value, len(rows.Columns()))
	for err == nil {
		err = rows.Next(row)
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return errors.Join(err, rows.Close(), stmt.Close())
}
