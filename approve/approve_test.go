package approve

import (
	"testing"
	"time"

	"amend/access"
	"amend/change"
	"amend/change/changetest"
	"amend/fault"
	"amend/org"
)

// house is a company of approvers: bob, carol and dan may approve, olga owns, al is an
// agent, and so is sam.
func house() org.Staff {
	person := func(id string, roles ...access.Role) org.Person { return org.Person{ID: id, Name: id, Roles: roles} }
	return org.Staff{People: []org.Person{
		person("bob", access.Approver), person("carol", access.Approver), person("dan", access.Approver),
		person("olga", access.Owner), person("al", access.Agent), person("sam", access.Agent),
		{ID: "gone", Name: "gone", Roles: []access.Role{access.Approver}, Disabled: true},
	}}
}

func standsIn(s org.Staff, to, from string) org.Staff {
	s.Delegations = append(s.Delegations, org.Delegation{From: from, To: to, Since: changetest.At(-time.Hour), Until: changetest.At(240 * time.Hour)})
	return s
}

func absent(s org.Staff, id string) org.Staff {
	s.Absences = append(s.Absences, org.Absence{Person: id, From: changetest.At(-time.Hour)})
	return s
}

// actor is a member of house, signed in.
func actor(s org.Staff, id string) access.Actor {
	p, _ := s.Person(id)
	return access.Actor{ID: id, Name: id, Sort: access.Staff, Roles: p.Roles}
}

