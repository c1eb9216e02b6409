package access

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"amend/fault"
)

var update = flag.Bool("update", false, "write the golden matrix anew; a person reads the difference")

// who is everybody that the matrix has a column for, in its order.
func who() (names []string, actors []Actor) {
	add := func(name string, a Actor) { names, actors = append(names, name), append(actors, a) }
	for _, r := range Roles() {
		sort := Staff
		if r == App || r == Portal {
			sort = Client
		}
		add(string(r), Actor{ID: "x", Sort: sort, Roles: []Role{r}})
	}
	add("vouched", Actor{Sort: Customer, Via: "portal"})
	for _, p := range []Purpose{Status, Confirm, Dispute, Address} {
		add("link:"+string(p), Actor{Sort: Customer, Via: "link", Link: Link{Purpose: p}})
		add("link:"+string(p)+"(new)", Actor{Sort: Customer, Via: "link", Link: Link{Purpose: p, New: true}})
	}
	add("amend", Amend())
	return names, actors
}

func matrix() string {
	var b strings.Builder
	names, actors := who()
	for _, act := range Acts() {
		var may []string
		for i, a := range actors {
			if a.May(act) == nil {
				may = append(may, names[i])
			}
		}
		b.WriteString(string(act) + ": " + strings.Join(may, " ") + "\n")
	}
	return b.String()
}

func TestMatrixOfPermissionsIsTheOneThatPeopleRead(t *testing.T) {
	const file = "testdata/permissions.golden"
	got := matrix()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the matrix moved; read the difference, then go test ./access -update\n%s", got)
	}
}

func TestEveryActIsListedOnceAndSomebodyMayDoIt(t *testing.T) {
	seen := map[Act]bool{}
	_, actors := who()
	for _, act := range Acts() {
		if seen[act] {
			t.Errorf("%s is listed twice", act)
		}
		seen[act] = true
		if !slices.ContainsFunc(actors, func(a Actor) bool { return a.May(act) == nil }) {
			t.Errorf("nobody may %s", act)
		}
	}
}

func TestWhatIsNotInTheTableIsDeniedToEverybody(t *testing.T) {
	names, actors := who()
	for i, a := range actors {
		if err := a.May("change.edit_directly"); err == nil || err.Kind != fault.Denied {
			t.Errorf("%s: got %v, want denied", names[i], err)
		}
	}
}

func TestNobodyWithoutSortMayDoAnything(t *testing.T) {
	stranger := Actor{ID: "x", Roles: Roles()}
	for _, act := range Acts() {
		if stranger.May(act) == nil {
			t.Errorf("an actor of no sort may %s", act)
		}
	}
}

func TestRefusalSaysWhoMay(t *testing.T) {
	err := Actor{Sort: Staff, Roles: []Role{Agent}}.May(ActivatePolicy)
	if err.Kind != fault.Denied || err.Code != "not_allowed" {
		t.Fatalf("got %v", err)
	}
	if err.Params["who"] != "security" || err.Params["act"] != "policy.activate" {
		t.Errorf("got %v", err.Params)
	}
	several := Actor{Sort: Staff, Roles: []Role{Agent}}.May(DecideDispute)
	if several.Params["who"] != "steward,approver,owner" {
		t.Errorf("got %q", several.Params["who"])
	}
}

func TestNoStaffRoleDoesWhatOnlyTheCustomerDoes(t *testing.T) {
	everyone := Actor{ID: "x", Sort: Staff, Roles: Roles()}
	for _, act := range []Act{ProveByCode, ConfirmIt, DisputeIt, NotMine} {
		if err := everyone.May(act); err == nil || err.Code != "customer_only" {
			t.Errorf("%s: got %v, want customer_only", act, err)
		}
		if err := Amend().May(act); err == nil || err.Code != "customer_only" {
			t.Errorf("%s by Amend: got %v, want customer_only", act, err)
		}
		if err := (Actor{Sort: Client, Roles: []Role{Portal}}).May(act); err == nil || err.Code != "customer_only" {
			t.Errorf("%s by a client that vouches for nobody: got %v, want customer_only", act, err)
		}
	}
}

