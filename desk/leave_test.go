package desk_test

import (
	"testing"

	"amend/access"
	"amend/internal/keys"
	"amend/internal/store"
	"amend/notify"
)

func TestWhoLeavesIsOutAtOnce(t *testing.T) {
	h := open(t)
	_, token, err := h.desk.Grant(h.ctx, h.staff["otto"], access.Actor{Name: "ada", Roles: []access.Role{access.Agent}})
	h.ok(err)
	h.ok(h.store.Write(h.ctx, "", func(tx *store.Tx) error {
		tx.AddSession(store.Session{Hash: []byte("s"), ID: "s", Sort: access.Staff, Holder: h.staff["ada"].ID, Opened: tx.Now(), Stepped: tx.Now(), Ends: tx.Now().Add(1e12)})
		return nil
	}))
	h.ok(h.desk.Leave(h.ctx, h.staff["otto"], h.staff["ada"].ID))

	hash, _ := keys.BearerHash(token)
	_, err = h.view().Bearer(hash, h.clock.Now())
	h.refused(err, "token_unknown")
	_, err = h.view().Session([]byte("s"), h.clock.Now())
	h.refused(err, "session_over")
	_, err = h.view().PersonOf(h.staff["ada"].ID)
	h.refused(err, "session_over")
	if n := h.count(`SELECT COUNT(*) FROM entry WHERE verb = 'people.leave' AND actor_id = $1`, h.staff["otto"].ID); n != 1 {
		t.Errorf("%d entries say who closed the account", n)
	}
	h.refused(h.desk.Leave(h.ctx, h.staff["otto"], h.staff["ada"].ID), "no_member")
}

func TestLastOperatorStays(t *testing.T) {
	h := open(t)
	h.refused(h.desk.Leave(h.ctx, h.staff["otto"], h.staff["otto"].ID), "last_operator")
	olive := h.person("olive", access.Operator)
	h.ok(h.desk.Leave(h.ctx, h.staff["otto"], h.staff["otto"].ID))
	h.refused(h.desk.Leave(h.ctx, olive, olive.ID), "last_operator")
}

func TestPeopleAndTokensAreManagedByOperatorsAlone(t *testing.T) {
	h := open(t)
	max := access.Actor{Name: "max", Roles: []access.Role{access.Agent}}
	for name, by := range h.staff {
		if name == "otto" {
			continue
		}
		before := h.rows()
		h.refused(h.desk.Leave(h.ctx, by, h.staff["ada"].ID), "not_allowed")
		_, _, err := h.desk.Hire(h.ctx, by, max, "")
		h.refused(err, "not_allowed")
		_, _, err = h.desk.Invite(h.ctx, by, h.staff["ada"].ID)
		h.refused(err, "not_allowed")
		_, _, err = h.desk.Grant(h.ctx, by, max)
		h.refused(err, "not_allowed")
		if h.rows() != before {
			t.Errorf("%s wrote something", name)
		}
	}
}

func TestHiredPersonIsOnRecordWithWhoHiredThem(t *testing.T) {
	h := open(t)
	max, link, err := h.desk.Hire(h.ctx, h.staff["otto"], access.Actor{Name: "max", Roles: []access.Role{access.Agent}, Department: "sales"}, "max@house.example.com")
	h.ok(err)
	h.absent(link)
	who, _, err := h.desk.Invitation(h.ctx, link[len("https://portal.example.com/console/sign-in/"):])
	if err != nil || who.ID != max.ID || who.Department != "sales" {
		t.Errorf("%+v %v", who, err)
	}
	if n := h.count(`SELECT COUNT(*) FROM entry WHERE verb = 'people.add' AND actor_id = $1`, h.staff["otto"].ID); n != 1 {
		t.Errorf("%d entries say who let them in", n)
	}
	h.tell()
	if len(h.mail.of(notify.Credential)) == 0 {
		t.Error("no operator was told")
	}
	for code, a := range map[string]access.Actor{
		"name_taken":     {Name: "ada", Roles: []access.Role{access.Agent}},
		"role_needed":    {Name: "mia"},
		"role_of_client": {Name: "mia", Roles: []access.Role{access.App}},
		"duties_apart":   {Name: "mia", Roles: []access.Role{access.Operator, access.Auditor}},
		"bad_name":       {Roles: []access.Role{access.Agent}},
	} {
		_, _, err := h.desk.Hire(h.ctx, h.staff["otto"], a, "")
		h.refused(err, code)
	}
}

func TestNewLinkIsForAPersonWhoWorksHere(t *testing.T) {
	h := open(t)
	who, link, err := h.desk.Invite(h.ctx, h.staff["otto"], h.staff["ada"].ID)
	if err != nil || who.ID != h.staff["ada"].ID || link == "" {
		t.Fatalf("%+v %v", who, err)
	}
	app, _, err := h.desk.Grant(h.ctx, h.staff["otto"], access.Actor{Name: "shop app", Roles: []access.Role{access.App}})
	h.ok(err)
	again, _, err := h.desk.Grant(h.ctx, h.staff["otto"], access.Actor{Name: "shop app", Roles: []access.Role{access.App}})
	if err != nil || again.ID != app.ID || app.Sort != access.Client {
		t.Errorf("%+v, then %+v: %v", app, again, err)
	}
	_, _, err = h.desk.Invite(h.ctx, h.staff["otto"], app.ID)
	h.refused(err, "no_member")
	h.ok(h.desk.Leave(h.ctx, h.staff["otto"], h.staff["ada"].ID))
	_, _, err = h.desk.Invite(h.ctx, h.staff["otto"], h.staff["ada"].ID)
	h.refused(err, "no_member")
}

func TestWithoutAWitnessNobodyIsNamed(t *testing.T) {
	h := open(t)
	if w, ok := h.desk.Watched(); ok {
		t.Errorf("%+v", w)
	}
}
