package smtp_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
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
