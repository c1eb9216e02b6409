package store

import (
	"context"

	"github.com/jackc/pgx/v5"
)

const (
	// postgresAskers is how many groups of questions are with the server at once.
	postgresAskers = 2

	// postgresQuestions bounds the questions of one group, so that none waits long for the others' answers.
	postgresQuestions = 32
)

// A question is one query of a verb that decides.
type question struct {
	ctx   context.Context // of the verb: who has given up is not asked for any more
	query string
	args  []any
	rows  *Rows
	err   error
	done  chan struct{}
}

// asking is the source of verbs. Their reads are short and many, and what one costs is the
// way to the server and back, and a transaction there: so the questions of all verbs that
// wait are sent as one pipeline, as their acts are.
type asking struct{ *postgresEngine }

func (a asking) answer(ctx context.Context, q string, args []any) (*Rows, error) {
	asked := &question{ctx: ctx, query: q, args: args, done: make(chan struct{})}
	select {
	case a.questions <- asked:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-a.ctx.Done():
		return nil, errClosed
	}
	select {
	case <-asked.done:
		return asked.rows, asked.err
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-a.ctx.Done():
		return nil, errClosed
	}
}

// ask puts the questions that wait to the server, a group at a time, and never waits for more.
func (e *postgresEngine) ask() {
	group := make([]*question, 0, postgresQuestions)
	for {
		select {
		case first := <-e.questions:
			group = e.gather(append(group[:0], first))
		case <-e.ctx.Done():
			return
		}
		if !e.askTogether(group) {
			for _, q := range group {
				e.askAlone(q)
			}
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

// askTogether reports whether the whole group has its answers: the error of one query takes
// those behind it along, so it cannot be told whose it is.
func (e *postgresEngine) askTogether(group []*question) bool {
	if len(group) == 1 {
		return false
	}
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
		_ = i
		if err != nil {
			_ = answers.Close() // the same error again
			return false
		}
	}
	if answers.Close() != nil {
		return false
	}
	for _, q := range group {
		close(q.done)
	}
	return true
}

func (e *postgresEngine) askAlone(q *question) {
	q.rows, q.err = pgAnswer(q.ctx, e.readers, q.query, q.args)
	close(q.done)
}
