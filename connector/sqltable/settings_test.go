package sqltable

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"amend/downstream"
	"amend/fault"
	"amend/internal/dial"
)

func TestIdentifiersOutsideTheListAreRefused(t *testing.T) {
	tests := map[string]struct {
		spoil func(*Settings)
		code  string
	}{
		"sound":             {func(*Settings) {}, ""},
		"schema":            {func(s *Settings) { s.Table = "crm.contact" }, ""},
		"same as schema":    {func(s *Settings) { s.Table = "crm.crm" }, ""},
		"three parts":       {func(s *Settings) { s.Table = "a.b.c" }, "bad_identifier"},
		"empty part":        {func(s *Settings) { s.Table = "crm." }, "bad_identifier"},
		"quote":             {func(s *Settings) { s.Table = `a"b` }, "bad_identifier"},
		"statement":         {func(s *Settings) { s.KeyColumn = "id; DROP TABLE x" }, "bad_identifier"},
		"space":             {func(s *Settings) { s.VersionColumn = "a b" }, "bad_identifier"},
		"zero byte":         {func(s *Settings) { s.MergedColumn = "a\x00" }, "bad_identifier"},
		"starts with digit": {func(s *Settings) { s.GoneColumn = "1a" }, "bad_identifier"},
		"too long":          {func(s *Settings) { s.Columns["email"] = strings.Repeat("客", 22) }, "bad_identifier"},
		"used twice":        {func(s *Settings) { s.Columns["email"] = "GOLDEN_ID" }, "bad_identifier"},
		"no key":            {func(s *Settings) { s.KeyColumn = "" }, "bad_identifier"},
		"no columns":        {func(s *Settings) { s.Columns = nil }, "table_without_columns"},
		"no gone column":    {func(s *Settings) { s.GoneColumn = "" }, "gone_undecided"},
		"unknown gone":      {func(s *Settings) { s.Gone = "forget" }, "gone_undecided"},
		"flag by default":   {func(s *Settings) { s.Gone = "" }, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := settings("flag")
			tt.spoil(&s)
			raw, err := json.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := readSettings(raw); fault.CodeOf(err) != tt.code {
				t.Errorf("got %v, want %q", err, tt.code)
			}
		})
	}
	if _, err := readSettings(json.RawMessage(`{"table":"t","where":"1=1"}`)); fault.CodeOf(err) != "bad_settings" {
		t.Errorf("unknown setting: %v", err)
	}
}

func TestDatabaseURLsThatReachTooFarAreRefused(t *testing.T) {
	folder := t.TempDir()
	secret := filepath.Join(t.TempDir(), "amend.db")
	if err := os.WriteFile(secret, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(folder, "link.db")); err != nil {
		t.Fatal(err)
	}
	for raw, code := range map[string]string{
		"sqlite:crm.db":                       "",
		"sqlite:///crm.db":                    "",
		"sqlite:../amend.db":                  "database_path_blocked",
		"sqlite:a/../../amend.db":             "database_path_blocked",
		"sqlite:link.db":                      "database_path_blocked",
		"sqlite:":                             "database_path_blocked",
		"sqlite:crm.db?mode=rwc":              "database_path_blocked",
		"sqlite://host/crm.db":                "database_path_blocked",
		"postgres://u:p@h/d":                  "",
		"postgresql://u@h/d?sslmode=require":  "",
		"postgres://u@h/d?sslkey=/etc/passwd": "bad_database_url",
		"postgres://u@h/d?host=/var/run":      "bad_database_url",
		"postgres://u@/d":                     "bad_database_url",
		"postgres://h/d":                      "bad_database_url",
		"postgres://u@h":                      "bad_database_url",
		"postgres://u@h/d?sslmode=sideways":   "bad_database_url",
		"mysql://u@h/d":                       "bad_database_url",
		"\x00":                                "bad_database_url",
		"":                                    "bad_database_url",
	} {
		guard, err := dial.New(dial.Config{})
		if err != nil {
			t.Fatal(err)
		}
		db, err := open(Config{Secret: raw, Folder: folder, Guard: guard})
		if fault.CodeOf(err) != code {
			t.Errorf("%q: got %v, want %q", raw, err, code)
		}
		if db != nil {
			_ = db.Close()
		}
	}
	if _, err := open(Config{Secret: "sqlite:crm.db"}); fault.CodeOf(err) != "database_path_blocked" {
		t.Errorf("without a folder: %v", err)
	}
}

