package policy

import (
	"slices"
	"testing"
	"time"

	"amend/change"
	"amend/customer"
)

func of(need int, methods ...change.Method) change.Combo {
	return change.Combo{Need: need, Of: methods}
}

func TestCombosThatCanBeMetWithoutAChannelAreUnsound(t *testing.T) {
	phone, email, postal := FactsOf(catalogue()["phone"]), FactsOf(catalogue()["email"]), FactsOf(catalogue()["postal"])
	for _, c := range []struct {
		what  string
		f     Facts
		combo change.Combo
		sound bool
	}{
		{"a code to the old phone", phone, of(1, change.SMSCode), true},
		{"a call to a number proven before", phone, of(1, change.Callback), true},
		{"a mail code for a phone", phone, of(1, change.MailCode), false},
		{"a mail code for a mail address", email, of(1, change.MailCode), true},
		{"a mail code beside an original", phone, of(2, change.MailCode, change.Sighted), true},
		{"two of a mail code and two papers", phone, of(2, change.MailCode, change.Sighted, change.Document), false},
		{"all three of them", phone, of(3, change.MailCode, change.Sighted, change.Document), true},
		{"a phone code or an original", phone, of(1, change.SMSCode, change.Sighted), false},
		{"a letter for a phone", phone, of(1, change.Letter), false},
		{"a letter for a postal address", postal, of(1, change.Letter), true},
		{"a letter beside a mail code", phone, of(2, change.Letter, change.MailCode), true},
		{"a link", email, of(1, change.MailLink), false},
		{"a link beside a code", email, of(2, change.MailLink, change.SMSCode), false},
		{"nothing", email, of(0), false},
		{"one method twice", email, of(2, change.SMSCode, change.SMSCode), false},
		{"more than there is", email, of(2, change.SMSCode), false},
	} {
		if got := sound(c.combo, c.f); got != c.sound {
			t.Errorf("%s: sound %t, want %t", c.what, got, c.sound)
		}
	}
}

func TestFloorKeepsTheSoundWaysOfARecipe(t *testing.T) {
	f, key := readFacts(t, "update phone")
	plan := change.Plan{Gates: []change.Gate{{Kind: change.Authority, Any: []change.Combo{
		of(1, change.MailCode), of(1, change.Callback), of(1, change.Sighted),
	}}}}
	got := demandsOf(Floor(f.at(key), plan)).authority
	if len(got) != 1 || len(got[0]) != 1 || got[0][0].Of[0] != change.Callback {
		t.Errorf("got %v, want the call-back alone", got)
	}
}

func TestFloorAsksAChannelBesideARecipesOwnProofs(t *testing.T) {
	f, key := readFacts(t, "update phone")
	plan := change.Plan{Gates: []change.Gate{{Kind: change.Authority, Any: []change.Combo{of(1, change.Sighted)}}}}
	got := demandsOf(Floor(f.at(key), plan)).authority
	if len(got) != 2 || got[0][0].Of[0] != change.Sighted || !sound(got[1][0], f) {
		t.Errorf("got %v, want the original kept and a channel added", got)
	}
}

func TestFloorLeavesUnguardedFieldsToThePolicy(t *testing.T) {
	f, key := readFacts(t, "update interest authority=none")
	if p := Floor(f.at(key), change.Plan{}); !p.Open() || p.Lost {
		t.Errorf("got %v", show(p))
	}
}

func TestAuthorityThatNobodyCanGiveBecomesTheRecoveryLane(t *testing.T) {
	f, key := readFacts(t, "update interest authority=none")
	asks := change.Plan{Gates: []change.Gate{{Kind: change.Authority, Any: []change.Combo{of(1, change.SMSCode)}}}}
	p := Floor(f.at(key), asks)
	d := demandsOf(p)
	if !p.Lost || len(d.authority) != 0 || len(d.evidence) != 2 || d.people() != 2 || d.cool != floorCool {
		t.Errorf("got %v", show(p))
	}
}

func TestFloorOnlyLengthensTimeAndHolds(t *testing.T) {
	f, key := readFacts(t, "update email authority=none")
	long := change.Plan{
		Gates: []change.Gate{{Kind: change.Cool, For: 50 * time.Hour}, {Kind: change.Cool, For: 50 * time.Hour}, {Kind: change.Schedule}},
		Holds: []change.HoldRule{{Action: payout, For: 200 * time.Hour}, {Action: credit, For: time.Hour}},
	}
	p := Floor(f.at(key), long)
	if d := demandsOf(p); d.cool != 100*time.Hour {
		t.Errorf("cools %s, want 100h", d.cool)
	}
	want := []change.HoldRule{{Action: payout, For: 200 * time.Hour}, {Action: credit, For: time.Hour}, {Action: passwordReset, For: floorCool}}
	if !slices.Equal(p.Holds, want) {
		t.Errorf("holds %v, want %v", p.Holds, want)
	}
	if last := p.Gates[len(p.Gates)-1]; last.Kind != change.Schedule {
		t.Errorf("the plan ends with %s, want its schedule", last.Kind)
	}
}

