package doctortest

import (
	"crypto/rand"
	"fmt"

	"amend/audit"
	"amend/internal/store"
)

// lost is what follows where entries are gone: the records and requests that they made.
func lost() []string {
	return []string{store.RecordEntryMissing, store.RequestEntryLost, store.RequestEdited, store.RequestInserted, store.RequestMissing, store.Causeless, store.EntryMissing, "witness_stale"}
}

// ids reads the first column of a query.
func (h *House) ids(q string, args ...any) []string {
	h.Helper()
	rows, err := h.DB.Query(q, args...)
	h.Must(err)
	defer rows.Close()
	var out []string
	for rows.Next() {
		var id string
		h.Must(rows.Scan(&id))
		out = append(out, id)
	}
	if len(out) == 0 {
		h.Fatalf("nothing to damage: %s", q)
	}
	return out
}

// entryDamage edits one entry out of those that a condition holds for.
func entryDamage(name, want, column, where string, to func(Row) any, may ...string) Damage {
	return sqlDamage(name, want, may, []string{"entry"}, func(h *House, pick int) string {
		id := pickOf(h.ids(`SELECT id FROM entry WHERE `+where+` ORDER BY id`), pick)
		h.Do(`UPDATE entry SET `+column+` = $2 WHERE id = $1`, id, to(h.Row("entry", "id", id)))
		return id
	})
}

func logDamages() []Damage {
	middle := func(column string) func(Row) any { // a byte in the middle, where it still reads
		return func(r Row) any {
			b := flip(r.Of(column))
			b[len(b)-1] ^= 1
			b[len(b)/2] ^= 1
			return b
		}
	}
	last := func(column string) func(Row) any { return func(r Row) any { return flip(r.Of(column)) } }
	none := func(Row) any { return nil }
	return []Damage{
		entryDamage("an entry's leaf is edited", store.EntryEdited, "leaf", "1 = 1", middle("leaf")),
		entryDamage("an entry's last hash is edited", store.EntryEdited, "leaf", "1 = 1", last("leaf")),
		entryDamage("an entry's verb is edited", store.EntryEdited, "verb", "1 = 1", func(Row) any { return "approve" }),
		entryDamage("an entry's actor is edited", store.EntryEdited, "actor_id", "1 = 1", func(Row) any { return "nobody" }),
		entryDamage("an entry's time is edited", store.EntryEdited, "at", "1 = 1", func(r Row) any { return r.Of("at").(int64) + 1 }),
		entryDamage("an entry's predecessor is edited", store.EntryEdited, "prev_id", "prev_id IS NOT NULL", func(Row) any { return "somewhere" }),
		entryDamage("an entry's sealed words are edited", store.EntryWordsUnproven, "body", "body IS NOT NULL", last("body")),
		entryDamage("an entry's sealed words are removed", store.EntryWordsUnproven, "body", "body IS NOT NULL", none),
		entryDamage("an entry's effects are edited", store.EffectsEdited, "effects", "effects IS NOT NULL", last("effects")),
		entryDamage("an entry's effects are removed", store.EffectsEdited, "effects", "effects IS NOT NULL", none),
		sqlDamage("an entry is deleted", store.EntryMissing, lost(), []string{"entry"}, func(h *House, pick int) string {
			id := pickOf(h.ids(`SELECT entry_id FROM entry_place ORDER BY pos`), pick)
			place := fmt.Sprint(h.Row("entry_place", "entry_id", id).Of("pos"))
			h.Do(`DELETE FROM entry WHERE id = $1`, id)
			return place
		}),
		sqlDamage("an entry is deleted with its place", store.EntryMissing, lost(), []string{"entry", "entry_place"}, func(h *House, pick int) string {
			id := pickOf(h.ids(`SELECT entry_id FROM entry_place ORDER BY pos`), pick)
			place := fmt.Sprint(h.Row("entry_place", "entry_id", id).Of("pos"))
			h.Do(`DELETE FROM entry_place WHERE entry_id = $1`, id)
			h.Do(`DELETE FROM entry WHERE id = $1`, id)
			return place
		}),
		sqlDamage("an entry loses its place", store.EntryUnplaced, []string{store.EntryMissing}, []string{"entry_place"}, func(h *House, pick int) string {
			id := pickOf(h.ids(`SELECT entry_id FROM entry_place ORDER BY pos`), pick)
			h.Do(`DELETE FROM entry_place WHERE entry_id = $1`, id)
			return id
		}),
		sqlDamage("the last entries are cut off", store.EntryMissing, lost(), []string{"entry", "entry_place"}, func(h *House, pick int) string {
			from := h.size() - 1 - int64(pick%5)
			h.cut(from)
			return fmt.Sprint(from)
		}),
	}
}

