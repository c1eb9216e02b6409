package smtp_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-message/mail"
	server "github.com/emersion/go-smtp"

	"amend/connector/channeltest"
	"amend/connector/smtp"
	"amend/fault"
	"amend/notify"
)

func message() notify.Outgoing {
	return notify.Outgoing{ID: "n1", Kind: notify.Changed, Channel: notify.Mail, To: "ada@new.example", Lang: notify.EN, Brand: "Lan",
		Subject: "Your details were updated", Text: "Phone number: 139****9000"}
}

func TestMailKeepsThePromisesOfAChannel(t *testing.T) {
	for _, how := range []smtp.Security{smtp.Plain, smtp.StartTLS, smtp.TLS} {
		t.Run(string(how), func(t *testing.T) {
			channeltest.Run(t, func(t *testing.T) channeltest.Far {
				s, sender := open(t, how, "amend:right@")
				return channeltest.Far{Channel: sender, Treat: s.treat, Seen: s.seen, Arrived: s.arrived, To: "ada@new.example", Medium: notify.Mail}
			})
		})
	}
}

func TestCredentialsTravelOnlyUnderTLS(t *testing.T) {
	for _, how := range []smtp.Security{smtp.StartTLS, smtp.TLS} {
		s, sender := open(t, how, "amend:right@")
		if a, err := sender.Send(t.Context(), message()); err != nil || a.Outcome != notify.Taken {
			t.Fatalf("%s: got %+v, %v", how, a, err)
		}
		if m := s.mails[0]; !m.secure || m.user != "amend" || m.from != "amend@brand.example" {
			t.Errorf("%s: got %+v", how, m)
		}
	}
}

func TestUntrustedServerGetsNothing(t *testing.T) {
	for _, how := range []smtp.Security{smtp.StartTLS, smtp.TLS} {
		s, _ := open(t, how, "")
		scheme := map[smtp.Security]string{smtp.StartTLS: "smtp", smtp.TLS: "smtps"}[how]
		_, other := authority(t)
		addr := s.listen(t, how)
		sender, err := smtp.New(smtp.Config{URL: scheme + "://" + addr, From: "amend@brand.example", Roots: other})
		if err != nil {
			t.Fatal(err)
		}
		if a, err := sender.Send(t.Context(), message()); err != nil || a.Outcome != notify.Retry || len(s.seen()) != 0 {
			t.Errorf("%s: got %+v, %v", how, a, err)
		}
	}
}

func TestServerWithoutSTARTTLSGetsNothing(t *testing.T) {
	s := &sink{arrived: make(chan struct{}, 1)}
	srv := server.NewServer(s) // no certificate: the offer was withdrawn
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go srv.Serve(ln)
	t.Cleanup(func() { srv.Close() })
	sender, err := smtp.New(smtp.Config{URL: "smtp://" + ln.Addr().String(), From: "amend@brand.example"})
	if err != nil {
		t.Fatal(err)
	}
	if a, err := sender.Send(t.Context(), message()); err != nil || a.Outcome != notify.Retry || len(s.seen()) != 0 {
		t.Fatalf("got %+v, %v", a, err)
	}
}

func TestRepliesAreSortedByWhoMustAct(t *testing.T) {
	for _, c := range []struct {
		verb    string
		code    int
		status  server.EnhancedCode
		outcome notify.Outcome
		why     notify.Why
	}{
		{"mail", 421, server.EnhancedCode{4, 3, 2}, notify.Retry, ""},
		{"mail", 550, server.EnhancedCode{5, 7, 1}, notify.Retry, notify.BadAccount},
		{"rcpt", 450, server.EnhancedCode{4, 2, 1}, notify.Retry, ""},
		{"rcpt", 552, server.EnhancedCode{5, 2, 2}, notify.Retry, ""},
		{"rcpt", 550, server.EnhancedCode{5, 1, 1}, notify.Permanent, notify.BadAddress},
		{"rcpt", 550, server.EnhancedCode{5, 2, 1}, notify.Permanent, notify.BadAddress},
		{"rcpt", 550, server.EnhancedCode{5, 7, 1}, notify.Permanent, notify.BadContent},
		{"rcpt", 553, server.NoEnhancedCode, notify.Permanent, notify.BadAddress},
		{"data", 451, server.EnhancedCode{4, 7, 1}, notify.Retry, ""},
		{"data", 554, server.EnhancedCode{5, 6, 0}, notify.Permanent, notify.BadContent},
		{"data", 550, server.EnhancedCode{5, 1, 1}, notify.Permanent, notify.BadAddress},
		{"data", 554, server.NoEnhancedCode, notify.Permanent, notify.BadContent},
	} {
		t.Run(fmt.Sprint(c.verb, c.code, c.status), func(t *testing.T) {
			s, sender := open(t, smtp.Plain, "")
			s.reply[c.verb] = &server.SMTPError{Code: c.code, EnhancedCode: c.status, Message: "as told"}
			a, err := sender.Send(t.Context(), message())
			if err != nil || a.Outcome != c.outcome || a.Why != c.why || !strings.HasPrefix(a.Code, fmt.Sprint(c.code)) {
				t.Fatalf("got %+v, %v", a, err)
			}
		})
	}
}

