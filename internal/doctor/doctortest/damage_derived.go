package doctortest

import (
	"strings"
	"time"

	"amend/internal/store"
)

func derivedDamages() []Damage {
	return []Damage{
		sqlDamage("a record isn't found any more", store.TokensMissing, nil, []string{"token"}, func(h *House, pick int) string {
			id := pickOf(h.Records, pick)
			h.Do(`DELETE FROM token WHERE record_id = $1`, id)
			return id
		}),
		sqlDamage("a record lacks one search token", store.TokensMissing, nil, []string{"token"}, func(h *House, pick int) string {
			id := pickOf(h.Records, pick)
			h.Do(`DELETE FROM token WHERE record_id = $1 AND hash = (SELECT MIN(hash) FROM token WHERE record_id = $1)`, id)
			return id
		}),
		sqlDamage("a record is found by what it doesn't hold", store.TokensExtra, nil, []string{"token"}, func(h *House, pick int) string {
			id := pickOf(h.Records, pick)
			h.Do(`INSERT INTO token (hash, record_id) VALUES ($1, $2)`, int64(4711+pick), id)
			return id
		}),
		sqlDamage("search finds a record that isn't there", store.TokensExtra, nil, []string{"token"}, func(h *House, pick int) string {
			h.Do(`INSERT INTO token (hash, record_id) VALUES ($1, $2)`, int64(pick), inserted)
			return inserted
		}),
		sqlDamage("a relation is inserted", store.RelationsWrong, nil, []string{"relation"}, func(h *House, pick int) string {
			id := pickOf(h.Records, pick)
			h.Do(`INSERT INTO relation (record_id, key, to_id) VALUES ($1, 'spouse', $2)`, id, pickOf(h.Records, pick+1))
			return id
		}),
		sqlDamage("a system isn't told", store.DeliveryMissing, nil, []string{"delivery"}, func(h *House, pick int) string {
			id, system := pickOf(h.Records, pick), pickOf(h.ids(`SELECT DISTINCT system_id FROM delivery ORDER BY 1`), pick)
			h.Do(`DELETE FROM delivery WHERE record_id = $1 AND system_id = $2`, id, system)
			return system + "/" + id
		}),
		sqlDamage("a system is told of an older version", store.DeliveryMissing, nil, []string{"delivery"}, func(h *House, pick int) string {
			id, system := pickOf(h.Records, pick), pickOf(h.ids(`SELECT DISTINCT system_id FROM delivery ORDER BY 1`), pick)
			h.Do(`UPDATE delivery SET wanted_version = wanted_version - 1 WHERE record_id = $1 AND system_id = $2`, id, system)
			return system + "/" + id
		}),
		sqlDamage("a delivery is owed and never due", store.DeliveryIdle, nil, []string{"delivery"}, func(h *House, pick int) string {
			id, system := pickOf(h.Records, pick), pickOf(h.ids(`SELECT DISTINCT system_id FROM delivery ORDER BY 1`), pick)
			h.Do(`UPDATE delivery SET state = 'owed', due_at = NULL WHERE record_id = $1 AND system_id = $2`, id, system)
			return system + "/" + id
		}),
	}
}

func workDamages() []Damage {
	long := func(h *House) int64 { return h.Now.Add(-48 * time.Hour).UnixMicro() }
	return []Damage{
		sqlDamage("a request is stuck", store.RequestStuck, nil, []string{"change_request"}, func(h *House, _ int) string {
			h.Do(`UPDATE change_request SET attempts = 5, due_at = NULL, last_error = 'panic' WHERE id = $1`, h.Open)
			return h.Open + " panic"
		}),
		sqlDamage("a request is due for days", "queue_late", nil, []string{"change_request"}, func(h *House, _ int) string {
			h.Do(`UPDATE change_request SET due_at = $2 WHERE id = $1`, h.Open, long(h))
			return ""
		}),
		sqlDamage("a delivery is due for days", "queue_late", nil, []string{"delivery"}, func(h *House, pick int) string {
			h.Do(`UPDATE delivery SET state = 'owed', due_at = $2 WHERE record_id = $1`, pickOf(h.Records, pick), long(h))
			return ""
		}),
		sqlDamage("a message isn't taken for days", "queue_late", []string{"untaken"}, []string{"notice"}, func(h *House, _ int) string {
			h.Do(`UPDATE notice SET state = 'queued', attempts = 3, due_at = $1 WHERE id = (SELECT MIN(id) FROM notice)`, long(h))
			return ""
		}),
		sqlDamage("an exception waits for its owner", "exceptions", nil, []string{"exception"}, func(h *House, pick int) string {
			h.Do(`INSERT INTO exception (id, system_id, record_id, change_id, why, code, owner, opened_at, remedy, note, resolved_by)
				VALUES ($1, 'crm', $2, '', 'refused', 'http_422', 'sales', $3, '', '', '')`, inserted, pickOf(h.Records, pick), long(h))
			return ""
		}),
		sqlDamage("the sequencer stands still", "log_late", []string{"witness_stale"}, []string{"entry", "entry_new"}, func(h *House, _ int) string {
			h.unsequenced()
			return ""
		}),
		sqlDamage("somebody who is gone holds a shard", store.LeaseFar, nil, []string{"lease"}, func(h *House, pick int) string {
			shard := []string{"log", "request", "notice", "system crm"}[pick%4]
			h.Do(`DELETE FROM lease WHERE shard = $1`, shard)
			h.Do(`INSERT INTO lease (shard, holder, until_at, epoch) VALUES ($1, 'gone', $2, 7)`, shard, h.Now.AddDate(1, 0, 0).UnixMicro())
			return shard
		}),
		sqlDamage("counters and stored answers are lost, which is no damage", "", nil, []string{"guard", "idempotency"}, func(h *House, _ int) string {
			h.Do(`DELETE FROM guard`)
			h.Do(`INSERT INTO idempotency (key, request, status, at) VALUES ('k', $1, 0, $2)`, []byte("r"), long(h))
			return ""
		}),
		sqlDamage("a shard's lease ran out, which is no damage", "", nil, []string{"lease"}, func(h *House, _ int) string {
			h.Do(`DELETE FROM lease`)
			h.Do(`INSERT INTO lease (shard, holder, until_at, epoch) VALUES ('log', 'gone', $1, 7)`, long(h))
			return ""
		}),
	}
}

// unsequenced writes an entry of the first minutes that has no place yet, as faithful as any.
func (h *House) unsequenced() {
	r := h.Rows("entry", `change_id = '' AND record_id = '' AND id = (SELECT MIN(id) FROM entry WHERE change_id = '' AND record_id = '')`)[0]
	id := r.Of("id").(string)
	other := inserted[:len(id)]
	leaf := strings.Replace(string(r.Of("leaf").([]byte)), id, other, 1)
	h.Put("entry", r.With("id", other).With("leaf", []byte(leaf)))
	h.Do(`INSERT INTO entry_new (entry_id) VALUES ($1)`, other)
}