// size is how many entries have a place.
func (h *House) size() (n int64) {
	h.Must(h.DB.QueryRow(`SELECT COUNT(*) FROM entry_place`).Scan(&n))
	return n
}

// cut deletes every entry from a place on.
func (h *House) cut(from int64) {
	h.Do(`DELETE FROM entry WHERE id IN (SELECT entry_id FROM entry_place WHERE pos >= $1)`, from)
	h.Do(`DELETE FROM entry_place WHERE pos >= $1`, from)
}

func headDamages() []Damage {
	all := []string{"entry", "entry_place", "checkpoint"}
	edit := func(h *House, size string) {
		note := fmt.Sprint(h.Row("checkpoint", "size", size).Of("note"))
		b := []byte(note)
		b[len(b)/4] ^= 1
		h.Do(`UPDATE checkpoint SET note = $2 WHERE size = $1`, size, string(b))
	}
	return []Damage{
		sqlDamage("a row of hashes is edited", store.LogRowEdited, nil, []string{"log_row"}, func(h *House, pick int) string {
			n := pickOf(h.ids(`SELECT n FROM log_row ORDER BY n`), pick)
			b := flip(h.Row("log_row", "n", n).Of("hashes"))
			h.Do(`UPDATE log_row SET hashes = $2 WHERE n = $1`, n, b)
			return n
		}),
		sqlDamage("a row of hashes is deleted", store.LogRowEdited, nil, []string{"log_row"}, func(h *House, pick int) string {
			n := pickOf(h.ids(`SELECT n FROM log_row ORDER BY n`), pick)
			h.Do(`DELETE FROM log_row WHERE n = $1`, n)
			return n
		}),
		sqlDamage("the newest head is edited", store.HeadEdited, nil, []string{"checkpoint"}, func(h *House, pick int) string {
			size := h.ids(`SELECT MAX(size) FROM checkpoint`)[0]
			edit(h, size)
			return size
		}),
		sqlDamage("an older head is edited", store.HeadEdited, nil, []string{"checkpoint"}, func(h *House, pick int) string {
			size := pickOf(h.ids(`SELECT size FROM checkpoint WHERE size < (SELECT MAX(size) FROM checkpoint) ORDER BY size`), pick)
			edit(h, size)
			return size
		}),
		sqlDamage("the newest head is deleted", store.HeadMissing, []string{"witness_ahead"}, []string{"checkpoint"}, func(h *House, pick int) string {
			h.Do(`DELETE FROM checkpoint WHERE size = (SELECT MAX(size) FROM checkpoint)`)
			return h.ids(`SELECT MAX(size) FROM checkpoint`)[0]
		}),
		sqlDamage("the end of the log is cut off with its heads", store.LogCut, append(lost(), "witness_ahead"), all, func(h *House, pick int) string {
			sizes := h.ids(`SELECT size FROM checkpoint WHERE size < (SELECT MAX(size) FROM checkpoint) ORDER BY size DESC`)
			size := sizes[pick%min(3, len(sizes))]
			h.Do(`DELETE FROM checkpoint WHERE size > $1`, size)
			var n int64
			_, err := fmt.Sscan(size, &n)
			h.Must(err)
			h.cut(n)
			return size
		}),
		sqlDamage("the log's key is edited", "log_key_sealed", nil, []string{"meta"}, func(h *House, _ int) string {
			h.Do(`UPDATE meta SET value = 'AAAA' WHERE name = 'log_key'`)
			return ""
		}),
		sqlDamage("the log's public key is replaced", "log_key_public", nil, []string{"meta"}, func(h *House, _ int) string {
			_, public, err := audit.NewLogKey(rand.Reader, "portal.example.com/log")
			h.Must(err)
			h.Do(`UPDATE meta SET value = $1 WHERE name = 'log_public_key'`, public)
			return ""
		}),
		sqlDamage("the log's public key is edited", "log_key_public", nil, []string{"meta"}, func(h *House, _ int) string {
			h.Do(`UPDATE meta SET value = 'nothing' WHERE name = 'log_public_key'`)
			return ""
		}),
	}
}
