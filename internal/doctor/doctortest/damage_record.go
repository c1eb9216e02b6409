package doctortest

import "amend/internal/store"

func recordDamages() []Damage {
	const records, keys = "golden_record", "record_key"
	return []Damage{
		sqlDamage("a record's body is edited", store.RecordEdited, nil, []string{records}, func(h *House, pick int) string {
			id := pickOf(h.Records, pick)
			h.Do(`UPDATE golden_record SET body = $2 WHERE id = $1`, id, flip(h.Row(records, "id", id).Of("body")))
			return id
		}),
		sqlDamage("a record's version is edited", store.RecordEdited, nil, []string{records}, func(h *House, pick int) string {
			id := pickOf(h.Records, pick)
			h.Do(`UPDATE golden_record SET version = version + 1 WHERE id = $1`, id)
			return id
		}),
		sqlDamage("a record becomes another kind", store.RecordEdited, nil, []string{records}, func(h *House, pick int) string {
			id := pickOf(h.Records, pick)
			h.Do(`UPDATE golden_record SET kind = 'account' WHERE id = $1`, id)
			return id
		}),
		sqlDamage("a record claims another entry", store.RecordEdited, nil, []string{records}, func(h *House, pick int) string {
			id := pickOf(h.Records, pick)
			h.Do(`UPDATE golden_record SET entry = (SELECT MIN(id) FROM entry) WHERE id = $1`, id)
			return id
		}),
		sqlDamage("two records change places", store.RecordEdited, nil, []string{records}, func(h *House, pick int) string {
			id, other := pickOf(h.Records, pick), pickOf(h.Records, pick+1)
			a, b := h.Row(records, "id", id), h.Row(records, "id", other)
			h.Do(`DELETE FROM golden_record WHERE id = $1 OR id = $2`, id, other)
			h.Put(records, a.With("id", other))
			h.Put(records, b.With("id", id))
			return id
		}),
		sqlDamage("a record is deleted", store.RecordMissing, nil, []string{records}, func(h *House, pick int) string {
			id := pickOf(h.Records, pick)
			h.Do(`DELETE FROM golden_record WHERE id = $1`, id)
			return id
		}),
		sqlDamage("a record is inserted", store.RecordInserted, []string{store.KeyMissing}, []string{records}, func(h *House, pick int) string {
			h.Put(records, h.Row(records, "id", pickOf(h.Records, pick)).With("id", inserted))
			return inserted
		}),
		sqlDamage("a record is put back to its older version", store.RecordPutBack, nil, []string{records}, func(h *House, pick int) string {
			id := pickOf(h.Records, pick)
			h.Do(`DELETE FROM golden_record WHERE id = $1`, id)
			h.Put(records, h.Older[id])
			return id
		}),
		sqlDamage("a record's key is lost", store.KeyMissing, nil, []string{keys}, func(h *House, pick int) string {
			id := pickOf(h.Records, pick)
			h.Do(`DELETE FROM record_key WHERE record_id = $1`, id)
			return id
		}),
		sqlDamage("two records' keys change places", store.KeyWrong, nil, []string{keys}, func(h *House, pick int) string {
			id, other := pickOf(h.Records, pick), pickOf(h.Records, pick+1)
			a, b := h.Row(keys, "record_id", id), h.Row(keys, "record_id", other)
			h.Do(`UPDATE record_key SET wrapped = $2 WHERE record_id = $1`, id, b.Of("wrapped"))
			h.Do(`UPDATE record_key SET wrapped = $2 WHERE record_id = $1`, other, a.Of("wrapped"))
			return id
		}),
		sqlDamage("a record's key is edited", store.KeyWrong, nil, []string{keys}, func(h *House, pick int) string {
			id := pickOf(h.Records, pick)
			h.Do(`UPDATE record_key SET wrapped = $2 WHERE record_id = $1`, id, flip(h.Row(keys, "record_id", id).Of("wrapped")))
			return id
		}),
		sqlDamage("the migration that brought values in is deleted", store.Causeless, nil, []string{"import_run"}, func(h *House, pick int) string {
			h.Do(`DELETE FROM import_run`)
			return pickOf(h.Records, pick)
		}),
	}
}

// inserted is an id that nothing has.
const inserted = "zz000000000000000000"

func requestDamages() []Damage {
	const requests = "change_request"
	return []Damage{
		sqlDamage("a request's state is edited", store.RequestEdited, nil, []string{requests}, func(h *House, pick int) string {
			h.Do(`UPDATE change_request SET state = 'refused' WHERE id = $1`, h.Open)
			return h.Open
		}),
		sqlDamage("a request changes who filed it", store.RequestEdited, nil, []string{requests}, func(h *House, pick int) string {
			id := pickOf(h.Wishes, pick)
			h.Do(`UPDATE change_request SET filed_by = 'somebody' WHERE id = $1`, id)
			return id
		}),
		sqlDamage("a request claims another version", store.RequestEdited, nil, []string{requests}, func(h *House, pick int) string {
			id := pickOf(h.Wishes, pick)
			h.Do(`UPDATE change_request SET applied_version = applied_version + 1 WHERE id = $1`, id)
			return id
		}),
		sqlDamage("a request points to nothing", store.RequestEdited, nil, []string{requests}, func(h *House, pick int) string {
			id := pickOf(h.Wishes, pick)
			h.Do(`UPDATE change_request SET entry = 'gone' WHERE id = $1`, id)
			return id
		}),
		sqlDamage("a request claims more acts", store.RequestEntryLost, nil, []string{requests}, func(h *House, pick int) string {
			id := pickOf(h.Wishes, pick)
			h.Do(`UPDATE change_request SET revision = revision + 1 WHERE id = $1`, id)
			return id
		}),
		sqlDamage("a request is deleted", store.RequestMissing, []string{store.Causeless}, []string{requests}, func(h *House, pick int) string {
			id := pickOf(append([]string{h.Open}, h.Wishes...), pick)
			h.Do(`DELETE FROM change_request WHERE id = $1`, id)
			return id
		}),
		sqlDamage("a request is inserted", store.RequestInserted, nil, []string{requests}, func(h *House, pick int) string {
			h.Put(requests, h.Row(requests, "id", pickOf(h.Wishes, pick)).With("id", inserted).With("submission", "REQ-XXXXX"))
			return inserted
		}),
		sqlDamage("a request is put back to an older act", store.RequestPutBack, nil, []string{requests}, func(h *House, pick int) string {
			h.Do(`UPDATE change_request SET entry = (SELECT MIN(id) FROM entry WHERE change_id = $1 AND body IS NOT NULL) WHERE id = $1`, h.Open)
			return h.Open
		}),
		sqlDamage("an open request loses its time", store.RequestIdle, nil, []string{requests}, func(h *House, pick int) string {
			h.Do(`UPDATE change_request SET due_at = NULL WHERE id = $1`, h.Open)
			return h.Open
		}),
	}
}