func TestDatabaseInsideTheNetworkNeedsTheAllowList(t *testing.T) {
	for _, tt := range []struct{ url, code string }{
		{"postgres://u@10.1.2.3/d", "address_blocked"},
		{"postgres://u@169.254.169.254/d?sslmode=disable", "address_blocked"},
		{"postgres://u@1.1.1.1/d?sslmode=disable", "tls_required"},
		{"postgres://u@1.1.1.1/d?sslmode=prefer", "tls_required"},
		{"postgres://u@1.1.1.1/d?sslmode=require", "tls_required"}, // encrypted, to whoever answers
	} {
		guard, err := dial.New(dial.Config{})
		if err != nil {
			t.Fatal(err)
		}
		raw, err := json.Marshal(settings("flag"))
		if err != nil {
			t.Fatal(err)
		}
		c, err := New(Config{Settings: raw, Secret: tt.url, Guard: guard})
		if err != nil {
			t.Fatal(err)
		}
		if a := deliver(t, c, envelope(1)); a.Code != tt.code || !a.Down || a.Outcome != downstream.Retry {
			t.Errorf("%s: got %+v", tt.url, a)
		}
		_ = c.Close()
	}
}

func TestErrorsOfDatabasesHaveAClass(t *testing.T) {
	for state, want := range map[string]downstream.Answer{
		"28P01": {Outcome: downstream.Reauth, Code: "sql_28P01"},
		"40P01": {Outcome: downstream.Retry, Code: "sql_40P01"},
		"55P03": {Outcome: downstream.Retry, Code: "sql_55P03"},
		"57P03": {Outcome: downstream.Retry, Code: "sql_57P03", Down: true},
		"53300": {Outcome: downstream.Retry, Code: "sql_53300", Down: true},
		"23514": {Outcome: downstream.Permanent, Code: "sql_23514"},
		"42501": {Outcome: downstream.Permanent, Code: "sql_42501"},
		"":      {Outcome: downstream.Permanent, Code: "sql_"},
	} {
		if got := answerOfPostgres(state); got.Outcome != want.Outcome || got.Code != want.Code || got.Down != want.Down {
			t.Errorf("%s: got %+v", state, got)
		}
	}
	for code, want := range map[int]downstream.Outcome{5: downstream.Retry, 261: downstream.Retry, 14: downstream.Retry, 19: downstream.Permanent, 1: downstream.Permanent} {
		if got := answerOfSQLite(code); got.Outcome != want {
			t.Errorf("%d: got %+v", code, got)
		}
	}
	if got := answerOf(fmt.Errorf("query: %w", context.DeadlineExceeded)); got.Code != "timeout" || !got.Down {
		t.Errorf("timeout: %+v", got)
	}
	if got := answerOf(errors.New("read tcp: reset")); got.Code != "unreachable" || !got.Down {
		t.Errorf("reset: %+v", got)
	}
}

func FuzzSettingsNeverLetAStrangeIdentifierThrough(f *testing.F) {
	f.Add("crm.contact", "客户号")
	f.Add(`a"; DROP`, "x")
	f.Fuzz(func(t *testing.T, table, key string) {
		s := settings("flag")
		s.Table, s.KeyColumn = table, key
		read, err := s.quoted()
		if err != nil {
			return
		}
		for _, quoted := range append(strings.Split(read.name, "."), read.key) {
			if inside := strings.Trim(quoted, `"`); `"`+inside+`"` != quoted || !identifier.MatchString(inside) || len(inside) > 63 {
				t.Errorf("%q, %q became %s", table, key, quoted)
			}
		}
	})
}