func TestWrongPasswordIsOurFaultAndWaits(t *testing.T) {
	s, sender := open(t, smtp.StartTLS, "amend:wrong@")
	a, err := sender.Send(t.Context(), message())
	if err != nil || a.Outcome != notify.Retry || a.Why != notify.BadAccount || a.After == 0 || len(s.seen()) != 0 {
		t.Fatalf("got %+v, %v", a, err)
	}
}

func TestUnreachableServerIsTriedAgain(t *testing.T) {
	refuse := func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no route") }
	sender, err := smtp.New(smtp.Config{URL: "smtps://mail.example", From: "amend@brand.example", Dial: refuse})
	if err != nil {
		t.Fatal(err)
	}
	if a, err := sender.Send(t.Context(), message()); err != nil || a.Outcome != notify.Retry || a.Code != "unreached" {
		t.Fatalf("got %+v, %v", a, err)
	}
}

// The deadline of the line, not the caller, ends the wait here; how long it took is not asked.
func TestSilentServerTimesOutAsUnknown(t *testing.T) {
	s, _ := open(t, smtp.Plain, "")
	s.treat(channeltest.Silent)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := server.NewServer(s)
	srv.ErrorLog = discard{}
	go srv.Serve(ln)
	t.Cleanup(func() { srv.Close() })
	url := "smtp://" + ln.Addr().String() + "?starttls=off"
	sender, err := smtp.New(smtp.Config{URL: url, From: "amend@brand.example", Timeout: 500 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if a, err := sender.Send(t.Context(), message()); err != nil || a.Outcome != notify.Unknown {
		t.Fatalf("got %+v, %v", a, err)
	}
}

func TestHeadersSayWhoAndThatAMachineWrote(t *testing.T) {
	s, sender := open(t, smtp.Plain, "")
	m := message()
	m.Subject = "Hello\r\nBcc: eve@evil.example\r\n\r\nbody"
	m.Brand = "Lan\r\nX-Evil: 1"
	m.HTML = "<p>Phone number: 139****9000</p>"
	if a, err := sender.Send(t.Context(), m); err != nil || a.Ref != "n1@brand.example" {
		t.Fatalf("got %+v, %v", a, err)
	}
	r, err := mail.CreateReader(strings.NewReader(s.mails[0].raw))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"Auto-Submitted": "auto-generated", "Message-Id": "<n1@brand.example>",
		"Bcc": "", "X-Evil": "", "Content-Language": "en", "User-Agent": "", "X-Mailer": ""} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	subject, _ := r.Header.Subject()
	from, _ := r.Header.AddressList("From")
	to, _ := r.Header.AddressList("To")
	if subject != "Hello Bcc: eve@evil.example body" || from[0].Name != "Lan X-Evil: 1" || len(to) != 1 || len(s.mails[0].to) != 1 {
		t.Errorf("got %q, %v, %v", subject, from, to)
	}
	if text := s.seen()[0].Text; strings.Count(text, "139****9000") != 2 {
		t.Errorf("got %q, want text and HTML", text)
	}
}

func TestMessageWithoutAPlainIDIsNotSent(t *testing.T) {
	s, sender := open(t, smtp.Plain, "")
	for _, id := range []string{"", "a b", "a>\r\nBcc: x", strings.Repeat("a", 65)} {
		m := message()
		m.ID = id
		if _, err := sender.Send(t.Context(), m); fault.CodeOf(err) != "message_id_bad" {
			t.Errorf("%q: got %v", id, err)
		}
	}
	if len(s.seen()) != 0 {
		t.Error("something was sent")
	}
}
