package store

import (
	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/fault"
)

// holderKey is the reference from an account to the customer that it belongs to.
const holderKey customer.Key = "holder"

// seesRecord refuses a customer's credential for anybody else's record: their own, and the
// accounts that name them as holder. A foreign record and none answer alike.
func seesRecord(by access.Actor, rec customer.Record) error {
	own := !by.IsCustomer() || by.Via != "link" && belongs(by, rec)
	if own {
		return nil
	}
	return fault.New(fault.NotFound, "no_customer")
}

func belongs(by access.Actor, rec customer.Record) bool {
	return customer.ID(by.ID) == rec.ID || rec.Kind == customer.Account && string(rec.Get(holderKey)) == by.ID
}

// Holder answers the record whose contact points speak for rec: an account has none of its
// own, its customer's do.
func (v View) Holder(rec customer.Record) (customer.Record, error) {
	if rec.Kind != customer.Account || rec.Get(holderKey) == "" {
		return rec, nil
	}
	return v.Record(customer.ID(rec.Get(holderKey)))
}

// SeesChange refuses a customer's credential for anybody else's request. A foreign request
// and one that does not exist answer alike.
func (v View) SeesChange(by access.Actor, r change.Request) error {
	switch {
	case !by.IsCustomer(), by.Via != "link" && customer.ID(by.ID) == r.Record:
		return nil
	case by.Via == "link":
		if by.Link.Submission == r.Submission && (by.Link.Change == "" || by.Link.Change == string(r.ID)) {
			return nil
		}
		return noChange(r.ID)
	}
	if rec, err := v.Record(r.Record); err == nil && belongs(by, rec) {
		return nil
	}
	return noChange(r.ID)
}

func noChange(id change.ID) error { return fault.New(fault.NotFound, "no_change", "change", id) }

// record answers one record that the actor may read.
func (r *Reader) record(v View, by access.Actor, id customer.ID) (customer.Record, error) {
	if err := may(by, access.ReadCustomers); err != nil {
		return customer.Record{}, err
	}
	rec, err := v.Record(id)
	if err != nil {
		return rec, err
	}
	return rec, seesRecord(by, rec)
}

// opened answers one request that the actor may read.
func (r *Reader) opened(v View, by access.Actor, id change.ID) (change.Request, error) {
	if err := may(by, access.ReadChanges); err != nil {
		return change.Request{}, err
	}
	req, err := v.Change(id)
	if fault.KindOf(err) == fault.NotFound { // the key of a record that never came to be is gone
		return req, noChange(id)
	}
	if err != nil {
		return req, err
	}
	return req, v.SeesChange(by, req)
}
