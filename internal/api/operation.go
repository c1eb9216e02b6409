package api

import (
	"context"
	"net/http"
	"reflect"
	"time"

	"amend/access"
)

// An operation is one verb on one path.
type operation struct {
	id, method, path string
	en, zh           string // what it does, in one sentence without its full stop
	status           int    // of success; 0: 200
	open             bool   // needs no credential of ours
	many             bool   // its effect takes several acts, so that no single one can carry the idempotency key
	table            bool   // the body is a file with a table, whose reader judges it
	html             bool   // may also answer a page
	fresh            bool   // shows personal values: no answer is kept, and each one is on record

	params, body, answer reflect.Type
	shape                *shape
	run                  func(v *visit) (any, error)
	rebuild              func(v *visit, at time.Time) (any, error) // the answer of an effect whose own answer was lost
}

// none is the body of an operation that has none, or the params of one without.
type none struct{}

// reads makes a GET operation: it answers, and changes nothing.
func reads[P, A any](op operation, do func(ctx context.Context, by access.Actor, p P) (A, error)) operation {
	op.method, op.params, op.answer = http.MethodGet, reflect.TypeFor[P](), reflect.TypeFor[A]()
	op.run = func(v *visit) (any, error) {
		var p P
		if err := v.bind(&p); err != nil {
			return nil, err
		}
		return do(v.ctx, v.by, p)
	}
	return op
}

// posts makes a POST operation of a verb.
func posts[P, B, A any](op operation, do func(ctx context.Context, by access.Actor, p P, b B) (A, error)) operation {
	op.method, op.params, op.body, op.answer = http.MethodPost, reflect.TypeFor[P](), reflect.TypeFor[B](), reflect.TypeFor[A]()
	op.shape = shapeOf(op.body)
	op.run = func(v *visit) (any, error) {
		var p P
		var b B
		if err := v.bind(&p); err != nil {
			return nil, err
		}
		if err := v.decode(&b); err != nil {
			return nil, err
		}
		return do(v.ctx, v.by, p, b)
	}
	return op
}

// recovers adds how the answer is found again when the effect is stored and its answer was lost.
func recovers[P, A any](op operation, again func(ctx context.Context, by access.Actor, p P, at time.Time) (A, error)) operation {
	op.rebuild = func(v *visit, at time.Time) (any, error) {
		var p P
		if err := v.bind(&p); err != nil {
			return nil, err
		}
		return again(v.ctx, v.by, p, at)
	}
	return op
}
