package doctor

import (
	"context"
	"errors"

	"amend/access"
	"amend/fault"
	"amend/internal/store"
)

// Mend looks at everything, or at the newest acts, and makes good what follows from rows
// that are whole. Who asks for it must be somebody who runs the house. It answers how many
// rows it mended.
func Mend(ctx context.Context, c Config, who func(*store.Store) (access.Actor, error)) (int, error) {
	x := newExam(ctx, c)
	if !x.enter() {
		return 0, x.report.refusal()
	}
	n, err := x.mend(who)
	return n, errors.Join(err, x.store.Close())
}

func (x *exam) mend(who func(*store.Store) (access.Actor, error)) (int, error) {
	by, err := who(x.store)
	if err != nil {
		return 0, err
	}
	flaws, err := x.mendable()
	if err != nil {
		return 0, err
	}
	return x.desk.Mend(x.ctx, by, flaws)
}

// maxMended bounds what one run mends; the next one finds the rest.
const maxMended = 100_000

// mendable are the flaws that Mend makes good, each once.
func (x *exam) mendable() ([]store.Flaw, error) {
	var out []store.Flaw
	known := map[string]bool{}
	take := func(f store.Flaw) {
		if key := f.Code + " " + f.Row; store.Mendable(f.Code) && !known[key] && len(out) < maxMended {
			known[key], out = true, append(out, f)
		}
	}
	stuck, err := x.view.Quarantined(maxMended)
	if err != nil {
		return nil, err
	}
	for _, q := range stuck {
		take(store.Flaw{Code: store.RequestStuck, Row: q.ID, N: 1})
	}
	if err := x.farLeases(func(l store.Lease) { take(store.Flaw{Code: store.LeaseFar, Row: l.Shard, N: 1}) }); err != nil {
		return nil, err
	}
	only, err := x.scope()
	if err != nil || !x.Deep && len(only) == 0 {
		return out, err
	}
	_, err = x.store.ExamineRecords(x.ctx, store.Look{Only: only}, take)
	return out, err
}

// refusal is the finding for which a database was not opened, as an error.
func (r Report) refusal() error {
	for _, f := range r.Findings {
		if f.Fault != nil {
			return f.Fault
		}
	}
	return fault.New(fault.Conflict, "doctor_first")
}
