package policy

import (
	"cmp"
	"slices"

	"amend/access"
	"amend/change"
	"amend/customer"
)

// A Risk is how much a wrong decision on a request would cost.
type Risk string

// The risks, least first.
const (
	LowRisk    Risk = "low"
	MediumRisk Risk = "medium"
	HighRisk   Risk = "high"
)

// weight orders risks.
func (r Risk) weight() int { return slices.Index([]Risk{LowRisk, MediumRisk, HighRisk}, r) }

// Weight is how much sooner a request of this risk is looked at: its time counts as if it
// ran so many times as fast.
func (r Risk) Weight() int { return 1 + max(0, r.weight()) }

// A Concern is one named reason for a risk: a code for lang, its level, and whether the
// decision must wait for it.
type Concern struct {
	Code   string       `json:"code"`
	Level  Risk         `json:"level"`
	Blocks bool         `json:"blocks,omitempty"`
	Field  customer.Key `json:"field,omitempty"`
}

// The signals that a filing may carry: a reason for a risk that whoever files does not choose.
const (
	ManyChanges    = "many_changes"    // this record changed often in a month
	DisputedBefore = "disputed_before" // its customer disputed a change in the last year
	MailDisposable = "mail_disposable" // a mailbox that anybody opens for an hour
	ChannelYoung   = "channel_young"   // the best channel was proven less than 30 days ago
	CodesFailed    = "codes_failed"    // wrong codes were typed for this record in the last day
	UnusualHour    = "unusual_hour"    // staff filed it outside working time
	ClerkBusy      = "clerk_busy"      // who filed it filed far more than one does in a day
)

// signals is how much each signal weighs.
var signals = map[string]Risk{
	ManyChanges: MediumRisk, DisputedBefore: HighRisk, MailDisposable: MediumRisk, ChannelYoung: MediumRisk,
	CodesFailed: HighRisk, UnusualHour: LowRisk, ClerkBusy: MediumRisk,
}

// Concerns answers how risky a request is and why, worst first. They follow from what is on
// record of it alone, so that everybody who looks sees the same.
func Concerns(r change.Request, cat customer.Catalog) (Risk, []Concern) {
	var all []Concern
	for _, it := range r.Items {
		if f, known := cat.Of(it.Key); !known || f.Tier == customer.Top {
			all = append(all, Concern{Code: "tier_top", Level: HighRisk, Field: it.Key})
		} else if f.Tier == customer.High {
			all = append(all, Concern{Code: "tier_high", Level: MediumRisk, Field: it.Key})
		}
	}
	add := func(holds bool, c Concern) {
		if holds {
			all = append(all, c)
		}
	}
	add(r.Plan.Lost, Concern{Code: "channel_lost", Level: HighRisk})
	add(r.Plan.Weak, Concern{Code: "channel_inherited", Level: MediumRisk})
	add(slices.Contains(r.Plan.Standing, "identity_shared"), Concern{Code: "identity_shared", Level: HighRisk, Blocks: true})
	add(slices.Contains(r.Plan.Standing, "contact_shared"), Concern{Code: "contact_shared", Level: MediumRisk})
	add(r.Frozen(), Concern{Code: "disputed", Level: HighRisk, Blocks: true})
	add(r.Conflict != nil, Concern{Code: "moved", Level: MediumRisk, Blocks: true})
	add(len(r.Unproven) > 0, Concern{Code: "corrected", Level: MediumRisk})
	for _, s := range r.Signals {
		all = append(all, Concern{Code: s.Code, Level: cmp.Or(signals[s.Code], MediumRisk), Field: s.Key})
	}
	add(r.Filed.Sort == access.Staff, Concern{Code: "filed_by_staff", Level: LowRisk})
	slices.SortStableFunc(all, func(a, b Concern) int { return b.Level.weight() - a.Level.weight() })
	if len(all) == 0 {
		return LowRisk, nil
	}
	return all[0].Level, all
}
