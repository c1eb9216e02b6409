package config

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"amend/fault"
)

func none(string) string { return "" }

// fresh is a configuration in which nothing was set.
func fresh(change func(*Config)) *Config {
	c := &Config{Addr: "127.0.0.1:8080", Data: "amend-data", Brand: "Amend", TimeZone: "Asia/Shanghai", LogLevel: "info"}
	change(c)
	return c
}

func TestNothingSetIsAWorkingConfiguration(t *testing.T) {
	c := fresh(func(*Config) {})
	if err := c.Finish(none); err != nil {
		t.Fatal(err)
	}
	data, err := filepath.Abs("amend-data")
	if err != nil {
		t.Fatal(err)
	}
	if string(c.Database) != "sqlite://"+data+"/amend.db" || c.KeyFile != data+"/amend.key" || c.BaseURL != "http://127.0.0.1:8080" {
		t.Fatalf("%q %q %q", string(c.Database), c.KeyFile, c.BaseURL)
	}
	if c.Hotline != "127.0.0.1" || c.Sealed() || c.Lang != "en" {
		t.Fatalf("%+v", c)
	}
}

func TestWhatCannotWorkIsRefusedWithItsReason(t *testing.T) {
	for code, change := range map[string]func(*Config){
		"base_url_bad":      func(c *Config) { c.BaseURL = "example.com" },
		"base_url_plain":    func(c *Config) { c.BaseURL = "http://example.com" },
		"hotline_missing":   func(c *Config) { c.SMS = "https://sms.example.com" },
		"mail_from_missing": func(c *Config) { c.SMTP, c.Hotline = "smtp://localhost:25", "95000" },
		"time_zone_unknown": func(c *Config) { c.TimeZone = "Mars/Olympus" },
		"secret_unreadable": func(c *Config) { c.SMTPFile = "not/there" },
		"secret_twice":      func(c *Config) { c.SMTP, c.SMTPFile = "smtp://a", "b" },
	} {
		if err := fresh(change).Finish(none); fault.CodeOf(err) != code {
			t.Errorf("%s: got %v", code, err)
		}
	}
}

func TestPathInTheBaseURLIsRefused(t *testing.T) {
	for _, base := range []string{"https://example.com/x", "https://example.com?a=b", "ftp://example.com"} {
		if err := fresh(func(c *Config) { c.BaseURL = base }).Finish(none); fault.CodeOf(err) != "base_url_bad" {
			t.Errorf("%s: %v", base, err)
		}
	}
}

func TestSecretsMayComeAsFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	if err := os.WriteFile(path, []byte("postgres://amend:s3cret@db/amend\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := fresh(func(c *Config) { c.DatabaseFile = path })
	if err := c.Finish(none); err != nil || string(c.Database) != "postgres://amend:s3cret@db/amend" {
		t.Fatalf("%q: %v", string(c.Database), err)
	}
}

func TestTerminalsLanguageIsUsedUnlessOneIsAskedFor(t *testing.T) {
	for _, tt := range []struct{ asked, env, want string }{
		{"", "zh_CN.UTF-8", "zh"}, {"", "en_US.UTF-8", "en"}, {"en", "zh_CN.UTF-8", "en"}, {"zh-CN", "C", "zh"}, {"", "", "en"}, {"", "C", "en"},
	} {
		env := func(name string) string {
			if name == "LANG" {
				return tt.env
			}
			return ""
		}
		c := fresh(func(c *Config) { c.Lang = tt.asked })
		if err := c.Finish(env); err != nil || c.Lang != tt.want {
			t.Errorf("%+v: got %s, %v", tt, c.Lang, err)
		}
	}
}

func TestPrintedFormHoldsNoSecret(t *testing.T) {
	c := fresh(func(c *Config) {
		c.Database, c.SMTP, c.MailFrom, c.Hotline = "postgres://amend:s3cret@db/amend?password=s3cret", "smtps://mail:s3cret@mx", "a@example.com", "95000"
		c.SMS, c.SMSToken, c.SMSSecret = "https://sms.example.com/send?key=s3cret", "s3cret", "/s3cret"
	})
	if err := c.Finish(none); err != nil {
		t.Fatal(err)
	}
	printed := fmt.Sprintf("%v %+v %#v %s", c.Lines(), c.Database, c.SMTP, c.SMSToken)
	if strings.Contains(printed, "s3cret") {
		t.Fatal(printed)
	}
	if !strings.Contains(printed, "postgres://amend:redacted@db/amend") {
		t.Fatal(printed)
	}
}

// A setting that doctor does not show is one that nobody can check.
func TestPrintedFormSaysOfWhoIsOnCallOnlyHowTheyAreReached(t *testing.T) {
	for written, want := range map[string]string{
		"": "", "mail:ops@example.com, sms:+8613800000000;mail:head@example.com": "mail,sms;mail", "ops@example.com;+8613800000000:mail": "?;?",
	} {
		for _, l := range fresh(func(c *Config) { c.OnCall = written }).Lines() {
			if l.Name == "AMEND_ON_CALL" && l.Value != want {
				t.Errorf("%q is printed as %q", written, l.Value)
			}
		}
	}
}

func TestPrintedFormNamesEverySetting(t *testing.T) {
	shown := map[string]bool{}
	for _, l := range fresh(func(*Config) {}).Lines() {
		shown[l.Name] = true
	}
	typ := reflect.TypeFor[Config]()
	for i := range typ.NumField() {
		name := typ.Field(i).Tag.Get("env")
		if _, hidden := typ.Field(i).Tag.Lookup("hidden"); !hidden && !shown[name] {
			t.Errorf("%s is not shown", name)
		}
	}
}
