package store

import (
	"slices"
	"strings"

	"amend/customer"
	"amend/downstream"
	"amend/fault"
)

// Mend queues what makes a flaw good again, where it is in rows that follow from others:
// search, relations, what is due. It answers false for a flaw that nothing here can mend:
// records, requests and entries are evidence, and stay as they are.
func (tx *Tx) Mend(f Flaw) (bool, error) {
	switch f.Code {
	case TokensMissing, TokensExtra:
		return true, tx.mendTokens(customer.ID(f.Row))
	case RelationsWrong:
		return true, tx.mendRelations(customer.ID(f.Row))
	case DeliveryMissing, DeliveryIdle:
		system, record, _ := strings.Cut(f.Row, "/")
		return true, tx.mendDelivery(downstream.SystemID(system), customer.ID(record))
	case RequestIdle, RequestStuck:
		const q = `UPDATE change_request SET due_at = $2, attempts = 0, last_error = NULL WHERE id = $1 AND due_at IS NULL`
		tx.Exec(q, f.Row, tx.Now())
		tx.Wake()
		return true, nil
	case LeaseFar:
		tx.Exec(`UPDATE lease SET until_at = $2, epoch = epoch + 1 WHERE shard = $1`, f.Row, tx.Now())
		return true, nil
	}
	return false, nil
}

// Mendable reports whether Mend makes good what a code says.
func Mendable(code string) bool {
	switch code {
	case TokensMissing, TokensExtra, RelationsWrong, DeliveryMissing, DeliveryIdle, RequestIdle, RequestStuck, LeaseFar:
		return true
	}
	return false
}

// mendTokens makes a record's search tokens what its values say. Tokens of no record go.
func (tx *Tx) mendTokens(id customer.ID) error {
	var want []int64
	rec, err := tx.Record(id)
	switch {
	case err == nil:
		want = tx.tokens(rec)
	case fault.KindOf(err) != fault.NotFound:
		return err
	}
	have, err := list(tx.View, "search tokens", func(row Row) (t int64, err error) {
		err = row.Scan(&t)
		return t, err
	}, `SELECT hash FROM token WHERE record_id = $1 UNION SELECT hash FROM token_new WHERE record_id = $1`, id)
	if err != nil {
		return err
	}
	tx.dropTokens(id, slices.DeleteFunc(slices.Clone(have), func(t int64) bool { _, meant := slices.BinarySearch(want, t); return meant }))
	for _, t := range want {
		if !slices.Contains(have, t) {
			tx.Exec(`INSERT INTO token (hash, record_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, t, id)
		}
	}
	return nil
}

func (tx *Tx) mendRelations(id customer.ID) error {
	rec, err := tx.Record(id)
	if err != nil {
		return err
	}
	tx.Exec(`DELETE FROM relation WHERE record_id = $1`, id)
	tx.saveRelations(id, customer.Record{}, rec)
	return nil
}

func (tx *Tx) mendDelivery(system downstream.SystemID, id customer.ID) error {
	rec, err := tx.Record(id)
	if err == nil {
		tx.RaiseDelivery(system, id, rec.Version)
	}
	return err
}
