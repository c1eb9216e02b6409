package simulate

import (
	"context"
	"errors"
	"fmt"

	"amend/desk"
	"amend/fault"
	"amend/internal/store"
)

// request is the hash of what a client asks under its key: one act, one body.
func request(verb string) []byte { return []byte("body of " + verb) }

// maxAsks bounds how often a client asks again after its answer was lost.
const maxAsks = 4

// send does one act as a client does it over the network: under an idempotency key, and
// again under the same key when no answer came. What was answered must be stored, and an
// answer that comes twice must have one effect.
func (w *world) send(verb string, do func(context.Context, *desk.Desk) error) error {
	w.keyed++
	key := fmt.Sprintf("key %d", w.keyed)
	for range maxAsks {
		n := w.idle()
		if n == nil {
			return errStopped
		}
		if w.wasDone(n, key) {
			w.trace("%s: was stored, and nobody had said so", verb)
			return nil
		}
		err := w.on(n, func(ctx context.Context) error { return do(w.once(ctx, key, verb), n.desk) })
		w.trace("%s on node %d: %v", verb, n.number, err)
		w.fair(verb, err)
		if errors.Is(err, errStopped) && w.chance.percent(80) {
			w.out.Repeats++
			continue
		}
		if err == nil {
			w.answered(verb, key)
			w.again(verb, key, do)
		}
		return err
	}
	return errStopped
}

// once marks the act with its key, as every door does.
func (w *world) once(ctx context.Context, key, verb string) context.Context {
	if w.fault.forgetful {
		return ctx
	}
	return store.Once(ctx, key, request(verb))
}

// wasDone asks, as a door does before it acts, whether the key's act is stored already.
func (w *world) wasDone(n *node, key string) bool {
	_, err := n.store.View(w.ctx).Repeat(key)
	if err != nil && !errors.Is(err, store.ErrNoRow) {
		w.broken(Program, "ask for a stored answer: %v", err)
	}
	return err == nil
}

// answered: whoever hears that an act is done finds it stored (invariant 1).
func (w *world) answered(verb, key string) {
	if w.fault.forgetful {
		return
	}
	if w.ledger.keys[key] == 0 {
		w.broken(1, "%s was acknowledged and nothing was stored", verb)
		return
	}
	if i := w.ledger.newest[key]; i >= 0 {
		w.heard[w.ledger.entries[i].id] = true
	}
}

// again asks for an act that is done: its answer came twice, or a proxy sent it twice. It
// must have no second effect.
func (w *world) again(verb, key string, do func(context.Context, *desk.Desk) error) {
	n := w.idle()
	if w.calm || n == nil || !w.chance.percent(w.twice) {
		return
	}
	w.out.Repeats++
	before := w.ledger.keys[key]
	err := w.on(n, func(ctx context.Context) error { return do(w.once(ctx, key, verb), n.desk) })
	w.trace("%s again on node %d: %v", verb, n.number, err)
	w.fair(verb, err)
	if err == nil || w.ledger.keys[key] != before {
		w.broken(10, "%s had two effects under one key", verb)
	}
}

// plain does an act that carries no key: the program's own, or a provider's call.
func (w *world) plain(verb string, do func(context.Context, *desk.Desk) error) error {
	n := w.idle()
	if n == nil {
		return errStopped
	}
	err := w.on(n, func(ctx context.Context) error { return do(ctx, n.desk) })
	w.trace("%s on node %d: %v", verb, n.number, err)
	w.fair(verb, err)
	return err
}

// fair: whatever people do, the program refuses with a fault that they can understand. An
// error of its own, or words with a customer's value in them, are never an answer.
func (w *world) fair(verb string, err error) {
	if err == nil {
		return
	}
	if marked(err.Error()) != "" {
		w.broken(11, "the failure of %s carries a value", verb)
	}
	for _, one := range apart(err) {
		w.understood(verb, one)
	}
}

// apart answers the errors that were joined into one.
func apart(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, one := range joined.Unwrap() {
			all = append(all, apart(one)...)
		}
		return all
	}
	return []error{err}
}

func (w *world) understood(verb string, err error) {
	if errors.Is(err, errStopped) || errors.Is(err, context.Canceled) {
		return
	}
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind == fault.Internal || f.Kind == fault.Unavailable && f.Code != "receipt_waits" {
		w.broken(Program, "%s failed by itself: %v", verb, err)
		return
	}
	for _, p := range f.Params {
		if marked(p) != "" {
			w.broken(11, "the failure of %s carries a value", verb)
		}
	}
}
