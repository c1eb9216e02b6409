package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"amend/access"
	"amend/fault"
	"amend/internal/store"
	"amend/org"
)

// staff brings four people and a client in.
func (v vault) staff() {
	v.t.Helper()
	v.do(func(tx *store.Tx) error {
		for _, a := range []access.Actor{
			{ID: "1", Name: "ada", Sort: access.Staff, Roles: []access.Role{access.Agent}, Department: "sales"},
			{ID: "2", Name: "bob", Sort: access.Staff, Roles: []access.Role{access.Approver, access.Steward}, Department: "finance"},
			{ID: "3", Name: "olga", Sort: access.Staff, Roles: []access.Role{access.Owner}, Department: "finance"},
			{ID: "4", Name: "zoe", Sort: access.Staff, Roles: []access.Role{access.Approver}, Department: "sales"},
			{ID: "5", Name: "app", Sort: access.Client, Roles: []access.Role{access.App}},
		} {
			tx.AddActor(a, a.Name+"@example.com")
		}
		return nil
	})
}

func TestNameIsGivenOnce(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		v.staff()
		for _, a := range []access.Actor{{ID: "9", Name: "ada", Sort: access.Staff}, {ID: "1", Name: "another", Sort: access.Staff}} {
			v.refused("name_taken", func(tx *store.Tx) error { tx.AddActor(a, ""); return nil })
		}
		a, err := v.view().ActorNamed("bob")
		if err != nil || a.ID != "2" || !slices.Equal(a.Roles, []access.Role{access.Approver, access.Steward}) || a.Department != "finance" {
			t.Errorf("%+v %v", a, err)
		}
		exec(t, v.Store, `UPDATE actor SET disabled_at = 1 WHERE name = 'bob'`)
		if _, err := v.view().ActorNamed("bob"); fault.CodeOf(err) != "no_person" {
			t.Errorf("a disabled person answers: %v", err)
		}
		all, err := v.view().Actors()
		if err != nil || len(all) != 4 || all[0].Name != "ada" || all[1].Name != "app" {
			t.Errorf("%+v %v", all, err)
		}
	})
}

func TestBearerTokenIsGoodWhileItLivesAndItsActorDoes(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		v.staff()
		v.do(func(tx *store.Tx) error {
			tx.AddCredential([]byte("ada"), "1", store.TokenCredential, time.Time{})
			tx.AddCredential([]byte("short"), "1", store.TokenCredential, morning.Add(time.Hour))
			tx.AddCredential([]byte("link"), "1", store.SignInCredential, morning.Add(time.Hour))
			tx.AddCredential([]byte("bob"), "2", store.TokenCredential, time.Time{})
			tx.AddCredential([]byte("app"), "5", store.TokenCredential, time.Time{})
			return nil
		})
		exec(t, v.Store, `UPDATE actor SET disabled_at = 1 WHERE name = 'bob'`, `UPDATE credential SET revoked_at = 1 WHERE actor_id = '5'`)
		for hash, want := range map[string]string{"ada": "ada", "short": "ada", "link": "", "bob": "", "app": "", "nobody": ""} {
			a, err := v.view().Bearer([]byte(hash), morning)
			if want == "" && (fault.CodeOf(err) != "token_unknown" || fault.KindOf(err) != fault.Unauthenticated) || want != "" && a.Name != want {
				t.Errorf("%s: %q %v", hash, a.Name, err)
			}
		}
		if _, err := v.view().Bearer([]byte("short"), morning.Add(time.Hour)); fault.CodeOf(err) != "token_unknown" {
			t.Errorf("an expired token answers: %v", err)
		}
		err := v.Write(t.Context(), "", func(tx *store.Tx) error {
			tx.AddCredential([]byte("x"), "nobody", store.TokenCredential, time.Time{})
			return nil
		})
		if err == nil {
			t.Error("a credential of nobody")
		}
	})
}

func TestNoticeForStaffFindsItsAudience(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		v.staff()
		for audience, want := range map[string][]string{
			"role:approver": {"bob", "zoe"}, "department:finance": {"bob", "olga"}, "lead:finance": {"olga"}, "lead:sales": nil,
			"person:1": {"ada"}, "person:5": nil, "role:app": nil, "role:": nil,
		} {
			people, err := v.view().Audience(audience, morning)
			var names []string
			for _, p := range people {
				names = append(names, p.Name)
				if p.Mail != p.Name+"@example.com" {
					t.Errorf("%s: mail %s", p.Name, p.Mail)
				}
			}
			if err != nil || !slices.Equal(names, want) {
				t.Errorf("%s: %v %v, want %v", audience, names, err, want)
			}
		}
	})
}

func TestAbsenceNamesADelegateForItsTime(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		v.staff()
		away := org.Absence{Person: "2", From: morning, Until: morning.Add(24 * time.Hour)}
		alone := org.Absence{Person: "1", From: morning, Until: morning.Add(time.Hour)}
		v.do(func(tx *store.Tx) error { tx.AddAbsence(away, "4"); tx.AddAbsence(alone, ""); return nil })
		s, err := v.view().Staff()
		want := []org.Delegation{{From: "2", To: "4", Since: away.From, Until: away.Until}}
		if err != nil || len(s.People) != 4 || len(s.Absences) != 2 || !slices.Equal(s.Delegations, want) {
			t.Errorf("%+v %v", s, err)
		}
		if acts := s.ActsFor("4", morning); fmt.Sprint(acts) != "[2]" {
			t.Errorf("zoe acts for %v", acts)
		}
		if acts := s.ActsFor("4", away.Until); len(acts) != 0 {
			t.Errorf("zoe still acts for %v", acts)
		}
		if s.OnDuty("2", morning) || !s.OnDuty("2", away.Until) {
			t.Error("the absence is not what was put on record")
		}
	})
}

// An absence without an end means "until further notice", and PostgreSQL must take it too.
func TestAbsenceUntilFurtherNoticeIsOnRecord(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		v.staff()
		v.do(func(tx *store.Tx) error { tx.AddAbsence(org.Absence{Person: "2", From: morning}, ""); return nil })
		if s, err := v.view().Staff(); err != nil || s.OnDuty("2", morning.Add(1000*time.Hour)) {
			t.Errorf("%+v %v", s.Absences, err)
		}
	})
}

func TestAudienceOfANoticeSaysTheLanguageThatEachChose(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		v.hire("ada", access.Agent)
		v.hire("bob", access.Agent)
		v.do(func(tx *store.Tx) error {
			tx.SetPreference("ada", "lang", "zh")
			tx.SetPreference("ada", "theme", "dark")
			tx.SetPreference("bob", "theme", "dark")
			return nil
		})
		people, err := v.view().Audience("role:agent", morning)
		if err != nil || len(people) != 2 || people[0].Lang != "zh" || people[1].Lang != "" {
			t.Errorf("%+v %v", people, err)
		}
	})
}
