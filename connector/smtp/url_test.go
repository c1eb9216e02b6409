package smtp_test

import (
	"strings"
	"testing"

	"amend/connector/smtp"
	"amend/fault"
)

func TestURLSaysHowTheLineIsProtected(t *testing.T) {
	for raw, want := range map[string]smtp.Server{
		"smtp://mail.example":                      {Host: "mail.example", Port: 587, Security: smtp.StartTLS},
		"smtp://mail.example:25?starttls=required": {Host: "mail.example", Port: 25, Security: smtp.StartTLS},
		"smtps://mail.example/":                    {Host: "mail.example", Port: 465, Security: smtp.TLS},
		"smtp://127.0.0.1:1025?starttls=off":       {Host: "127.0.0.1", Port: 1025, Security: smtp.Plain},
		"smtp://[::1]:1025?starttls=off":           {Host: "::1", Port: 1025, Security: smtp.Plain},
		"smtp://localhost?starttls=off":            {Host: "localhost", Port: 587, Security: smtp.Plain},
	} {
		if got, err := smtp.ParseURL(raw); err != nil || got != want {
			t.Errorf("%s: got %+v, %v", raw, got, err)
		}
	}
	if got, err := smtp.ParseURL("smtps://us%40er:p%3Aw@mail.example"); err != nil || got.User != "us@er" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestPlainLineIsRefusedBeyondLoopback(t *testing.T) {
	for _, host := range []string{"mail.example", "10.0.0.1", "192.168.1.1", "localhost.evil.example", "0.0.0.0"} {
		if _, err := smtp.ParseURL("smtp://" + host + "?starttls=off"); fault.CodeOf(err) != "smtp_plain_remote" {
			t.Errorf("%s: got %v", host, err)
		}
	}
}

func TestURLThatCouldBeMisreadIsRefused(t *testing.T) {
	for _, raw := range []string{"", "mail.example", "http://mail.example", "smtp://", "smtp:mail", "smtp://h?starttls=maybe", "smtp://h?tls=off",
		"smtp://h?starttls=off&starttls=required", "smtps://h?starttls=off", "smtp://h:0", "smtp://h:99999", "smtp://h/path", "smtp://h#x", "smtp://u:p%zz@h"} {
		_, err := smtp.ParseURL(raw)
		if fault.CodeOf(err) != "smtp_url_bad" {
			t.Errorf("%s: got %v", raw, err)
		}
	}
	for _, from := range []string{"", "amend", "a b@c", "Amend <a@b.example>", "a@b.example,c@d.example", "@b", "a@"} {
		if _, err := smtp.New(smtp.Config{URL: "smtps://h", From: from}); fault.CodeOf(err) != "smtp_sender_bad" {
			t.Errorf("%q: got %v", from, err)
		}
	}
}

func FuzzParsedServerIsEncryptedOrLocal(f *testing.F) {
	f.Add("smtp://user:pass@host:587?starttls=required")
	f.Add("smtps://[::1]:465")
	f.Fuzz(func(t *testing.T, raw string) {
		s, err := smtp.ParseURL(raw)
		if err != nil {
			if strings.Contains(err.Error(), "@") {
				t.Fatal("the error repeats the URL")
			}
			return
		}
		local := s.Host == "localhost" || strings.HasPrefix(s.Host, "127.") || strings.Contains(s.Host, ":")
		if s.Port < 1 || s.Port > 65535 || (s.Security == smtp.Plain && !local) {
			t.Fatalf("%+v", s)
		}
	})
}
