package doctor_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"amend/internal/config"
	"amend/internal/doctor"
	"amend/internal/doctor/doctortest"
	"amend/internal/store"
)

// canary stands for whatever somebody told us: a name, a number, a secret.
const canary = "王小芳 13800138000 s3cret"

// poison writes the canary into every text column that is neither a key nor looked at by a
// condition, and into every setting.
func poison(h *doctortest.House) {
	h.Untriggered(func() {
		for _, column := range []string{
			"change_request.last_error", "change_request.level", "change_request.filed_by", "change_request.state", "delivery.why", "delivery.last_code",
			"delivery.holds", "notice.last_error", "notice.provider_ref", "notice.audience", "notice.kind", "task.kind", "task.outcome", "hold.reason",
			"import_run.name", "import_run.digest", "entry.actor_id", "entry.verb", "exception.note", "exception.code", "system.id", "lease.holder", "lease.shard",
			"actor.department", "actor.mail", "actor.roles", "document.body", "guard.body", "challenge.contact",
		} {
			table, name, _ := strings.Cut(column, ".")
			if table == "system" || table == "lease" || name == "provider_ref" || name == "digest" {
				h.Do(`UPDATE `+table+` SET `+name+` = $1 WHERE `+name+` = (SELECT MIN(`+name+`) FROM `+table+`)`, canary)
				continue
			}
			h.Do(`UPDATE `+table+` SET `+name+` = $1`, canary)
		}
		h.Do(`UPDATE change_request SET attempts = 5, due_at = NULL`)
		h.Do(`INSERT INTO lease (shard, holder, until_at, epoch) VALUES ($1, $1, 9000000000000000, 1)`, canary)
		h.Do(`INSERT INTO token (hash, record_id) VALUES (1, $1)`, canary)
		h.Do(`UPDATE golden_record SET id = $1 WHERE id = $2`, canary+"x", h.Records[0])
		h.Do(`UPDATE change_request SET id = $1 WHERE id = $2`, canary+"x", h.Open)
		h.Do(`UPDATE entry SET id = $1 WHERE id = (SELECT MIN(id) FROM entry)`, canary+"x")
	})
}

// settings is a configuration with a secret wherever one can be.
func settings(t *testing.T) []store.Setting {
	t.Helper()
	c := config.Config{
		Addr: "127.0.0.1:8080", BaseURL: "https://portal.example.com", Data: "amend-data", Hotline: "95000", TimeZone: "Asia/Shanghai",
		Database: "postgres://amend:s3cret@db/amend?password=s3cret", SMTP: "smtps://s3cret@mx.example.com/s3cret", MailFrom: "a@example.com",
		SMS: "https://sms.example.com/s3cret/send?key=s3cret", SMSToken: "s3cret", SMSSecret: "/s3cret",
	}
	if err := c.Finish(func(string) string { return "" }); err != nil {
		t.Fatal(err)
	}
	var out []store.Setting
	for _, l := range c.Lines() {
		out = append(out, store.Setting{Name: l.Name, Value: l.Value})
	}
	return out
}

func bundle(t *testing.T, h *doctortest.House, deep bool) map[string]string {
	t.Helper()
	b := doctor.Bundle{Program: "v1", Settings: settings(t), Report: h.Examine(deep)}
	var out bytes.Buffer
	if err := b.Write(t.Context(), h.Config(deep), &out); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(text)
	}
	return files
}

func TestBundleSaysHowTheHouseIs(t *testing.T) {
	onBoth(t, func(t *testing.T, h *doctortest.House) {
		files := bundle(t, h, true)
		for name, want := range map[string]string{
			"README.txt": "support bundle", "program.json": "goroutines", "settings.txt": "AMEND_SMTP_URL=smtps://mx.example.com\n", "findings.txt": "档案",
			"findings.json": `"records_well"`, "database.json": "settings", "migrations.json": "0001_core", "tables.json": `"golden_record"`, "health.json": "LogSize",
		} {
			if !strings.Contains(files[name], want) {
				t.Errorf("%s has no %s: %.300s", name, want, files[name])
			}
		}
	})
}

func TestBundleHoldsNoCustomerAndNoSecret(t *testing.T) {
	onBoth(t, func(t *testing.T, h *doctortest.House) {
		customers := []string{"13800138000", "王小芳", "s3cret"}
		for _, r := range h.Rows("actor", `1 = 1`) {
			customers = append(customers, "otto@", fmt.Sprint(r.Of("mail")))
		}
		check := func(files map[string]string) {
			t.Helper()
			for name, text := range files {
				for _, word := range customers {
					if word != "" && strings.Contains(text, word) {
						t.Errorf("%s holds %q", name, word)
					}
				}
			}
		}
		check(bundle(t, h, true))
		poison(h)
		check(bundle(t, h, false))
		files := bundle(t, h, true)
		check(files)
		if files["tables.json"] == "" || !strings.Contains(files["findings.txt"], "?") {
			t.Errorf("the poisoned house wasn't looked at: %s", files["findings.txt"])
		}
		h.Do(`UPDATE migration SET name = $1 WHERE name = (SELECT MAX(name) FROM migration)`, canary)
		check(bundle(t, h, true))
	})
}
