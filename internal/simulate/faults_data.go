package simulate

import (
	"amend/customer"
	"amend/internal/store"
)

// behindTheBack is what somebody does who has the database and no key.
func behindTheBack() []Fault {
	const final = `DROP TRIGGER IF EXISTS entry_deleted`
	const moved = `DROP TRIGGER IF EXISTS entry_moved`
	return []Fault{
		{Name: "entry_lost", Breaks: 1, How: "the newest entry is deleted after its act was acknowledged",
			now: sql(final, `DELETE FROM entry WHERE id = (SELECT MAX(id) FROM entry WHERE effects IS NULL)`), late: true},
		{Name: "request_lost", Breaks: 1, How: "a request is deleted after its filing was acknowledged",
			now: sql(`DELETE FROM change_request WHERE id = (SELECT MAX(id) FROM change_request)`), late: true},
		{Name: "record_edited", Breaks: 2, How: "a record's bytes are altered",
			now: sql(`UPDATE golden_record SET body = CAST(body || x'00' AS BLOB) WHERE id = (SELECT MIN(id) FROM golden_record)`), late: true},
		{Name: "record_rolled_back", Breaks: 2, How: "a record is set back to an earlier version, with the seal it had then", now: rolledBack, often: true},
		{Name: "notice_torn_off", Breaks: 3, How: "a notice of an apply is lost while the rest of its act is kept",
			now: sql(`DELETE FROM notice WHERE id = (SELECT MAX(id) FROM notice WHERE kind = 'changed')`), late: true},
		{Name: "delivery_lost", Breaks: 7, How: "the delivery that an apply raised is deleted",
			now: sql(`DELETE FROM delivery WHERE record_id = (SELECT MAX(record_id) FROM delivery)`), late: true},
		{Name: "acknowledgement_forged", Breaks: 7, How: "a delivery is marked as acknowledged that never was", often: true,
			now: sql(`UPDATE delivery SET acked_seq = wanted_seq, acked_version = wanted_version, state = 'settled', due_at = NULL WHERE state = 'owed'`)},
		{Name: "code_revived", Breaks: 8, How: "codes that were used are live again", always: true,
			now: sql(`UPDATE challenge SET state = 'live' WHERE state = 'used'`)},
		{Name: "code_without_end", Breaks: 8, How: "codes that have expired are good for another year", always: true,
			now: sql(`UPDATE challenge SET expires_at = expires_at + 31536000000000 WHERE state = 'live'`)},
		{Name: "notice_silenced", Breaks: 9, How: "the notices to old contacts of a contact change are deleted", often: true,
			now: sql(`DELETE FROM notice WHERE kind = 'applied_old'`)},
		{Name: "order_by_clock", Breaks: 12, How: "an entry and the one before it in its record change places in the log", late: true, now: swapped},
		{Name: "log_rewritten", Breaks: 14, How: "an entry that has its place in the log is altered", late: true,
			now: sql(moved, `UPDATE entry SET leaf = CAST(substr(leaf, 1, length(leaf) - 40) || zeroblob(40) AS BLOB) WHERE id = (SELECT MAX(e.id) FROM entry e JOIN entry_place p ON p.entry_id = e.id WHERE e.effects IS NULL)`)},
		{Name: "key_kept", Breaks: 14, How: "the key of a record that never came to be is put back after it was destroyed", now: keptKey, often: true, last: putBack},
		{Name: "timer_stopped", Breaks: Rest, How: "the timers of open requests are cleared", often: true,
			now: sql(`UPDATE change_request SET due_at = NULL WHERE open = 1`)},
	}
}

// sql runs statements behind everybody's back.
func sql(statements ...string) func(*world) bool {
	return func(w *world) bool {
		for _, q := range statements {
			if !w.behind(q) {
				return false
			}
		}
		return true
	}
}

// swapped exchanges the places of two entries that follow each other in one record.
func swapped(w *world) bool {
	const q = `SELECT e.id, p.pos, b.id, r.pos FROM entry e JOIN entry_place p ON p.entry_id = e.id
		JOIN entry b ON b.id = e.prev_id JOIN entry_place r ON r.entry_id = b.id ORDER BY p.pos DESC LIMIT 1`
	var later, earlier string
	var at, before int64
	if err := w.view().Row(q).Scan(&later, &at, &earlier, &before); err != nil {
		return false
	}
	return w.behind(`DROP TRIGGER IF EXISTS place_moved`) && w.behind(`DROP TRIGGER IF EXISTS place_deleted`) &&
		w.behind(`DELETE FROM entry_place WHERE pos IN ($1, $2)`, at, before) &&
		w.behind(`INSERT INTO entry_place (pos, entry_id) VALUES ($1, $2), ($3, $4)`, before, later, at, earlier)
}

// behind runs one statement that no act made.
func (w *world) behind(q string, args ...any) bool {
	err := w.anchor.Write(w.ctx, "", func(tx *store.Tx) error {
		tx.Exec(q, args...)
		return nil
	})
	if err != nil {
		w.trace("behind the back: %v", err)
	}
	return err == nil
}

// rolledBack keeps the row of a record, and later puts it back.
func rolledBack(w *world) bool {
	if len(w.records) == 0 {
		return false
	}
	id := w.records[0]
	if w.wrapped["body"] == nil {
		var entry string
		var version int64
		var body, mac []byte
		if err := w.view().Row(`SELECT version, body, mac, entry FROM golden_record WHERE id = $1`, id).Scan(&version, &body, &mac, &entry); err != nil {
			return false
		}
		w.wrapped["id"], w.wrapped["body"], w.wrapped["mac"], w.wrapped["entry"], w.wrapped["version"] = []byte(id), body, mac, []byte(entry), []byte{byte(version)}
		return false
	}
	const q = `UPDATE golden_record SET version = $2, body = $3, mac = $4, entry = $5 WHERE id = $1 AND version > $2`
	return w.behind(q, customer.ID(w.wrapped["id"]), int64(w.wrapped["version"][0]), w.wrapped["body"], w.wrapped["mac"], string(w.wrapped["entry"]))
}

// keptKey remembers every wrapped key.
func keptKey(w *world) bool {
	rows, err := w.view().Rows(`SELECT record_id, wrapped FROM record_key`)
	if err != nil {
		return false
	}
	for rows.Next() {
		var id string
		var wrapped []byte
		if rows.Scan(&id, &wrapped) == nil {
			w.wrapped[id] = wrapped
		}
	}
	return true
}

// putBack writes those keys again that are gone.
func putBack(w *world) {
	for id, wrapped := range w.wrapped {
		w.behind(`INSERT INTO record_key (record_id, wrapped) VALUES ($1, $2) ON CONFLICT DO NOTHING`, id, wrapped)
	}
}
