package doctortest

import (
	"bytes"
	"fmt"

	"amend/internal/doctor"
)

// A Damage is one thing that can go wrong, or be done by somebody.
type Damage struct {
	Name string   // what is done, for the reader of a failure
	Want string   // the code that must be found, "" for something that is no damage
	May  []string // codes that follow from it
	Lite bool     // only on SQLite
	Post bool     // only on PostgreSQL

	// Plant does it, to the pick-th of what it can be done to, and answers which row must
	// be named, "" for none, and how to undo it.
	Plant func(h *House, pick int) (row string, undo func())
}

// Here reports whether the damage can be done to a house.
func (d Damage) Here(h *House) bool { return !(d.Lite && !h.Lite) && !(d.Post && h.Lite) }

// Judge says what is wrong with a report on a house with the damage in it, nil if nothing
// is: what was planted is found, its row is named, and nothing else is claimed.
func (d Damage) Judge(r doctor.Report, row string) error {
	found, named := d.Want == "", row == ""
	allowed := map[string]bool{d.Want: true}
	for _, code := range d.May {
		allowed[code] = true
	}
	for _, f := range r.Wrong() {
		if !allowed[f.Code] {
			return fmt.Errorf("false alarm: %s: %s %v", f.Area, f.Code, f.Rows)
		}
		if f.Code != d.Want {
			continue
		}
		found = true
		for _, id := range f.Rows {
			named = named || id == row
		}
		if err := saysWhatToDo(f); err != nil {
			return err
		}
	}
	switch {
	case !found:
		return fmt.Errorf("%s was not found", d.Want)
	case !named:
		return fmt.Errorf("%s was found, and %s is not named", d.Want, row)
	}
	return nil
}

// Damages are all of them.
func Damages() []Damage {
	var all []Damage
	for _, some := range [][]Damage{recordDamages(), requestDamages(), logDamages(), headDamages(), derivedDamages(), workDamages(), placeDamages()} {
		all = append(all, some...)
	}
	return all
}

// flip is bytes with one of the last changed, where ciphertexts and hashes end.
func flip(raw any) []byte {
	b := bytes.Clone(raw.([]byte))
	b[len(b)-1] ^= 1
	return b
}

// pickOf is the pick-th of a list, from the start again behind its end.
func pickOf[T any](list []T, pick int) T { return list[pick%len(list)] }

// sqlDamage is one that statements on tables do; afterwards the tables are put back.
func sqlDamage(name, want string, may, tables []string, do func(h *House, pick int) (row string)) Damage {
	return Damage{Name: name, Want: want, May: may, Plant: func(h *House, pick int) (string, func()) {
		undo := h.Keep(tables...)
		var row string
		h.Untriggered(func() { row = do(h, pick) })
		return row, undo
	}}
}
