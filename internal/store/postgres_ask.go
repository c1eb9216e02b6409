package store

import (
	"bytes"
	"context"
	"runtime"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// postgresQuestions bounds the questions of one group, so that the first does not wait
	// long for the answer to the last.
	postgresQuestions = 32

	// askPatience is how long a question waits to be taken along. Who is being asked for
	// longer than that reads much, or waits itself, and must not hold up the others.
	askPatience = 20 * time.Millisecond

	// repeatable is how many values an answer may have to be kept for a verb that asks again.
	repeatable = 16
)

// A question is one query of a verb that decides.
type question struct {
	ctx   context.Context // of the verb
	query string
	args  []any
	rows  *Rows
	err   error
	left  bool // it went with a group and came back without an answer
	done  chan struct{}
}

// again reports whether q asked the very same.
func (q *question) again(query string, args []any) bool {
	return q.query == query && slices.EqualFunc(q.args, args, func(a, b any) bool {
		x, ok := a.([]byte)
		y, both := b.([]byte)
		if ok || both {
			return ok && both && bytes.Equal(x, y)
		}
		return a == b
	})
}

// mayRepeat reports whether the answer is small, and nothing that who reads it could alter.
func (q *question) mayRepeat() bool {
	return len(q.rows.values) <= repeatable && !slices.ContainsFunc(q.rows.values, func(v any) bool {
		_, bytes := v.([]byte)
		return bytes
	})
}

// postgresReading is what one attempt of a verb reads from. Each query sees what is
// committed at its own moment, and compare-and-set finds out what moved in between. What
// the verb has asked before is not asked again: on SQLite it sees one moment throughout.
type postgresReading struct {
	engine *postgresEngine
	asked  []*question
}

func (r *postgresReading) answer(ctx context.Context, query string, args []any) (*Rows, error) {
	for _, q := range r.asked {
		if q.again(query, args) {
			return q.rows.fromFirst(), nil
		}
	}
	q := &question{ctx: ctx, query: query, args: args, done: make(chan struct{})}
	if err := r.engine.ask(q); err != nil {
		return nil, err
	}
	if q.mayRepeat() {
		r.asked = append(r.asked, q)
	}
	return q.rows.fromFirst(), nil
}

// fromFirst are the same rows, with none of them read yet.
func (r *Rows) fromFirst() *Rows { return &Rows{columns: r.columns, values: r.values} }

// ask sends q along with the questions of other verbs, or alone if nobody comes for it.
func (e *postgresEngine) ask(q *question) error {
	patience := time.NewTimer(askPatience)
	defer patience.Stop()
	select {
	case e.questions <- q:
	case <-patience.C:
		e.askAlone(q)
		return q.err
	case <-q.ctx.Done():
		return q.ctx.Err()
	}
	select {
	case <-q.done:
	case <-q.ctx.Done():
		return q.ctx.Err()
	}
	if q.left {
		e.askAlone(q)
	}
	return q.err
}

func (e *postgresEngine) askAlone(q *question) {
	q.rows, q.err = pgAnswer(q.ctx, e.readers, q.query, q.args)
}

// askGroups puts the questions that wait to the server, one group after the other. What a
// small read costs is the way to the server and back, and a transaction there: the
// questions of many verbs share those, as their acts do. Two groups at once would each be
// smaller; measured, they cost more in all.
func (e *postgresEngine) askGroups() {
	group := make([]*question, 0, postgresQuestions)
	for {
		select {
		case first := <-e.questions:
			runtime.Gosched() // behind the verbs that are ready to run: their questions come along
			group = e.gather(append(group[:0], first))
		case <-e.ctx.Done():
			return
		}
		if len(group) == 1 {
			e.askAlone(group[0])
		} else {
			e.askTogether(group)
		}
		for _, q := range group {
			close(q.done)
		}
		clear(group)
	}
}

func (e *postgresEngine) gather(group []*question) []*question {
	for len(group) < postgresQuestions {
		select {
		case q := <-e.questions:
			group = append(group, q)
		default:
			return group
		}
	}
	return group
}

// askTogether sends the group as one pipeline. The error of one question takes those behind
// it along, so who has no answer then asks alone, each on its own goroutine.
func (e *postgresEngine) askTogether(group []*question) {
	ctx, cancel := context.WithTimeout(e.ctx, storeTimeout)
	defer cancel()
	var batch pgx.Batch
	for _, q := range group {
		batch.Queue(q.query, q.args...)
	}
	answers := e.readers.SendBatch(ctx, &batch)
	for i, q := range group {
		rows, err := answers.Query()
		if err == nil {
			q.rows, err = pgRows(rows)
		}
		if err != nil {
			for _, q := range group[i:] {
				q.left = true
			}
			break
		}
	}
	_ = answers.Close() // every answer is here, or will be asked for again
}
