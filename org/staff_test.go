package org

import (
	"slices"
	"testing"
	"time"

	"amend/access"
	"amend/fault"
)

var monday = time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)

// house is a small company: Bo and Li approve, Wei leads finance, Xu has left.
func house() Staff {
	return Staff{
		People: []Person{
			{ID: "p1", Name: "Bo", Roles: []access.Role{access.Approver}, Department: "finance"},
			{ID: "p2", Name: "Li", Roles: []access.Role{access.Approver, access.Owner}, Department: "finance"},
			{ID: "p3", Name: "Wei", Roles: []access.Role{access.Steward}, Department: "finance"},
			{ID: "p4", Name: "Xu", Roles: []access.Role{access.Approver}, Department: "sales", Disabled: true},
			{ID: "p5", Name: "An", Roles: []access.Role{access.Operator}},
			{ID: "p6", Name: "Du", Roles: []access.Role{access.Auditor}},
		},
		Departments: []Department{
			{Name: "finance", Lead: "p3", Zh: "财务部", En: "Finance"},
			{Name: "sales", Lead: "p4", Zh: "销售部", En: "Sales"},
		},
	}
}

func TestAbsentPersonIsNotOnDutyUntilTheHourOfReturn(t *testing.T) {
	s := house()
	s.Absences = []Absence{{Person: "p1", From: monday, Until: monday.Add(48 * time.Hour)}}
	for after, want := range map[time.Duration]bool{-time.Second: true, 0: false, 47 * time.Hour: false, 48 * time.Hour: true} {
		if got := s.OnDuty("p1", monday.Add(after)); got != want {
			t.Errorf("after %v: got %v, want %v", after, got, want)
		}
	}
	if !s.OnDuty("p2", monday) {
		t.Error("another person's absence counted")
	}
}

func TestAbsenceWithoutEndLastsUntilItIsEnded(t *testing.T) {
	s := house()
	s.Absences = []Absence{{Person: "p1", From: monday}}
	if s.OnDuty("p1", monday.AddDate(5, 0, 0)) {
		t.Error("came back alone")
	}
}

func TestDisabledAndUnknownPeopleAreNeverOnDuty(t *testing.T) {
	for _, id := range []string{"p4", "p9", ""} {
		if house().OnDuty(id, monday) {
			t.Errorf("%q is on duty", id)
		}
	}
}

func TestStandInActsOnlyWithinTheTimeOnRecord(t *testing.T) {
	s := house()
	s.Delegations = []Delegation{{From: "p1", To: "p2", Since: monday, Until: monday.Add(24 * time.Hour)}}
	if p, ok := s.DelegateOf("p1", monday); !ok || p.ID != "p2" {
		t.Errorf("got %v %v", p, ok)
	}
	if got := s.ActsFor("p2", monday); !slices.Equal(got, []string{"p1"}) {
		t.Errorf("got %v", got)
	}
	for _, now := range []time.Time{monday.Add(-time.Second), monday.Add(24 * time.Hour)} {
		if _, ok := s.DelegateOf("p1", now); ok || len(s.ActsFor("p2", now)) > 0 {
			t.Errorf("acted at %v", now)
		}
	}
}

func TestStandInIsTheOneOnDutyWhoWasNamedLast(t *testing.T) {
	s := house()
	until := monday.Add(24 * time.Hour)
	s.Delegations = []Delegation{
		{From: "p1", To: "p3", Since: monday.Add(-time.Hour), Until: until},
		{From: "p1", To: "p2", Since: monday, Until: until},
	}
	if p, _ := s.DelegateOf("p1", monday); p.ID != "p2" {
		t.Errorf("got %s, want the last named", p.ID)
	}
	s.Absences = []Absence{{Person: "p2", From: monday}}
	if p, _ := s.DelegateOf("p1", monday); p.ID != "p3" {
		t.Errorf("got %s, want the one on duty", p.ID)
	}
}

func TestDelegationIsNotPassedOn(t *testing.T) {
	s := house()
	until := monday.Add(24 * time.Hour)
	s.Delegations = []Delegation{
		{From: "p1", To: "p2", Since: monday, Until: until},
		{From: "p2", To: "p3", Since: monday, Until: until},
	}
	s.Absences = []Absence{{Person: "p2", From: monday}}
	if p, ok := s.DelegateOf("p1", monday); ok {
		t.Errorf("%s acts for p1 at second hand", p.ID)
	}
	if got := s.ActsFor("p3", monday); !slices.Equal(got, []string{"p2"}) {
		t.Errorf("got %v", got)
	}
}

