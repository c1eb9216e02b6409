package downstream

import (
	"slices"
	"time"

	"amend/customer"
)

// CanaryID is the record of nobody: no record has it, because ids begin with their time.
const CanaryID customer.ID = "00000000000000000000"

// Canary is what s would be sent of a customer who does not exist: every field that leaves
// for it, with a value that is well formed and nobody's. Its sequence number is that of a
// moment, so that a later one is newer wherever an earlier one was kept.
func (s System) Canary(kind customer.Kind, cat customer.Catalog, at time.Time) Envelope {
	rec := customer.Record{ID: CanaryID, Kind: kind, Version: 1, Values: map[customer.Key]customer.Value{}, Changed: map[customer.Key]int64{}}
	for name, f := range cat {
		if slices.Contains(f.Kinds, kind) {
			rec.Values[customer.Key(name)], rec.Changed[customer.Key(name)] = customer.Value{Content: invented(f)}, 1
		}
	}
	d := Delivery{System: s.ID, Record: CanaryID, WantedVersion: 1, WantedSeq: at.UnixMilli()}
	return s.Envelope(d, Desired{Record: rec}, cat, at)
}

// Released is e with which a receiver that took a canary for a customer lets it go.
func (e Envelope) Released() Envelope {
	e.Seq++
	e.ID = EnvelopeID(e.System, e.Record, e.Seq)
	e.Gone, e.Changed, e.Fields, e.ContactAge = true, nil, nil, -1
	return e
}

// invented is a value of f that is well formed and nobody's: numbers and names that are kept
// for examples, a birthday long ago, identity numbers whose check digits fit and whose
// sequence was never given out.
func invented(f customer.Field) customer.Content {
	switch f.Type {
	case customer.Name:
		return "测试 Canary"
	case customer.Phone:
		return "+12025550100" // kept for fiction in North America
	case customer.Email:
		return "canary@example.com" // RFC 2606
	case customer.Address:
		return `{"country":"US","region":"CA","line":"1 Example Street","postcode":"00000"}`
	case customer.Messenger:
		return "wechat:canary_test"
	case customer.ResidentID:
		return "110000190001010004"
	case customer.Passport:
		return "E00000000"
	case customer.USCC:
		return "91000000000000000K"
	case customer.BankCard:
		return "4111111111111111" // a card number for tests
	case customer.CNAPS:
		return "102100000000"
	case customer.Date:
		return "1900-01-01"
	case customer.Number:
		return "1"
	case customer.Money:
		return "1.00 CNY"
	case customer.Flag:
		return "false"
	case customer.Choice:
		return customer.Content(slices.Concat(f.Choices, []string{""})[0])
	case customer.List:
		return `["canary"]`
	case customer.Reference:
		return customer.Content(CanaryID)
	}
	return "canary"
}
