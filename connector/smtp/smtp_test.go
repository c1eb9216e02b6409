package smtp_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-sasl"
	server "github.com/emersion/go-smtp"

	"amend/connector/channeltest"
	"amend/connector/smtp"
	"amend/fault"
	"amend/notify"
)

// A sink is a real SMTP server on loopback that does as it is told.
type sink struct {
	mu      sync.Mutex
	mood    channeltest.Mood
	reply   map[string]*server.SMTPError // verb → what it answers instead
	mails   []received
	arrived chan struct{}
	done    chan struct{}
}

type received struct {
	from, user string
	to         []string
	raw        string
	secure     bool
}

type session struct {
	sink *sink
	conn *server.Conn
	mail received
}

func (s *sink) NewSession(c *server.Conn) (server.Session, error) {
	return &session{sink: s, conn: c}, nil
}

func (s *sink) answer(verb string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.reply[verb]; e != nil {
		return e
	}
	switch {
	case verb == "rcpt" && s.mood == channeltest.Refuses:
		return &server.SMTPError{Code: 550, EnhancedCode: server.EnhancedCode{5, 1, 1}, Message: "no such user"}
	case verb == "rcpt" && s.mood == channeltest.Busy:
		return &server.SMTPError{Code: 451, EnhancedCode: server.EnhancedCode{4, 3, 0}, Message: "later"}
	}
	return nil
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, pass string) error {
		if pass != "right" {
			return server.ErrAuthFailed
		}
		s.mail.user = user
		return nil
	}), nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, _ *server.MailOptions) error {
	_, s.mail.secure = s.conn.TLSConnectionState()
	s.mail.from = from
	return s.sink.answer("mail")
}

func (s *session) Rcpt(to string, _ *server.RcptOptions) error {
	s.mail.to = append(s.mail.to, to)
	return s.sink.answer("rcpt")
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err // cut off before the last dot: not a message
	}
	s.mail.raw = string(raw)
	s.sink.mu.Lock()
	s.sink.mails = append(s.sink.mails, s.mail)
	mood := s.sink.mood
	s.sink.mu.Unlock()
	s.sink.arrived <- struct{}{}
	switch mood {
	case channeltest.Silent:
		<-s.sink.done
	case channeltest.Garbled:
		return s.conn.Conn().Close()
	}
	return s.sink.answer("data")
}

// authority makes a certificate for 127.0.0.1 and the pool that trusts it.
func authority(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// open starts a sink and a sender that reaches it with the given security.
func open(t *testing.T, how smtp.Security, user string) (*sink, *smtp.Sender) {
	t.Helper()
	s := &sink{arrived: make(chan struct{}, 64), done: make(chan struct{}), reply: map[string]*server.SMTPError{}}
	cert, pool := authority(t)
	srv := server.NewServer(s)
	srv.ErrorLog = discard{}
	srv.AllowInsecureAuth = how == smtp.Plain
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "smtp://" + user + ln.Addr().String()
	secure := &tls.Config{Certificates: []tls.Certificate{cert}}
	switch how {
	case smtp.StartTLS:
		srv.TLSConfig = secure
	case smtp.TLS:
		url, ln = strings.Replace(url, "smtp:", "smtps:", 1), tls.NewListener(ln, secure)
	case smtp.Plain:
		url += "?starttls=off"
	}
	go srv.Serve(ln)
	t.Cleanup(func() { close(s.done); srv.Close() })
	sender, err := smtp.New(smtp.Config{URL: url, From: "amend@brand.example", Roots: pool})
	if err != nil {
		t.Fatal(err)
	}
	return s, sender
}

type discard struct{}

func (discard) Printf(string, ...any) {}
func (discard) Println(...any)        {}

func (s *sink) seen() []channeltest.Seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []channeltest.Seen
	for _, m := range s.mails {
		r, err := mail.CreateReader(strings.NewReader(m.raw))
		if err != nil {
			out = append(out, channeltest.Seen{Text: err.Error()})
			continue
		}
		id, _ := r.Header.MessageID()
		var text bytes.Buffer
		for part, err := r.NextPart(); err == nil; part, err = r.NextPart() {
			io.Copy(&text, part.Body)
		}
		out = append(out, channeltest.Seen{ID: id, To: strings.Join(m.to, " "), Text: text.String()})
	}
	return out
}

func (s *sink) treat(m channeltest.Mood) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mood = m
}

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

// listen starts s once more, under a certificate that nobody trusts.
func (s *sink) listen(t *testing.T, how smtp.Security) string {
	t.Helper()
	cert, _ := authority(t)
	secure := &tls.Config{Certificates: []tls.Certificate{cert}}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	srv := server.NewServer(s)
	srv.ErrorLog = discard{}
	if how == smtp.TLS {
		ln = tls.NewListener(ln, secure)
	} else {
		srv.TLSConfig = secure
	}
	go srv.Serve(ln)
	t.Cleanup(func() { srv.Close() })
	return addr
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