func TestPowersEndWithTheirGiverAndNeverRunWithoutEnd(t *testing.T) {
	s := house()
	s.Delegations = []Delegation{
		{From: "p4", To: "p2", Since: monday, Until: monday.Add(time.Hour)}, // p4 is disabled
		{From: "p1", To: "p2", Since: monday},                               // no end
	}
	if got := s.ActsFor("p2", monday); len(got) > 0 {
		t.Errorf("acts for %v", got)
	}
}

func TestLeadIsSomebodyWhoMayStillAct(t *testing.T) {
	s := house()
	if p, ok := s.Lead("finance"); !ok || p.ID != "p3" {
		t.Errorf("got %v %v", p, ok)
	}
	for _, dept := range []string{"sales", "unknown", ""} {
		if _, ok := s.Lead(dept); ok {
			t.Errorf("%q has a lead", dept)
		}
	}
}

func TestRefusalCanNameThoseWhoMay(t *testing.T) {
	var names []string
	for _, p := range house().WhoMay(access.Approver) {
		names = append(names, p.Name)
	}
	if !slices.Equal(names, []string{"Bo", "Li"}) {
		t.Errorf("got %v: by name, without the disabled", names)
	}
}

func TestDelegationIsRefusedForAReason(t *testing.T) {
	hour := monday.Add(time.Hour)
	for code, d := range map[string]Delegation{
		"":                  {From: "p1", To: "p2", Since: monday, Until: hour},
		"delegate_self":     {From: "p1", To: "p1", Since: monday, Until: hour},
		"delegate_unknown":  {From: "p1", To: "p4", Since: monday, Until: hour},
		"delegation_period": {From: "p1", To: "p2", Since: monday},
		"duties_apart":      {From: "p5", To: "p6", Since: monday, Until: hour}, // operator and auditor in one hand
	} {
		got := ""
		if err := house().CheckDelegation(d); err != nil {
			got = err.Code
		}
		if got != code {
			t.Errorf("%v: got %q, want %q", d, got, code)
		}
	}
}

func TestOneAccountHoldsAtMostOneOfOperatorSecurityAuditor(t *testing.T) {
	for _, tc := range []struct {
		code  string
		roles []access.Role
	}{
		{"", []access.Role{access.Operator}},
		{"", []access.Role{access.Auditor, access.Auditor}},
		{"", []access.Role{access.Security, access.Approver}},
		{"", []access.Role{access.Portal}},
		{"duties_apart", []access.Role{access.Operator, access.Security}},
		{"duties_apart", []access.Role{access.Auditor, access.Agent, access.Operator}},
		{"duties_apart", []access.Role{access.Security, access.Auditor}},
		{"role_alone", []access.Role{access.App, access.Agent}},
		{"role_alone", []access.Role{access.App, access.Portal}},
		{"role_needed", nil},
		{"role_unknown", []access.Role{"root"}},
	} {
		got := ""
		if err := CheckRoles(tc.roles); err != nil {
			got = err.Code
			if err.Kind != fault.Invalid {
				t.Errorf("%v: kind %v", tc.roles, err.Kind)
			}
		}
		if got != tc.code {
			t.Errorf("%v: got %q, want %q", tc.roles, got, tc.code)
		}
	}
}

func TestTimeIsCoveredByOneStandInOfTheSamePerson(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 3, 2, hour, 0, 0, 0, time.UTC) }
	s := Staff{Delegations: []Delegation{{From: "ada", To: "bob", Since: at(9), Until: at(17)}}}
	for _, c := range []struct {
		who         string
		from, until int
		covered     bool
	}{{"ada", 16, 18, true}, {"ada", 8, 10, true}, {"ada", 10, 11, true}, {"ada", 17, 18, false}, {"ada", 8, 9, false}, {"bob", 10, 11, false}} {
		if s.Covered(Absence{Person: c.who, From: at(c.from), Until: at(c.until)}) != c.covered {
			t.Errorf("%s from %d to %d: want %v", c.who, c.from, c.until, c.covered)
		}
	}
}