func TestFloorCountsPeopleAcrossLevels(t *testing.T) {
	f, key := readFacts(t, "update email authority=none")
	one := change.Gate{Kind: change.Approval, Level: &change.Level{Name: "L1", Role: "owner", Quorum: 1}}
	two := change.Gate{Kind: change.Approval, Level: &change.Level{Name: "L2", Role: "approver", Quorum: 1}}
	for _, c := range []struct {
		gates []change.Gate
		added int
	}{{nil, 2}, {[]change.Gate{one}, 1}, {[]change.Gate{one, two}, 0}} {
		d := demandsOf(Floor(f.at(key), change.Plan{Gates: c.gates}))
		added := 0
		for _, l := range d.levels {
			if l.Name == floorLevel {
				added = l.Quorum
			}
		}
		if added != c.added || d.people() != 2 {
			t.Errorf("%d levels: the floor added %d people, want %d", len(c.gates), added, c.added)
		}
	}
}

func TestEvidenceThatRestsOnCallsAloneIsNotTwoProofs(t *testing.T) {
	f, key := readFacts(t, "update email authority=none")
	calls := change.Plan{Gates: []change.Gate{{Kind: change.Evidence, Any: []change.Combo{of(2, change.Callback, change.Letter)}}}}
	d := demandsOf(Floor(f.at(key), calls))
	if len(d.evidence) != 2 || least(d.evidence, solid()) != 1 {
		t.Errorf("got %v, want a solid proof added", d.evidence)
	}
}

func TestWorthOfAChannelDependsOnItsAge(t *testing.T) {
	for _, c := range []struct {
		line, want string
	}{
		{"update phone age=30", Proven},
		{"update phone age=29", None},
		{"update id_number age=0", Proven},
		{"update id_number authority=weak age=90", Weak},
		{"update id_number authority=weak age=89", None},
		{"update id_number authority=none age=4000", None},
		{"update id_number authority=PROVEN age=4000", None},
	} {
		if f, _ := readFacts(t, c.line); f.worth() != c.want {
			t.Errorf("%s: %s, want %s", c.line, f.worth(), c.want)
		}
	}
}

func TestGuardedFieldsAreContactsHighTiersAndLegalOrMoneyGroups(t *testing.T) {
	guarded := []string{"phone", "email", "wechat", "postal", "legal_name", "id_number", "licence", "bank_account", "tax_id", "contract_terms", "credit_limit"}
	for name, field := range catalogue() {
		if got := FactsOf(field).Guarded(); got != slices.Contains(guarded, name) {
			t.Errorf("%s: guarded %t", name, got)
		}
	}
	if !FactsOf(customer.Field{Name: "unheard_of"}).Guarded() {
		t.Error("a field without a tier is unguarded")
	}
}

func TestAdditionsSumPeopleAndTakeTheLongestTime(t *testing.T) {
	var d demands
	one := level{"extra", "approver", 1, Work(WorkingDay), false}
	d.add(extra{Levels: []level{one}, CoolAtLeast: Period(2 * day), Holds: []hold{{payout, Period(day)}}})
	d.add(extra{Levels: []level{{"extra", "approver", 2, Work(4 * time.Hour), false}}, CoolAtLeast: Period(day), Holds: []hold{{payout, Period(3 * day)}}})
	if len(d.levels) != 1 || d.levels[0].Quorum != 3 || d.levels[0].Within != 4*time.Hour {
		t.Errorf("levels %+v", d.levels)
	}
	if d.cool != 2*day || len(d.holds) != 1 || d.holds[0].For != 3*day {
		t.Errorf("cools %s, holds %v", d.cool, d.holds)
	}
}

func TestNewContactsOfOneCreateShareALane(t *testing.T) {
	phone, k1 := readFacts(t, "create phone by=staff class=high")
	name, k2 := readFacts(t, "create name by=staff class=high")
	a, b := Shipped().PlanFor(name, k2), Shipped().PlanFor(phone, k1)
	if !a.Same(b) {
		t.Errorf("two lanes: %v and %v", show(a), show(b))
	}
	if keys := demandsOf(a.With(b)).keys; !slices.Equal(keys, []customer.Key{"phone"}) {
		t.Errorf("reaches %v, want the phone", keys)
	}
}
