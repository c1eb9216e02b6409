package api

import (
	"regexp"

	"amend/access"
	"amend/customer"
	"amend/fault"
	"amend/verify"
)

// recordID is what a record's id looks like: 20 characters of lower-case base32hex.
var recordID = regexp.MustCompile(`^[0-9a-v]{20}$`)

// known finds out who visits. Whoever has no credential that holds is counted by network
// prefix, so that guessing stays slow; who has one is never counted.
func (v *visit) known() error {
	prefix := verify.Network(v.door.address(v.r))
	if v.op.open {
		return v.door.limits.look(prefix, v.door.clock())
	}
	credential := bearer(v.r.Header)
	if credential == "" {
		return v.unknown(prefix, fault.New(fault.Unauthenticated, "token_missing"))
	}
	if !v.door.limits.held(credential) {
		if err := v.door.limits.look(prefix, v.door.clock()); err != nil {
			return err
		}
	}
	by, err := v.door.reader.SignIn(v.ctx, credential)
	if fault.KindOf(err) == fault.Unauthenticated {
		return v.unknown(prefix, err)
	}
	if err != nil {
		return err
	}
	v.door.limits.hold(credential)
	v.by, err = v.speaksFor(by)
	return err
}

// unknown counts a visit of nobody we know.
func (v *visit) unknown(prefix string, err error) error {
	if limited := v.door.limits.count(prefix, v.door.clock()); limited != nil {
		return limited
	}
	return err
}

// speaksFor lets a client of role app or portal act as the customer who is signed in there.
func (v *visit) speaksFor(by access.Actor) (access.Actor, error) {
	id := v.r.Header.Get("Amend-Customer")
	if id == "" {
		return by, nil
	}
	if !recordID.MatchString(id) {
		return by, fault.New(fault.Malformed, "bad_parameter", "field", "Amend-Customer")
	}
	return v.door.reader.Vouched(v.ctx, by, customer.ID(id))
}
