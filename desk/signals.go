package desk

import (
	"slices"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/policy"
	"amend/quality"
	"amend/verify"
)

// The bounds of what is usual.
const (
	usualChanges = 3 // of one record in 30 days
	usualMisses  = 3 // wrong codes for one record in a day: fingers slip
)

// notice gathers what is unusual about a filing as a whole: reasons to look twice, for whoever
// decides, never a refusal. What comes from a file or a system has no clerk and no hour.
// Test: TestUnusualFilingIsNoticed.
func (f *filing) notice() error {
	add := func(holds bool, code string) {
		if holds {
			f.signals = append(f.signals, change.Signal{Code: code})
		}
	}
	add(f.facts.Changes30d >= usualChanges, policy.ManyChanges)
	add(f.facts.Disputes1y > 0, policy.DisputedBefore)
	if f.p.Record != "" {
		missed, err := f.tx.Missed(f.rec.ID, f.tx.Now().Add(-24*time.Hour))
		if err != nil {
			return err
		}
		add(missed > usualMisses, policy.CodesFailed)
	}
	if f.by.Sort != access.Staff || f.p.Channel == "import" {
		return nil
	}
	add(!f.d.house.Calendar.Open(f.tx.Now()), policy.UnusualHour)
	switch err := take(f.tx, "filings of "+f.by.ID, verify.PerClerk()); {
	case fault.KindOf(err) == fault.Limited:
		add(true, policy.ClerkBusy)
	case err != nil:
		return err
	}
	return nil
}

// signalled are the signals of one request: those of the filing, and those of its items.
func (f *filing) signalled(items []change.Item) []change.Signal {
	all := slices.Clone(f.signals)
	for _, it := range items {
		field, _ := f.d.house.Catalog.Of(it.Key)
		if field.Type == customer.Email && quality.Disposable(it.Now) {
			all = append(all, change.Signal{Code: policy.MailDisposable, Key: it.Key})
		}
		if told := f.judged[it.Key]; told.Contact && told.Authority == policy.Proven && told.ChannelAgeDays < youngDays {
			all = append(all, change.Signal{Code: policy.ChannelYoung, Key: it.Key})
		}
	}
	return all
}

// youngDays is how old a channel is before it is known.
const youngDays = 30
