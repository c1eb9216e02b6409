package store

// A Moment is a point in the storing of one act at which a machine may stop, or another
// node may act.
type Moment int

// The moments of an act, in their order. Whoever stops at Decided or Written has stored
// nothing; whoever stops at Stored has stored everything and told nobody.
const (
	Decided Moment = iota // the verb has decided; the database has not been asked
	Written               // every statement has run and none is committed; on SQLite alone
	Stored                // committed; the caller has not heard
)

// submitAlone stores a on the caller's goroutine. Nothing recovers a panic of solo: the
// transaction is rolled back on the way out, as a stopped machine would.
func (s *Store) submitAlone(a *act) error {
	s.solo(Decided)
	s.engine.commit([]*act{a})
	if a.err != nil {
		return a.err
	}
	if a.wake {
		s.wake()
	}
	s.show(a)
	s.solo(Stored)
	return nil
}

// A Statement is one statement that an act was stored with.
type Statement struct {
	Query string
	Args  []any // nil, int64, float64, string or []byte
	One   bool  // it had to touch exactly one row
}

// show gives the tap what a stored.
func (s *Store) show(a *act) {
	if s.tap == nil || a.err != nil {
		return
	}
	shown := make([]Statement, 0, len(a.statements))
	for _, st := range a.statements {
		for _, one := range s.engine.asRun(st) {
			shown = append(shown, Statement{one.query, one.args, one.missed != nil})
		}
	}
	s.tap(shown)
}
