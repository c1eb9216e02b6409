// Package config is what an operator decides about one installation: one structure, read
// from environment variables named AMEND_… and from flags of the same names.
package config

import (
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"amend/fault"
)

// Config is the whole configuration. The tags name its flags and variables; every field
// has a working default but what only the operator can know.
type Config struct {
	Addr        string `name:"addr" env:"AMEND_ADDR" default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"${config_addr}"`
	ConsoleAddr string `name:"console-addr" env:"AMEND_CONSOLE_ADDR" placeholder:"HOST:PORT" help:"${config_console_addr}"`
	ConsoleURL  string `name:"console-url" env:"AMEND_CONSOLE_URL" placeholder:"URL" help:"${config_console_url}"`
	BaseURL     string `name:"base-url" env:"AMEND_BASE_URL" placeholder:"URL" help:"${config_base_url}"`
	Data        string `name:"data" env:"AMEND_DATA" default:"amend-data" placeholder:"DIR" help:"${config_data}"`
	Database    Secret `name:"database-url" env:"AMEND_DATABASE_URL" placeholder:"URL" help:"${config_database_url}"`
	KeyFile     string `name:"key-file" env:"AMEND_KEY_FILE" placeholder:"FILE" help:"${config_key_file}"`

	Brand    string `name:"brand" env:"AMEND_BRAND" default:"Amend" placeholder:"NAME" help:"${config_brand}"`
	Hotline  string `name:"hotline" env:"AMEND_HOTLINE" placeholder:"NUMBER" help:"${config_hotline}"`
	Lang     string `name:"lang" env:"AMEND_LANG" placeholder:"zh|en" help:"${config_lang}"`
	TimeZone string `name:"time-zone" env:"AMEND_TIME_ZONE" default:"Asia/Shanghai" placeholder:"ZONE" help:"${config_time_zone}"`

	SMTP       Secret `name:"smtp-url" env:"AMEND_SMTP_URL" placeholder:"URL" help:"${config_smtp_url}"`
	MailFrom   string `name:"mail-from" env:"AMEND_MAIL_FROM" placeholder:"ADDRESS" help:"${config_mail_from}"`
	SMS        string `name:"sms-url" env:"AMEND_SMS_URL" placeholder:"URL" help:"${config_sms_url}"`
	SMSToken   Secret `name:"sms-token" env:"AMEND_SMS_TOKEN" placeholder:"TOKEN" help:"${config_sms_token}"`
	SMSSecret  Secret `name:"sms-secret" env:"AMEND_SMS_SECRET" placeholder:"SECRET" help:"${config_sms_secret}"`
	SMSMapping string `name:"sms-mapping" env:"AMEND_SMS_MAPPING" placeholder:"FILE" help:"${config_sms_mapping}"`

	OnCall      string   `name:"on-call" env:"AMEND_ON_CALL" placeholder:"MEDIUM:TO,…;…" help:"${config_on_call}"`
	Witness     string   `name:"witness-file" env:"AMEND_WITNESS_FILE" placeholder:"FILE" help:"${config_witness_file}"`
	Catalog     string   `name:"catalog-file" env:"AMEND_CATALOG_FILE" placeholder:"FILE" help:"${config_catalog_file}"`
	Calendar    string   `name:"calendar-file" env:"AMEND_CALENDAR_FILE" placeholder:"FILE" help:"${config_calendar_file}"`
	Proxy       []string `name:"proxies" env:"AMEND_PROXIES" placeholder:"RANGE" help:"${config_proxies}"`
	Environment string   `name:"environment" env:"AMEND_ENVIRONMENT" enum:",production,test,demo" default:"" placeholder:"NAME" help:"${config_environment}"`
	Allow       []string `name:"allow" env:"AMEND_ALLOW" placeholder:"HOST,RANGE" help:"${config_allow}"`
	LogLevel    string   `name:"log-level" env:"AMEND_LOG_LEVEL" default:"info" enum:"debug,info,warn,error" placeholder:"LEVEL" help:"${config_log_level}"`

	DatabaseFile  string `name:"database-url-file" env:"AMEND_DATABASE_URL_FILE" hidden:"" placeholder:"FILE"`
	SMTPFile      string `name:"smtp-url-file" env:"AMEND_SMTP_URL_FILE" hidden:"" placeholder:"FILE"`
	SMSTokenFile  string `name:"sms-token-file" env:"AMEND_SMS_TOKEN_FILE" hidden:"" placeholder:"FILE"`
	SMSSecretFile string `name:"sms-secret-file" env:"AMEND_SMS_SECRET_FILE" hidden:"" placeholder:"FILE"`
}

