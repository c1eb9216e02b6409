package desk_test

import (
	"fmt"
	"testing"
	"time"

	"amend/access"
	"amend/desk"
	"amend/org"
)

func TestStandInCanDoWhatWhoeverIsAwayCould(t *testing.T) {
	now := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	s := org.Staff{
		People: []org.Person{
			{ID: "ada", Roles: []access.Role{access.Agent}, Department: "service"}, {ID: "bob", Roles: []access.Role{access.Approver}},
			{ID: "eve", Roles: []access.Role{access.Owner}, Department: "finance"}, {ID: "fay", Roles: []access.Role{access.Steward}},
		},
		Absences: []org.Absence{{Person: "bob", From: now.Add(-time.Hour)}},
		Delegations: []org.Delegation{
			{From: "bob", To: "ada", Since: now.Add(-time.Hour), Until: now.Add(time.Hour)},
			{From: "eve", To: "fay", Since: now.Add(-time.Hour), Until: now.Add(time.Hour)}, // eve is here: one voice is not two
		},
	}
	got := fmt.Sprint(desk.Able(s, now))
	if want := "{[{ada service [agent approver] false} {bob  [approver] true} {eve finance [owner] false} {fay  [steward] false}] [finance]}"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}
