package sqltable

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"amend/customer"
	"amend/downstream"
)

func envelope(seq int64, fields ...downstream.Member) downstream.Envelope {
	return downstream.Envelope{ID: "crm:r1", System: "crm", Record: "r1", Kind: customer.Person, Version: seq, Seq: seq, Fields: fields, ContactAge: -1}
}

func member(name string, content customer.Content) downstream.Member {
	return downstream.Member{Name: name, Key: customer.Key(name), Content: content}
}

func deliver(t *testing.T, c *Connector, e downstream.Envelope) downstream.Answer {
	t.Helper()
	a, err := c.Deliver(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestValuesTakeTheTypesOfTheirColumns(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		e := envelope(1, member("birthday", "1990-02-28"), member("balance", "12.5"), member("email", "a@b.example"))
		a := deliver(t, p.connect(t, settings("flag")), e)
		if a.Outcome != downstream.OK || a.Seq != 1 || len(downstream.Drift(e.Fields, a.ReadBack)) != 0 || len(a.ReadBack) != 3 {
			t.Errorf("got %+v", a)
		}
	})
}

func TestRowThatWasThereBeforeIsTakenOver(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		p.run(t, `INSERT INTO crm_contact (golden_id, email, local_note) VALUES ('r1', 'old@b.example', 'ours')`)
		a := deliver(t, p.connect(t, settings("flag")), envelope(1, member("email", "new@b.example")))
		if held := p.held(t, "r1"); a.Outcome != downstream.OK || held.Fields["email"] != "new@b.example" {
			t.Errorf("answer %+v, held %+v", a, held)
		}
	})
}

func TestColumnsOfOthersAreLeftAlone(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		p.run(t, `INSERT INTO crm_contact (golden_id, "姓名", local_note) VALUES ('r1', '旧名', 'ours')`)
		deliver(t, p.connect(t, settings("flag")), envelope(1, member("email", "new@b.example")))
		var note, name sql.NullString
		if err := p.db.QueryRow(`SELECT local_note, "姓名" FROM crm_contact`).Scan(&note, &name); err != nil {
			t.Fatal(err)
		}
		if note.String != "ours" || name.String != "旧名" {
			t.Errorf("note %q, a field that the record never held %q", note.String, name.String)
		}
	})
}

func TestMergedRowNamesItsSurvivor(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		c := p.connect(t, settings("flag"))
		deliver(t, c, envelope(1, member("email", "a@b.example"), member("birthday", "1990-02-28")))
		e := envelope(2)
		e.Gone, e.MergedInto = true, "r2"
		if a := deliver(t, c, e); a.Outcome != downstream.OK || a.ReadBack == nil {
			t.Errorf("got %+v", a)
		}
		var survivor, birthday sql.NullString
		if err := p.db.QueryRow(`SELECT merged_into, CAST(birthday AS TEXT) FROM crm_contact`).Scan(&survivor, &birthday); err != nil {
			t.Fatal(err)
		}
		if survivor.String != "r2" || birthday.Valid {
			t.Errorf("survivor %q, birthday kept %v", survivor.String, birthday.Valid)
		}
	})
}

func TestUnmergedRowIsAliveAgain(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		c := p.connect(t, settings("flag"))
		gone := envelope(1)
		gone.Gone = true
		deliver(t, c, gone)
		deliver(t, c, envelope(2, member("email", "a@b.example")))
		if held := p.held(t, "r1"); held.Gone || held.Fields["email"] == "" {
			t.Errorf("held %+v", held)
		}
	})
}

func TestRepeatingAnEnvelopeFindsDrift(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		c, e := p.connect(t, settings("flag")), envelope(1, member("email", "a@b.example"))
		deliver(t, c, e)
		p.run(t, `UPDATE crm_contact SET email = 'edited@b.example'`)
		a := deliver(t, c, e)
		if drift := downstream.Drift(e.Fields, a.ReadBack); a.Outcome != downstream.Same || len(drift) != 1 {
			t.Errorf("answer %+v, drift %v", a, drift)
		}
	})
}

func TestStaleEnvelopeLearnsWhatTheRowHolds(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		c := p.connect(t, settings("flag"))
		deliver(t, c, envelope(8, member("email", "a@b.example")))
		if a := deliver(t, c, envelope(3, member("email", "old@b.example"))); a.Outcome != downstream.Same || a.Code != "stale" || a.Seq != 8 {
			t.Errorf("got %+v", a)
		}
	})
}

func TestFieldWithoutAColumnIsRefusedRatherThanForgotten(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		a := deliver(t, p.connect(t, settings("flag")), envelope(1, member("email", "a@b.example"), member("mobile/work", "1")))
		if held := p.held(t, "r1"); a.Outcome != downstream.Permanent || a.Code != "no_column" || held.Seq != 0 {
			t.Errorf("answer %+v, held %+v", a, held)
		}
	})
}

func TestMistakesInTheTableArePermanent(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		for name, spoil := range map[string]func(*Settings){
			"no such table":   func(s *Settings) { s.Table = "nowhere" },
			"no such column":  func(s *Settings) { s.Columns["email"] = "nowhere" },
			"no unique index": func(s *Settings) { s.KeyColumn = "local_note" },
		} {
			s := settings("flag")
			spoil(&s)
			if a := deliver(t, p.connect(t, s), envelope(1, member("email", "a@b.example"))); a.Outcome != downstream.Permanent || a.Code == "" {
				t.Errorf("%s: got %+v", name, a)
			}
		}
	})
}

func TestWriteThatADatabaseSwallowsIsSeen(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		c := p.connect(t, settings("flag"))
		deliver(t, c, envelope(1, member("email", "a@b.example")))
		if p.config.Folder != "" {
			p.run(t, `CREATE TRIGGER mute BEFORE UPDATE ON crm_contact BEGIN SELECT RAISE(IGNORE); END`)
		} else {
			p.run(t, `CREATE FUNCTION mute() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`)
			p.run(t, `CREATE TRIGGER mute BEFORE UPDATE ON crm_contact FOR EACH ROW EXECUTE FUNCTION mute()`)
		}
		if a := deliver(t, c, envelope(2, member("email", "new@b.example"))); a.Outcome != downstream.Permanent || a.Code != "write_swallowed" {
			t.Errorf("got %+v", a)
		}
	})
}

func TestValuesAreNeverReadAsSQL(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		hostile := customer.Content(`'); DROP TABLE crm_contact; -- $1 "姓名"`)
		e := envelope(1, member("full_name", hostile))
		e.Record = `r' OR '1'='1`
		if a := deliver(t, p.connect(t, settings("flag")), e); a.Outcome != downstream.OK {
			t.Fatalf("got %+v", a)
		}
		if held := p.held(t, e.Record); held.Fields["full_name"] != string(hostile) {
			t.Errorf("held %+v", held)
		}
	})
}

func TestCallerMayGiveUpWhileTheDatabaseIsLocked(t *testing.T) {
	p := sqlitePlace(t)
	c := p.connect(t, settings("flag"))
	p.run(t, "BEGIN IMMEDIATE")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if a, err := c.Deliver(ctx, envelope(1, member("email", "a@b.example"))); err == nil && a.Outcome != downstream.Retry {
		t.Errorf("got %+v", a)
	}
	p.run(t, "ROLLBACK")
}
