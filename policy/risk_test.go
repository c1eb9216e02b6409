package policy

import (
	"testing"

	"amend/access"
	"amend/change"
	"amend/customer"
)

func TestRiskIsThatOfTheWorstConcern(t *testing.T) {
	cat := customer.Shipped()
	for _, c := range []struct {
		name string
		r    change.Request
		want Risk
		code string
	}{
		{"a preference", request("preferred_name", nil), LowRisk, ""},
		{"a preference filed by staff", request("preferred_name", func(r *change.Request) { r.Filed.Sort = access.Staff }), LowRisk, "filed_by_staff"},
		{"a phone", request("phone", nil), MediumRisk, "tier_high"},
		{"a legal name", request("legal_name", nil), HighRisk, "tier_top"},
		{"a field that nobody knows", request("nothing", nil), HighRisk, "tier_top"},
		{"a lost channel", request("phone", func(r *change.Request) { r.Plan.Lost = true }), HighRisk, "channel_lost"},
		{"somebody else's number", request("preferred_name", func(r *change.Request) { r.Plan.Standing = []string{"identity_shared"} }), HighRisk, "identity_shared"},
		{"a customer who disputed before", request("preferred_name", func(r *change.Request) { r.Signals = []change.Signal{{Code: DisputedBefore}} }), HighRisk, DisputedBefore},
		{"a signal of a later program", request("preferred_name", func(r *change.Request) { r.Signals = []change.Signal{{Code: "unheard"}} }), MediumRisk, "unheard"},
		{"a family's phone", request("preferred_name", func(r *change.Request) { r.Plan.Standing = []string{"contact_shared"} }), MediumRisk, "contact_shared"},
	} {
		risk, concerns := Concerns(c.r, cat)
		if risk != c.want || (c.code != "") != (len(concerns) > 0) || c.code != "" && concerns[0].Code != c.code {
			t.Errorf("%s: %s %v", c.name, risk, concerns)
		}
	}
}

func TestRiskierRequestsAreLookedAtSooner(t *testing.T) {
	if LowRisk.Weight() >= MediumRisk.Weight() || MediumRisk.Weight() >= HighRisk.Weight() {
		t.Error(LowRisk.Weight(), MediumRisk.Weight(), HighRisk.Weight())
	}
}

// request is a request on one key, altered.
func request(key customer.Key, alter func(*change.Request)) change.Request {
	r := change.Request{Items: []change.Item{{Key: key, Now: "x"}}, Filed: change.Party{Sort: access.Customer}}
	if alter != nil {
		alter(&r)
	}
	return r
}
