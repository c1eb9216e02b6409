package oncall

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"amend/connector/smtp"
	"amend/customer"
	"amend/desk"
	"amend/internal/doctor"
	"amend/internal/doctor/doctortest"
	"amend/internal/keys"
	"amend/internal/lang"
	"amend/internal/sandbox"
	"amend/internal/store"
	"amend/internal/store/storetest"
	"amend/notify"
)

// canary stands for whatever somebody told us: a name, a number, a secret.
const canary = "王小芳 13800138000 s3cret"

// A live house is one on a real database that is watched, with a mail server outside.
type live struct {
	*doctortest.House
	watch *Watch
	desk  *desk.Desk
	box   *sandbox.Mailbox
	room  doctor.Room
	log   bytes.Buffer
}

func inhabit(t *testing.T, url string, l lang.Lang) *live {
	t.Helper()
	h := &live{House: doctortest.Open(t, url), room: doctor.Room{Free: 1 << 40, Total: 1 << 41}}
	master, err := keys.OpenFile(h.KeyFile)
	h.Must(err)
	s, err := store.Open(t.Context(), store.Options{URL: url, Keys: master, Catalog: customer.Shipped(), Clock: func() time.Time { return h.Now }})
	h.Must(err)
	t.Cleanup(func() { h.Must(s.Close()) })
	h.desk = desk.New(s, master, desk.House{Catalog: customer.Shipped()}, desk.Outside{})
	h.box, err = sandbox.OpenMailbox()
	h.Must(err)
	t.Cleanup(func() { h.Must(h.box.Close()) })
	mail, err := smtp.New(smtp.Config{URL: h.box.MailURL, From: "amend@example.com"})
	h.Must(err)
	roster, err := Parse("mail:ops@example.com")
	h.Must(err)
	look := h.Config(false)
	look.Room = func(string) (doctor.Room, error) { return h.room, nil }
	h.watch = New(Config{
		Roster: roster, Channels: map[notify.Medium]notify.Channel{notify.Mail: mail}, Claim: h.desk.ClaimShard, Now: func() time.Time { return h.Now },
		Look:  func(ctx context.Context) ([]doctor.Finding, bool) { return doctor.Glance(ctx, look, s, h.desk) },
		House: house(l), Timer: func(time.Duration) <-chan time.Time { return nil }, Log: slog.New(slog.NewTextHandler(&h.log, nil)),
	})
	return h
}

// two looks, a minute apart, and the mails that they made.
func (h *live) two() []string {
	h.Helper()
	before := len(h.box.All())
	for range 2 {
		h.watch.look(context.WithoutCancel(h.Context()))
		h.Now = h.Now.Add(time.Minute)
	}
	var texts []string
	for _, m := range h.box.All()[before:] {
		texts = append(texts, m.Subject+"\n"+m.Text)
	}
	return texts
}

func (h *live) expect(when string, words ...string) {
	h.Helper()
	got := h.two()
	if len(words) == 0 && len(got) > 0 || len(words) > 0 && len(got) != 1 {
		h.Fatalf("%s: %d mails: %s\n%s", when, len(got), got, h.log.String())
	}
	for _, w := range words {
		if !strings.Contains(got[0], w) {
			h.Errorf("%s: no %q in %s", when, w, got[0])
		}
	}
}

func onBoth(t *testing.T, test func(t *testing.T, url string)) {
	for name, url := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) { test(t, url(t)) })
	}
}

func TestLogThatIsStuckReachesWhoIsOnCallByMail(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		h := inhabit(t, url, lang.EN)
		h.expect("all is well")
		for _, d := range doctortest.Damages() {
			if d.Want == "log_late" {
				_, undo := d.Plant(h.House, 0)
				h.expect("the log is stuck", "Lan: ", "log: ", "1 waiting", "see its log", "Since 2026-", "https://portal.example.com/readyz")
				undo()
			}
		}
		h.expect("it goes on", "Lan: All is well again")
	})
}

func TestDiskThatIsNearlyFullReachesWhoIsOnCallByMail(t *testing.T) {
	h := inhabit(t, storetest.SQLite(t), lang.ZH)
	h.room = doctor.Room{Free: 1 << 20, Total: 1 << 40}
	h.expect("nearly full", "Lan：1 项不正常", "磁盘", "只剩 1 MiB", "腾出空间")
	h.room = doctor.Room{Free: 1 << 40, Total: 1 << 41}
	h.expect("room again", "一切恢复正常")
}

// A server that finds no room says so to every act that it takes, the claim among them.
func TestDiskThatIsFullReachesWhoIsOnCallByMail(t *testing.T) {
	h := inhabit(t, storetest.Postgres(t), lang.EN)
	h.Do(`CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END $$`)
	for _, table := range []string{"lease", "meta"} {
		h.Do(`CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON ` + table + ` EXECUTE FUNCTION no_room()`)
	}
	if _, _, err := h.desk.ClaimShard(t.Context(), "log", "x", time.Minute); err == nil {
		t.Fatal("there is room")
	}
	h.expect("full", "disk: the database's disk is full", "Free some space")
	for _, table := range []string{"lease", "meta"} {
		h.Do(`DROP TRIGGER no_room ON ` + table)
	}
	h.expect("room again", "All is well again")
}

func TestDatabaseThatIsAwayReachesWhoIsOnCallByMail(t *testing.T) {
	h := inhabit(t, storetest.SQLite(t), lang.EN)
	h.Do(`ALTER TABLE exception RENAME TO elsewhere`)
	h.expect("away", "database: it doesn't answer", "AMEND_DATABASE_URL")
	h.Do(`ALTER TABLE elsewhere RENAME TO exception`)
	h.expect("back", "All is well again")
}

func TestWitnessThatIsGoneReachesWhoIsOnCallByMail(t *testing.T) {
	h := inhabit(t, storetest.SQLite(t), lang.EN)
	back := h.KeepFile(h.Witness)
	h.Must(os.Remove(h.Witness))
	h.expect("gone", "witness: nothing is remembered at")
	back()
	h.expect("back", "All is well again")
}

func TestNoMessageHoldsACustomersValueOrASecret(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		h := inhabit(t, url, lang.ZH)
		h.Untriggered(func() {
			h.Do(`UPDATE change_request SET attempts = 5, due_at = NULL, last_error = $1`, canary)
			h.Do(`UPDATE change_request SET id = $1 WHERE id = $2`, canary, h.Open)
			h.Do(`UPDATE notice SET state = 'queued', attempts = 3, due_at = $1, last_error = $2`, h.Now.AddDate(0, 0, -3).UnixMicro(), canary)
			h.Do(`INSERT INTO exception (id, system_id, record_id, change_id, why, code, owner, opened_at, remedy, note, resolved_by)
				VALUES ($1, $1, $1, $1, $1, $1, $1, $2, '', $1, '')`, canary, h.Now.AddDate(0, 0, -3).UnixMicro())
			h.Do(`UPDATE lease SET holder = $1`, canary)
		})
		got := h.two()
		if len(got) != 1 || !strings.Contains(got[0], "隔离") || !strings.Contains(got[0], "同步例外") || !strings.Contains(got[0], "待通知") {
			t.Fatalf("%s", got)
		}
		for _, word := range append(strings.Fields(canary), h.URL, "ops@example.com") {
			if strings.Contains(got[0], word) || strings.Contains(h.log.String(), word) {
				t.Errorf("%q is in %s\n%s", word, got[0], h.log.String())
			}
		}
	})
}