func TestStaffDisputeOnlyFreezes(t *testing.T) {
	agent := Actor{Sort: Staff, Roles: []Role{Agent}}
	if err := agent.May(Freeze); err != nil {
		t.Errorf("an agent who hears of a theft may freeze: %v", err)
	}
	if err := agent.May(DecideDispute); err == nil {
		t.Error("an agent decided a dispute")
	}
}

func TestPersonNeverVouchesForCustomer(t *testing.T) {
	if err := (Actor{Sort: Staff, Roles: []Role{Portal}}).May(Vouch); err == nil {
		t.Error("a person vouched")
	}
	if err := (Actor{Sort: Client, Roles: []Role{Portal}}).May(Vouch); err != nil {
		t.Errorf("the portal may not vouch: %v", err)
	}
}

func TestCustomerCarriesNoRoles(t *testing.T) {
	c := Actor{Sort: Customer, Via: "portal", Roles: Roles()}
	for _, act := range []Act{Approve, Reveal, ManagePeople, ActivatePolicy, Vouch} {
		if c.May(act) == nil {
			t.Errorf("a customer may %s", act)
		}
	}
}

func TestCustomerForWhomNobodyVouchedMayDoNothing(t *testing.T) {
	for _, act := range Acts() {
		if (Actor{Sort: Customer}).May(act) == nil {
			t.Errorf("an unproven customer may %s", act)
		}
	}
}

func TestLinkServesItsOnePurpose(t *testing.T) {
	confirm := Actor{Sort: Customer, Via: "link", Link: Link{Purpose: Confirm}}
	if err := confirm.May(ConfirmIt); err != nil {
		t.Errorf("got %v", err)
	}
	// Its page has two equal buttons, "that was me" and "not me": freezing changes nothing.
	if err := confirm.May(DisputeIt); err != nil {
		t.Errorf("got %v", err)
	}
	for _, act := range []Act{ProveByCode, Withdraw, Answer, NotMine} {
		if err := confirm.May(act); err == nil || err.Code != "link_other_purpose" {
			t.Errorf("%s: got %v, want link_other_purpose", act, err)
		}
	}
	if err := (Actor{Sort: Customer, Via: "link"}).May(ReadChanges); err == nil {
		t.Error("the zero link allowed something")
	}
}

func TestLinkSentToNewContactProvesItOrSaysNotMineAndNothingElse(t *testing.T) {
	for _, p := range []Purpose{Confirm, Dispute, Address} {
		stranger := Actor{Sort: Customer, Via: "link", Link: Link{Purpose: p, New: true}}
		for _, act := range Acts() {
			if act != ProveByCode && act != NotMine && stranger.May(act) == nil {
				t.Errorf("a %s link to a new contact may %s", p, act)
			}
		}
	}
}

// The duties that 等保 (GB/T 22239-2019, level 3) keeps apart.
func TestDutiesOfOperatorSecurityAndAuditorStayApart(t *testing.T) {
	changes := []Act{FileChange, Approve, Reject, DecideDispute, Rebase, Import, ApproveImport, ManagePeople, ManageTokens, ManageSystems, ChangePolicy, ActivatePolicy, ManageKeys, EraseRecord, Freeze}
	for _, act := range changes {
		if (Actor{Sort: Staff, Roles: []Role{Auditor}}).May(act) == nil {
			t.Errorf("an auditor may %s", act)
		}
	}
	for _, act := range []Act{ReadCustomers, SearchCustomers, ListCustomers, Reveal, ExportBulk, ReadPrivacy} {
		for _, r := range []Role{Operator, Security, Integrator} {
			if (Actor{Sort: Staff, Roles: []Role{r}}).May(act) == nil {
				t.Errorf("%s may %s", r, act)
			}
		}
	}
	if (Actor{Sort: Staff, Roles: []Role{Operator}}).May(ChangePolicy) == nil {
		t.Error("an operator wrote policy")
	}
	if (Actor{Sort: Staff, Roles: []Role{Security}}).May(ManagePeople) == nil {
		t.Error("security gave out roles")
	}
}

func TestAmendDecidesNothingByItself(t *testing.T) {
	for _, act := range []Act{Approve, Reject, DecideDispute, ActivatePolicy, ApproveImport, Reveal, FileChange} {
		if Amend().May(act) == nil {
			t.Errorf("a timer may %s", act)
		}
	}
}