// Finish reads the secrets that were given as files, fills in what follows from other
// settings, and refuses what cannot work. Getenv is os.Getenv outside tests.
func (c *Config) Finish(getenv func(string) string) error {
	if err := c.readSecrets(); err != nil {
		return err
	}
	data, err := filepath.Abs(c.Data)
	if err != nil {
		return err
	}
	c.Data = data
	if c.Database == "" {
		c.Database = Secret("sqlite://" + filepath.ToSlash(filepath.Join(data, "amend.db")))
	}
	if c.KeyFile == "" {
		c.KeyFile = filepath.Join(data, "amend.key")
	}
	if c.BaseURL == "" {
		c.BaseURL = "http://" + c.Addr
	}
	c.BaseURL = strings.TrimSuffix(c.BaseURL, "/")
	if c.ConsoleURL == "" && c.ConsoleAddr != "" {
		c.ConsoleURL = "http://" + c.ConsoleAddr
	}
	c.ConsoleURL = strings.TrimSuffix(c.ConsoleURL, "/")
	c.Lang = language(c.Lang, getenv)
	if c.Hotline == "" && c.SMTP == "" && c.SMS == "" {
		c.Hotline = c.Domain() // nothing leaves here, so nobody is given it as a number
	}
	return c.check()
}

// language is what was asked for, or what the terminal speaks, or English.
func language(asked string, getenv func(string) string) string {
	for _, tag := range []string{asked, getenv("LC_ALL"), getenv("LC_MESSAGES"), getenv("LANG")} {
		if tag == "" {
			continue
		}
		if strings.HasPrefix(strings.ToLower(tag), "zh") {
			return "zh"
		}
		return "en"
	}
	return "en"
}

func (c *Config) check() error {
	if err := checkURL(c.BaseURL); err != nil {
		return err
	}
	if c.ConsoleURL != "" {
		if err := checkURL(c.ConsoleURL); err != nil {
			return err
		}
	}
	for _, p := range c.Proxy {
		if _, err := proxy(p); err != nil {
			return fault.New(fault.Invalid, "proxy_bad", "range", p)
		}
	}
	switch {
	case c.Hotline == "":
		return fault.New(fault.Invalid, "hotline_missing")
	case c.SMTP != "" && c.MailFrom == "":
		return fault.New(fault.Invalid, "mail_from_missing")
	}
	if _, err := time.LoadLocation(c.TimeZone); err != nil {
		return fault.New(fault.Invalid, "time_zone_unknown", "zone", c.TimeZone)
	}
	return nil
}

func checkURL(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Path != "" || u.RawQuery != "" || (u.Scheme != "https" && u.Scheme != "http"):
		return fault.New(fault.Invalid, "base_url_bad")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return fault.New(fault.Invalid, "base_url_plain", "host", u.Hostname())
	}
	return nil
}

// StaffURL is where staff reach the console.
func (c *Config) StaffURL() string {
	if c.ConsoleURL != "" {
		return c.ConsoleURL + "/console"
	}
	return c.BaseURL + "/console"
}

// Proxies are the networks whose word on a caller's address is believed. Finish has made
// sure that each can be read.
func (c *Config) Proxies() []netip.Prefix {
	var all []netip.Prefix
	for _, text := range c.Proxy {
		if p, err := proxy(text); err == nil {
			all = append(all, p)
		}
	}
	return all
}

// proxy reads a network, or one address.
func proxy(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		return a.Prefix(a.BitLen())
	}
	return netip.ParsePrefix(text)
}

func loopback(host string) bool { return host == "localhost" || host == "127.0.0.1" || host == "::1" }

// Domain is the host that customers see.
func (c *Config) Domain() string {
	u, err := url.Parse(c.BaseURL)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// Sealed reports whether customers reach us over TLS.
func (c *Config) Sealed() bool { return strings.HasPrefix(c.BaseURL, "https://") }

// Zone is where the company works. Finish has made sure that there is such a zone.
func (c *Config) Zone() *time.Location {
	zone, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// Level is how much is logged.
func (c *Config) Level() slog.Level {
	var l slog.Level
	if err := l.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return slog.LevelInfo
	}
	return l
}

// maxSecret bounds a file that holds one secret, in bytes.
const maxSecret = 64 << 10

func (c *Config) readSecrets() error {
	for _, s := range []struct {
		file string
		into *Secret
		name string
	}{
		{c.DatabaseFile, &c.Database, "AMEND_DATABASE_URL"}, {c.SMTPFile, &c.SMTP, "AMEND_SMTP_URL"},
		{c.SMSTokenFile, &c.SMSToken, "AMEND_SMS_TOKEN"}, {c.SMSSecretFile, &c.SMSSecret, "AMEND_SMS_SECRET"},
	} {
		if s.file == "" {
			continue
		}
		if *s.into != "" {
			return fault.New(fault.Invalid, "secret_twice", "name", s.name)
		}
		text, err := os.ReadFile(s.file)
		if err != nil || len(text) > maxSecret {
			return fault.New(fault.Invalid, "secret_unreadable", "name", s.name+"_FILE", "path", s.file)
		}
		*s.into = Secret(strings.TrimSpace(string(text)))
	}
	return nil
}
