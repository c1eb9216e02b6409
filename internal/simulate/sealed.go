package simulate

import (
	"encoding/json"

	"amend/change"
	"amend/customer"
	"amend/internal/keys"
	"amend/notify"
)

// keyOf opens the data key of a record, as whoever holds the master key can.
func (w *world) keyOf(id customer.ID) (keys.DataKey, error) {
	var wrapped []byte
	if err := w.view().Row(`SELECT wrapped FROM record_key WHERE record_id = $1`, id).Scan(&wrapped); err != nil {
		return keys.DataKey{}, err
	}
	return w.keys.Unwrap(string(id), wrapped)
}

// opened answers a request as an entry carries it.
func (f *finding) opened(e entry) (r change.Request, err error) {
	key, err := f.dataKey(f.byID[e.change].Record)
	if err != nil {
		return r, err
	}
	plain, err := key.Open(e.body, []byte("request "+e.change))
	if err == nil {
		err = json.Unmarshal(plain, &r)
	}
	return r, err
}

// addressee answers where a notice went.
func (f *finding) addressee(record customer.ID, id string, sealed []byte) (string, error) {
	key, err := f.dataKey(record)
	if err != nil {
		return "", err
	}
	var part notify.Part
	plain, err := key.Open(sealed, []byte("notice "+id))
	if err == nil {
		err = json.Unmarshal(plain, &part)
	}
	return part.To, err
}

// dataKey keeps the keys that a check has opened.
func (f *finding) dataKey(id customer.ID) (keys.DataKey, error) {
	if k, ok := f.opens[id]; ok {
		return k, nil
	}
	k, err := f.keyOf(id)
	if err == nil {
		f.opens[id] = k
	}
	return k, err
}
