package config

import (
	"fmt"
	"io"
	"net/url"
	"strings"
)

// A Secret is a setting that is never printed whole, whatever formats it.
type Secret string

// Format writes the redacted form for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// GoString is the redacted form.
func (s Secret) GoString() string { return s.String() }

// String is the redacted form: of a URL everything but the password and the query, of
// anything else that it is set.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	u, err := url.Parse(string(s))
	if err != nil || u.Scheme == "" || (u.Host == "" && u.Path == "") {
		return "••••••"
	}
	u.RawQuery, u.Fragment = "", ""
	if _, has := u.User.Password(); has {
		u.User = url.UserPassword(u.User.Username(), "redacted")
	}
	return u.String()
}

// MarshalText is the redacted form, for logs and documents.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// A Line is one setting as doctor prints it.
type Line struct {
	Name  string // of the variable
	Value string // redacted; "" if it is not set
}

// Lines is what is in force, redacted, in the order of a help text.
func (c *Config) Lines() []Line {
	return []Line{
		{"AMEND_ADDR", c.Addr}, {"AMEND_BASE_URL", c.BaseURL}, {"AMEND_CONSOLE_ADDR", c.ConsoleAddr}, {"AMEND_CONSOLE_URL", c.ConsoleURL}, {"AMEND_DATA", c.Data},
		{"AMEND_DATABASE_URL", c.Database.String()}, {"AMEND_KEY_FILE", c.KeyFile},
		{"AMEND_BRAND", c.Brand}, {"AMEND_HOTLINE", c.Hotline}, {"AMEND_LANG", c.Lang}, {"AMEND_TIME_ZONE", c.TimeZone},
		{"AMEND_SMTP_URL", c.SMTP.String()}, {"AMEND_MAIL_FROM", c.MailFrom},
		{"AMEND_SMS_URL", Secret(c.SMS).String()}, {"AMEND_SMS_TOKEN", set(c.SMSToken)}, {"AMEND_SMS_SECRET", set(c.SMSSecret)},
		{"AMEND_SMS_MAPPING", c.SMSMapping}, {"AMEND_ON_CALL", media(c.OnCall)}, {"AMEND_WITNESS_FILE", c.Witness}, {"AMEND_CATALOG_FILE", c.Catalog},
		{"AMEND_CALENDAR_FILE", c.Calendar}, {"AMEND_PROXIES", strings.Join(c.Proxy, ",")}, {"AMEND_ENVIRONMENT", c.Environment}, {"AMEND_ALLOW", strings.Join(c.Allow, ",")}, {"AMEND_LOG_LEVEL", c.LogLevel},
	}
}

// set says of a secret that is no URL only that there is one: a token may look like a path.
func set(s Secret) string {
	if s == "" {
		return ""
	}
	return "••••••"
}

// media says of those on call only how each is reached: they are people.
func media(onCall string) string {
	levels := strings.Split(onCall, ";")
	for i, level := range levels {
		contacts := strings.Split(level, ",")
		for j, c := range contacts {
			medium, _, _ := strings.Cut(c, ":")
			if contacts[j] = strings.TrimSpace(medium); contacts[j] != "mail" && contacts[j] != "sms" && onCall != "" {
				contacts[j] = "?"
			}
		}
		levels[i] = strings.Join(contacts, ",")
	}
	return strings.Join(levels, ";")
}
