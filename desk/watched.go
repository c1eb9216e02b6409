package desk

import "amend/audit"

// Watched answers the witness that keeps the heads of the log elsewhere, for whoever checks
// its signature; false where there is none.
func (d *Desk) Watched() (audit.WitnessName, bool) {
	if d.outside.Witness == nil {
		return audit.WitnessName{}, false
	}
	return d.outside.Witness.Name(), true
}
