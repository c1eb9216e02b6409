package store

// A topic is something that acts rely on and seldom alter. An act that alters it and one
// that relies on it are never stored side by side without one seeing the other.
type topic int64

// systemSet is which systems are connected, and what each subscribes to.
const systemSet topic = 0x616d656e64 + 1 // behind the lock of migrations

// merging is where the tokens of a load stand: in its runs, or in their places.
const merging topic = 0x616d656e64 + 2

// rely makes this act wait for those that alter a topic, and those that come wait for it.
func (tx *Tx) rely(on topic) { tx.lock("SELECT pg_advisory_xact_lock_shared($1)", on) }

// still queues a condition: when the act is stored, q must answer a row, or the verb fails
// with missed. What q looks at is altered behind alter of the same topic alone, so what
// holds when it is asked still holds when the act is stored.
func (tx *Tx) still(missed error, of topic, q string, args ...any) {
	bound, err := bind(args)
	if err != nil {
		tx.fail(err)
		return
	}
	tx.rely(of)
	tx.act.statements = append(tx.act.statements, statement{query: q, args: bound, missed: missed, condition: true})
}

// alter makes this act wait for those that rely on a topic, and those that come wait for it.
func (tx *Tx) alter(of topic) { tx.lock("SELECT pg_advisory_xact_lock($1)", of) }

// lock is for servers, which store several acts at once.
func (tx *Tx) lock(q string, of topic) {
	tx.act.statements = append(tx.act.statements, statement{query: q, args: []any{int64(of)}, serverOnly: true})
}
