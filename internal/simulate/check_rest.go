package simulate

import (
	"amend/change"
)

// nothingPersonal: no value of a customer in the program's log, nor in a leaf (invariant 11).
func (f *finding) nothingPersonal() {
	for _, m := range marks() {
		if contains(f.log.text.Bytes(), m) {
			f.broken(11, "the program's log carries a value (%s)", m)
		}
	}
	for _, e := range f.ledger.entries {
		for _, m := range marks() {
			if contains(e.leaf, m) {
				f.broken(11, "the leaf of entry %s (%s) carries a value", e.id, e.verb)
			}
		}
	}
}

// atRest: nothing is stuck once the world is quiet: what is open waits for somebody, what
// was to be told was told, and what stopped has somebody who answers for it.
func (f *finding) atRest() {
	for _, r := range f.requests {
		switch state, dues := r.Next(f.now); state {
		case change.Verifying, change.NeedsInfo, change.Cooling, change.Scheduled, change.Applied:
			f.broken(Rest, "request %s is %s for ever (%d timers)", r.ID, state, len(dues))
		}
	}
	for _, stuck := range [][2]string{
		{"requests whose timer failed", `SELECT count(*) FROM change_request WHERE attempts > 0`},
		{"notices that nobody was told", `SELECT count(*) FROM notice WHERE state = 'queued'`},
		{"deliveries that nobody carries", `SELECT count(*) FROM delivery WHERE state = 'owed' AND due_at IS NULL`},
		{"deliveries that stopped and nobody owns", `SELECT count(*) FROM delivery d WHERE d.state = 'stopped' AND NOT EXISTS (SELECT 1 FROM exception x WHERE x.system_id = d.system_id AND x.record_id = d.record_id)`},
		{"exceptions of deliveries that go well", `SELECT count(*) FROM exception x JOIN delivery d ON d.system_id = x.system_id AND d.record_id = x.record_id WHERE x.resolved_at IS NULL AND d.state = 'settled'`},
		{"holds that end and did not", `SELECT count(*) FROM hold WHERE due_at IS NOT NULL`},
		{"requests whose state is not what it is said", `SELECT count(*) FROM change_request WHERE open = 1 AND state IN ('applied', 'confirmed', 'rejected')`},
		{"holds of disputes that were decided long ago", `SELECT count(*) FROM hold h JOIN change_request c ON c.id = h.change_id WHERE h.reason = 'disputed' AND h.released_at IS NULL AND c.state <> 'disputed'`},
	} {
		var n int64
		if err := f.view.Row(stuck[1]).Scan(&n); err != nil {
			f.broken(Program, "count %s: %v", stuck[0], err)
		}
		if n > 0 {
			f.broken(Rest, "%d %s", n, stuck[0])
		}
	}
}
