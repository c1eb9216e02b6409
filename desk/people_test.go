package desk_test

import (
	"crypto/rand"
	"strings"
	"testing"

	"amend/access"
	"amend/fault"
	"amend/internal/keys"
	"amend/internal/sandbox"
	"amend/internal/store/storetest"
	"amend/notify"
)

func TestNameAndDutiesThatCannotBeAreRefused(t *testing.T) {
	h := open(t)
	for name, a := range map[string]struct {
		actor access.Actor
		code  string
	}{
		"no name":           {access.Actor{Roles: []access.Role{access.Agent}}, "bad_name"},
		"control character": {access.Actor{Name: "a\nb", Roles: []access.Role{access.Agent}}, "bad_name"},
		"long":              {access.Actor{Name: strings.Repeat("x", 65), Roles: []access.Role{access.Agent}}, "bad_name"},
		"unknown role":      {access.Actor{Name: "max", Roles: []access.Role{"king"}}, "unknown_role"},
		"client's role":     {access.Actor{Name: "max", Roles: []access.Role{access.App}}, "role_of_client"},
		"apart":             {access.Actor{Name: "max", Roles: []access.Role{access.Operator, access.Auditor}}, "duties_apart"},
		"taken":             {access.Actor{Name: "ada", Roles: []access.Role{access.Approver}}, "name_taken"},
		"nobody":            {access.Actor{Name: "max"}, "no_person"},
	} {
		before := h.rows()
		if _, _, err := h.desk.AddPerson(h.ctx, a.actor, ""); fault.CodeOf(err) != a.code {
			t.Errorf("%s: %v, want %s", name, err, a.code)
		}
		if h.rows() != before {
			t.Errorf("%s wrote something", name)
		}
	}
	_, _, err := h.desk.AddToken(h.ctx, access.Actor{Name: "max", Roles: []access.Role{access.App, access.Agent}})
	h.refused(err, "role_alone")
}

func TestTokenIsShownOnceAndKeptAsAHash(t *testing.T) {
	h := open(t)
	app, token, err := h.desk.AddToken(h.ctx, access.Actor{Name: "shop app", Roles: []access.Role{access.App}})
	h.ok(err)
	again, second, err := h.desk.AddToken(h.ctx, access.Actor{Name: "shop app"})
	h.ok(err)
	if app.Sort != access.Client || again.ID != app.ID || second == token {
		t.Errorf("%+v, then %+v", app, again)
	}
	for _, secret := range []string{token, second} {
		hash, ok := keys.BearerHash(secret)
		a, err := h.view().Bearer(hash, h.clock.Now())
		if !ok || err != nil || a.ID != app.ID {
			t.Errorf("%v %+v %v", ok, a, err)
		}
		h.absent(secret)
	}
	_, link, err := h.desk.AddPerson(h.ctx, access.Actor{Name: "max", Roles: []access.Role{access.Agent}}, "")
	h.ok(err)
	path := strings.Split(link, "/")
	h.absent(path[len(path)-1])
	if fresh, err := h.desk.AddLink(h.ctx, "max"); err != nil || fresh == link {
		t.Errorf("%q %v", fresh, err)
	}
}

// absent wants a text in no column of any table.
func (h *house) absent(texts ...string) {
	h.t.Helper()
	rows, err := h.store.Rows(h.ctx, `SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`)
	h.ok(err)
	for rows.Next() {
		var table, column string
		h.ok(rows.Scan(&table, &column))
		for _, text := range texts {
			if h.count(`SELECT COUNT(*) FROM "`+table+`" WHERE instr(CAST("`+column+`" AS BLOB), $1) > 0`, []byte(text)) > 0 {
				h.t.Errorf("%s.%s holds %s", table, column, text)
			}
		}
	}
}

func TestOperatorsAreToldOfEveryCredential(t *testing.T) {
	h := open(t)
	h.tell()
	told := len(h.mail.of(notify.Credential))
	h.person("max", access.Agent)
	if _, _, err := h.desk.AddToken(h.ctx, access.Actor{Name: "ada"}); err != nil {
		t.Fatal(err)
	}
	h.tell()
	news := h.mail.of(notify.Credential)[told:]
	if len(news) != 2 || news[0].To != "otto@house.example.com" || !strings.Contains(news[0].Text, "max") {
		t.Errorf("told %+v", news)
	}
	if n := h.count(`SELECT COUNT(*) FROM entry WHERE verb = 'people.add'`); n != 12 {
		t.Errorf("%d entries for 10 people, one more and a token", n)
	}
}

func TestDatabaseBelongsToTheKeyThatMadeIt(t *testing.T) {
	url := storetest.SQLite(t)
	first := openAt(t, url, newMaster(t), sandbox.NewClock(monday))
	first.ok(first.desk.Open(first.ctx, origin))
	first.ok(first.desk.Open(first.ctx, origin)) // and again
	before := first.rows()
	stranger := openAt(t, url, newMaster(t), sandbox.NewClock(monday))
	stranger.refused(stranger.desk.Open(stranger.ctx, origin), "key_wrong")
	if stranger.desk.CheckKeys(stranger.ctx) == nil || first.desk.CheckKeys(first.ctx) != nil {
		t.Error("the keys are not told apart")
	}
	if first.rows() != before {
		t.Error("the refused key wrote something")
	}
}

func newMaster(t *testing.T) *keys.Master {
	t.Helper()
	m, err := keys.New(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestDatabaseWithDataOfAnUnknownKeyIsRefused(t *testing.T) {
	h := openAt(t, storetest.SQLite(t), newMaster(t), sandbox.NewClock(monday))
	h.fang()
	before := h.rows()
	h.refused(h.desk.Open(h.ctx, origin), "key_unknown")
	if h.rows() != before {
		t.Error("something was written")
	}
}