// filed is a request of al, taken in by carol, of which dan saw an original.
func filed(t *testing.T) change.Request {
	r := changetest.Filed(changetest.Evidence(1, change.Sighted), changetest.Level("L1", 2))
	r.Filed = changetest.Staff("al")
	collector := changetest.Staff("carol")
	r.Collector = &collector
	_, err := r.Prove(change.Proof{Gate: change.Evidence, Method: change.Sighted, By: changetest.Staff("dan"), At: changetest.At(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var reviewed = changetest.At(2 * time.Hour)

func TestWhoMayDecideALevel(t *testing.T) {
	l := change.Level{Name: "L1", Role: string(access.Approver), Quorum: 2}
	promoted := func(id string) org.Staff { // somebody with a hand in the request, and the role
		s := house()
		for i := range s.People {
			if s.People[i].ID == id {
				s.People[i].Roles = append(s.People[i].Roles, access.Approver)
			}
		}
		return s
	}
	for _, c := range []struct {
		name     string
		id       string
		staff    org.Staff
		onBehalf string
		code     string
	}{
		{"an approver", "bob", house(), "", ""},
		{"somebody without the role", "olga", house(), "", "wrong_role"},
		{"a stranger", "nobody", house(), "", "wrong_role"},
		{"the requester", "al", promoted("al"), "", "own_request"},
		{"the collector", "carol", house(), "", "own_request"},
		{"the verifier", "dan", house(), "", "own_proof"},
		{"a stand-in of an approver", "olga", standsIn(house(), "olga", "bob"), "bob", ""},
		{"an absent stand-in", "olga", absent(standsIn(house(), "olga", "bob"), "olga"), "", "wrong_role"},
		{"a stand-in of somebody disabled", "olga", standsIn(house(), "olga", "gone"), "", "wrong_role"},
		{"a stand-in of nobody with the role", "olga", standsIn(house(), "olga", "sam"), "", "wrong_role"},
		{"an approver who stands in for the requester", "bob", standsIn(house(), "bob", "al"), "", "stands_in"},
		{"an approver who stands in for the collector", "bob", standsIn(house(), "bob", "carol"), "", "stands_in"},
		{"an approver who stands in for the verifier", "bob", standsIn(house(), "bob", "dan"), "", "stands_in"},
		{"a stand-in of an approver and of the verifier", "olga", standsIn(standsIn(house(), "olga", "bob"), "olga", "dan"), "", "stands_in"},
		{"an approver for whom the requester stands in", "bob", standsIn(house(), "al", "bob"), "", ""},
		{"the requester, standing in for an approver", "al", standsIn(house(), "al", "bob"), "", "own_request"},
	} {
		onBehalf, err := May(filed(t), l, actor(c.staff, c.id), c.staff, reviewed)
		if fault.CodeOf(err) != c.code || (err != nil) != (c.code != "") || onBehalf != c.onBehalf {
			t.Errorf("%s: on behalf of %q, %v", c.name, onBehalf, err)
		}
	}
}

func TestOnlyStaffDecide(t *testing.T) {
	r := filed(t)
	frozen := r
	if _, err := frozen.Freeze(changetest.Customer(), "not me", reviewed); err != nil {
		t.Fatal(err)
	}
	for _, sort := range []access.Sort{access.Customer, access.Client, access.System} {
		by := access.Actor{ID: "x", Sort: sort, Roles: []access.Role{access.Approver, access.Steward}}
		if _, err := May(r, change.Level{Role: "approver"}, by, house(), reviewed); fault.CodeOf(err) != "staff_only" {
			t.Errorf("%s: got %v", sort, err)
		}
		if err := MayVote(frozen, by, house(), reviewed); fault.CodeOf(err) != "staff_only" {
			t.Errorf("%s: got %v", sort, err)
		}
	}
}

func TestWhoProvedAnEarlierProposalStillMayNotDecide(t *testing.T) {
	r := filed(t)
	r.Proofs, r.Unproven = nil, r.Proofs
	_, err := May(r, change.Level{Role: "approver"}, actor(house(), "dan"), house(), reviewed)
	if fault.CodeOf(err) != "own_proof" {
		t.Errorf("got %v", err)
	}
}

func TestOneVoiceIsNotHeardAgainThroughADelegate(t *testing.T) {
	r, s := filed(t), standsIn(house(), "olga", "bob")
	changetest.Approve(t, &r, "bob", reviewed)
	l, err := r.OpenLevel(reviewed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := May(r, l, actor(s, "olga"), s, reviewed); fault.CodeOf(err) != "wrong_role" {
		t.Errorf("got %v", err)
	}
}

func TestRefusalNamesWhoMay(t *testing.T) {
	l := change.Level{Role: string(access.Approver)}
	crowd := house()
	for _, id := range []string{"eve", "fay", "gus"} {
		crowd.People = append(crowd.People, org.Person{ID: id, Name: "Ms " + id, Roles: []access.Role{access.Approver}})
	}
	crowd = standsIn(absent(crowd, "eve"), "gus", "al")
	r := filed(t)
	if got := Others(r, l, crowd, reviewed); got != "Ms fay, bob" {
		t.Errorf("names %q", got)
	}
	changetest.Approve(t, &r, "bob", reviewed)
	if got := Others(r, l, crowd, reviewed); got != "Ms fay" {
		t.Errorf("after bob decided it names %q", got)
	}
	_, err := May(r, l, actor(crowd, "carol"), crowd, reviewed)
	var f *fault.Error
	if f, _ = err.(*fault.Error); f == nil || f.Kind != fault.Denied || f.Params["who"] != "Ms fay" {
		t.Errorf("got %+v", f)
	}
}

func TestDisputeIsDecidedByWhoTookNoPart(t *testing.T) {
	r := filed(t)
	changetest.Approve(t, &r, "bob", reviewed)
	r.Voided = []change.Decision{{By: changetest.Staff("eve"), For: "fay"}}
	r.Questions = []change.Question{{By: changetest.Staff("quin"), AnsweredAt: reviewed}}
	if err := MayVote(r, access.Actor{ID: "gus", Sort: access.Staff}, house(), reviewed); err != nil {
		t.Errorf("without a dispute: %v", err)
	}
	if _, err := r.Freeze(changetest.Staff("hal"), "odd", reviewed); err != nil {
		t.Fatal(err)
	}
	if _, err := r.ProveDispute(change.Proof{Method: change.Callback, By: changetest.Staff("ivy"), At: reviewed}); err != nil {
		t.Fatal(err)
	}
	for id, code := range map[string]string{
		"al": "took_part", "carol": "took_part", "dan": "took_part", "bob": "took_part", "eve": "took_part", "fay": "took_part",
		"quin": "took_part", "hal": "took_part", "ivy": "took_part", "gus": "",
	} {
		if err := MayVote(r, access.Actor{ID: id, Sort: access.Staff}, house(), reviewed); fault.CodeOf(err) != code || (err != nil) != (code != "") {
			t.Errorf("%s: got %v", id, err)
		}
	}
}

func TestOneDecisionInFiftyIsLookedAtTwice(t *testing.T) {
	n := 0
	for e := range 1 << 16 {
		if Sampled(uint16(e)) {
			n++
		}
	}
	if share := float64(n) / (1 << 16); share < 0.0199 || share > 0.0201 {
		t.Errorf("%.4f of all draws", share)
	}
}

func TestWhoStandsInForSomebodyInvolvedDecidesNoDispute(t *testing.T) {
	r := filed(t)
	if _, err := r.Freeze(changetest.Customer(), "not me", reviewed); err != nil {
		t.Fatal(err)
	}
	by := actor(house(), "olga")
	if err := MayVote(r, by, house(), reviewed); err != nil {
		t.Errorf("for nobody: %v", err)
	}
	if err := MayVote(r, by, standsIn(house(), "olga", "al"), reviewed); fault.CodeOf(err) != "took_part" {
		t.Errorf("for who filed it: %v", err)
	}
}

func TestLevelThatWantsPeopleApartHearsEachDepartmentOnce(t *testing.T) {
	s := house()
	for i, department := range []string{"finance", "finance", "legal", "finance"} {
		s.People[i].Department = department
	}
	l := change.Level{Name: "L1", Role: string(access.Approver), Quorum: 2, Apart: true}
	r := changetest.Filed(changetest.Level("L1", 2))
	by := changetest.Staff("bob")
	by.Department = "finance"
	if _, err := r.Decide(change.Decision{Verdict: change.Approved, By: by, Hash: r.Hash(), At: reviewed}); err != nil {
		t.Fatal(err)
	}
	for id, code := range map[string]string{"carol": "same_department", "dan": "", "al": "wrong_role"} {
		who := actor(s, id)
		who.Department = map[string]string{"carol": "finance", "dan": "legal"}[id]
		if _, err := May(r, l, who, s, reviewed); fault.CodeOf(err) != code {
			t.Errorf("%s: %v, want %q", id, err, code)
		}
	}
	if got := Others(r, l, s, reviewed); got != "dan" {
		t.Errorf("names %q", got)
	}
}
