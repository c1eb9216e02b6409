package store_test

import (
	"testing"
	"time"

	"amend/access"
	"amend/fault"
	"amend/internal/store"
	"amend/org"
)

func (v vault) hire(id string, roles ...access.Role) {
	v.t.Helper()
	v.do(func(tx *store.Tx) error {
		tx.AddActor(access.Actor{ID: id, Name: "The " + id, Sort: access.Staff, Roles: roles, Department: "sales"}, id+"@house.example.com")
		return nil
	})
}

func TestAccountsAreForWhoManagesPeopleAlone(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		v.hire("ada", access.Agent)
		v.do(func(tx *store.Tx) error {
			tx.SetSecret("ada", store.Secret{Password: "kept", TOTP: []byte("0123456789abcdefghij"), Step: morning.Unix() / 30})
			tx.AddCredential([]byte("token"), "ada", store.TokenCredential, time.Time{})
			tx.AddCredential([]byte("link"), "ada", store.SignInCredential, morning.Add(time.Hour))
			tx.AddCredential([]byte("old"), "ada", store.SignInCredential, morning.Add(-time.Hour))
			return nil
		})
		m, err := v.reader().Member(t.Context(), as(access.Operator), "ada")
		if err != nil || !m.SetUp || m.Used.Sub(morning).Abs() > 30*time.Second || m.Tokens != 1 || !m.Invited.Equal(morning.Add(time.Hour)) || m.Mail == "" {
			t.Errorf("%+v %v", m, err)
		}
		m, err = v.reader().Member(t.Context(), as(access.Agent), "ada")
		if err != nil || m.Name != "The ada" || m.Department != "sales" || m.SetUp || !m.Used.IsZero() || m.Tokens != 0 || m.Mail != "" {
			t.Errorf("a colleague sees %+v %v", m, err)
		}
		if _, err := v.reader().Member(t.Context(), as(access.Agent), "nobody"); fault.CodeOf(err) != "no_member" {
			t.Errorf("got %v", err)
		}
	})
}

func TestWhoIsAwayIsListedWithWhoStandsIn(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		v.hire("ada", access.Agent)
		v.hire("bob", access.Agent)
		v.do(func(tx *store.Tx) error {
			tx.AddAbsence(org.Absence{Person: "ada", From: morning.Add(-time.Hour), Until: morning.Add(time.Hour)}, "bob")
			tx.AddAbsence(org.Absence{Person: "ada", From: morning.Add(-9 * time.Hour), Until: morning.Add(-8 * time.Hour)}, "")
			return nil
		})
		m, err := v.reader().Member(t.Context(), as(access.Agent), "ada")
		if err != nil || !m.Absent || m.Delegate != "bob" || len(m.Away) != 1 || m.Away[0].Delegate != "bob" {
			t.Errorf("%+v %v", m, err)
		}
	})
}

func TestWhoLeftKeepsTheirNameAndNothingElse(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		v.hire("ada", access.Agent)
		v.do(func(tx *store.Tx) error {
			tx.AddCredential([]byte("token"), "ada", store.TokenCredential, time.Time{})
			tx.AddSession(store.Session{Hash: []byte("session"), ID: "s", Sort: access.Staff, Holder: "ada", Opened: morning, Stepped: morning, Ends: morning.Add(time.Hour)})
			return nil
		})
		v.do(func(tx *store.Tx) error { tx.Disable("ada"); return nil })
		v.refused("no_member", func(tx *store.Tx) error { tx.Disable("ada"); return nil })

		if _, err := v.view().Bearer([]byte("token"), morning); fault.CodeOf(err) != "token_unknown" {
			t.Errorf("the token: %v", err)
		}
		if _, err := v.view().Session([]byte("session"), morning); fault.CodeOf(err) != "session_over" {
			t.Errorf("the session: %v", err)
		}
		if _, err := v.view().ActorOf("ada"); fault.CodeOf(err) != "no_member" {
			t.Errorf("the actor: %v", err)
		}
		m, err := v.reader().Member(t.Context(), as(access.Operator), "ada")
		if err != nil || m.Left.IsZero() || m.Tokens != 0 {
			t.Errorf("%+v %v", m, err)
		}
		names, err := v.reader().Names(t.Context(), as(access.Agent))
		if err != nil || names["ada"] != "The ada" || names["system"] != "Amend" {
			t.Errorf("%v %v", names, err)
		}
	})
}

func TestTokensAreListedByTheirHolderAndNeverShown(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		v.hire("ada", access.Agent)
		v.do(func(tx *store.Tx) error {
			tx.AddCredential([]byte("token"), "ada", store.TokenCredential, time.Time{})
			return nil
		})
		lines, err := v.reader().TokenLines(t.Context(), as(access.Operator))
		if err != nil || len(lines) != 1 || lines[0].Holder.ID != "ada" || !lines[0].Made.Equal(morning) || !lines[0].Revoked.IsZero() {
			t.Errorf("%+v %v", lines, err)
		}
		if _, err := v.reader().TokenLines(t.Context(), as(access.Auditor)); fault.CodeOf(err) != "not_allowed" {
			t.Errorf("an auditor: %v", err)
		}
	})
}
