package access

import (
	"regexp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"amend/fault"
)

func TestActIsNamedByWhatItTouchesAndTheVerb(t *testing.T) {
	form := regexp.MustCompile(`^[a-z]+\.[a-z_]+$`)
	for _, act := range Acts() {
		if !form.MatchString(string(act)) {
			t.Errorf("%q", act)
		}
	}
}

func TestWhoListsKnownRolesInOneOrderAndEachOnce(t *testing.T) {
	order := Roles()
	for _, act := range Acts() {
		last := -1
		for _, r := range act.Who() {
			i := slices.Index(order, r)
			if i <= last {
				t.Errorf("%s: %s is unknown, twice or out of order", act, r)
			}
			last = i
		}
	}
}

func TestActOfTheCustomerIsNoRoles(t *testing.T) {
	for _, act := range Acts() {
		if act.CustomerOnly() == (len(act.Who()) > 0) {
			t.Errorf("%s: customer only %v, roles %v", act, act.CustomerOnly(), act.Who())
		}
	}
}

func TestAppAndPortalDoNothingButVouch(t *testing.T) {
	for _, r := range []Role{App, Portal} {
		client := Actor{ID: "c", Sort: Client, Roles: []Role{r}}
		for _, act := range Acts() {
			if may := client.May(act) == nil; may != (act == Vouch) {
				t.Errorf("%s may %s: %v", r, act, may)
			}
		}
	}
}

func TestEachLinkAllowsWhatItsPurposeSays(t *testing.T) {
	for purpose, want := range map[Purpose][]Act{
		Status:  {ReadChanges, SendChallenge, AttachEvidence, Answer, Withdraw, ProveByCode},
		Confirm: {ReadChanges, ConfirmIt, DisputeIt},
		Dispute: {ReadChanges, DisputeIt},
		Address: {ProveByCode, NotMine},
		"":      nil,
		"root":  nil,
	} {
		link := Actor{Sort: Customer, Via: "link", Link: Link{Purpose: purpose}}
		for _, act := range Acts() {
			err := link.May(act)
			if (err == nil) != slices.Contains(want, act) {
				t.Errorf("%q %s: got %v", purpose, act, err)
			}
			if err != nil && err.Code != "link_other_purpose" {
				t.Errorf("%q %s: code %s", purpose, act, err.Code)
			}
		}
	}
}

// More roles never take a permission away, and never give one that no single role has.
func TestRolesAddUp(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		roles := rapid.SliceOfDistinct(rapid.SampledFrom(Roles()), rapid.ID).Draw(r, "roles")
		act := rapid.SampledFrom(Acts()).Draw(r, "act")
		sort := rapid.SampledFrom([]Sort{Staff, Client}).Draw(r, "sort")
		all := Actor{Sort: sort, Roles: roles}.May(act) == nil
		any := slices.ContainsFunc(roles, func(one Role) bool { return Actor{Sort: sort, Roles: []Role{one}}.May(act) == nil })
		if all != any {
			r.Fatalf("%s with %v: together %v, one by one %v", act, roles, all, any)
		}
	})
}

func TestRefusalIsAlwaysDeniedAndNamesTheAct(t *testing.T) {
	_, actors := who()
	for _, a := range actors {
		for _, act := range Acts() {
			if err := a.May(act); err != nil && (err.Kind != fault.Denied || err.Params["act"] != string(act)) {
				t.Errorf("%s: %v", act, err.Params)
			}
		}
	}
}
