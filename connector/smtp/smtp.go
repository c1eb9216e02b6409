// Package smtp carries mail to one submission server: one recipient a message, over TLS
// (RFC 3207, RFC 8314), with answers sorted into what is known of the message's fate.
package smtp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
	"unicode"

	"github.com/wneessen/go-mail"

	"amend/notify"
)

// Config is one submission server and our name there.
type Config struct {
	URL     string                                                            // smtp://user:pass@host:587?starttls=required, smtps://host:465; see ParseURL
	From    string                                                            // bare sender address; bounces come back to it
	ReplyTo string                                                            // bare address, or ""
	Helo    string                                                            // our name in EHLO, "" for the domain of From
	Roots   *x509.CertPool                                                    // authorities to trust beside none else; nil: the machine's
	Timeout time.Duration                                                     // of dialling and of each silence; 0: 30 s
	Dial    func(ctx context.Context, network, addr string) (net.Conn, error) // nil: net.Dialer
}

const defaultTimeout = 30 * time.Second

// Sender is a notify.Channel for mail. It holds no connection between messages.
type Sender struct {
	server Server
	from   string
	reply  string
	domain string
	helo   string
	tls    *tls.Config
	wait   time.Duration
	dial   func(ctx context.Context, network, addr string) (net.Conn, error)
}

// New checks c and makes a Sender; it does not connect.
func New(c Config) (*Sender, error) {
	server, err := ParseURL(c.URL)
	if err != nil {
		return nil, err
	}
	if !bare(c.From) || (c.ReplyTo != "" && !bare(c.ReplyTo)) {
		return nil, errSender
	}
	s := &Sender{server: server, from: c.From, reply: c.ReplyTo, helo: c.Helo, wait: c.Timeout, dial: c.Dial}
	s.domain = c.From[strings.LastIndexByte(c.From, '@')+1:]
	s.tls = &tls.Config{ServerName: server.Host, RootCAs: c.Roots, MinVersion: tls.VersionTLS12}
	if s.helo == "" {
		s.helo = s.domain
	}
	if s.wait <= 0 {
		s.wait = defaultTimeout
	}
	if s.dial == nil {
		s.dial = new(net.Dialer).DialContext
	}
	return s, nil
}

// Send makes one attempt. See notify.Channel.
func (s *Sender) Send(ctx context.Context, m notify.Outgoing) (notify.Answer, error) {
	if err := ctx.Err(); err != nil {
		return notify.Answer{}, fmt.Errorf("send mail: %w", err)
	}
	if !bare(m.To) {
		return notify.Answer{Outcome: notify.Permanent, Why: notify.BadAddress, Code: "address"}, nil
	}
	msg, ref, err := s.compose(m)
	if err != nil {
		return notify.Answer{}, err
	}
	line := &line{sender: s}
	defer line.cut()
	stop := context.AfterFunc(ctx, line.cut)
	defer stop()
	client, err := s.client(line)
	if err != nil {
		return notify.Answer{}, errSetup
	}
	session, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return unreached(err), nil
	}
	err = client.SendWithSMTPClient(session, msg)
	if msg.IsDelivered() {
		_ = session.Quit() // taken: what happens to the farewell changes nothing
		return notify.Answer{Outcome: notify.Taken, Ref: ref}, nil
	}
	return refusal(err), nil
}

func (s *Sender) client(l *line) (*mail.Client, error) {
	opts := []mail.Option{
		mail.WithPort(s.server.Port), mail.WithTimeout(s.wait), mail.WithHELO(s.helo),
		mail.WithTLSConfig(s.tls), mail.WithDialContextFunc(l.dial), mail.WithoutNoop(), mail.WithoutRset(),
	}
	switch s.server.Security {
	case StartTLS:
		opts = append(opts, mail.WithTLSPolicy(mail.TLSMandatory))
	default: // the line itself is encrypted, or never leaves this machine
		opts = append(opts, mail.WithTLSPolicy(mail.NoTLS))
	}
	if s.server.User != "" {
		opts = append(opts, mail.WithUsername(s.server.User), mail.WithPassword(s.server.password),
			mail.WithOpportunisticSMTPAuth(mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthSCRAMSHA1, mail.SMTPAuthPlain, mail.SMTPAuthLogin))
	}
	return mail.NewClient(s.server.Host, opts...)
}

// compose builds the message and its id, which a repeat carries unchanged.
func (s *Sender) compose(m notify.Outgoing) (*mail.Msg, string, error) {
	if !plainID(m.ID) {
		return nil, "", errID
	}
	id := m.ID + "@" + s.domain
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent(), mail.WithCharset(mail.CharsetUTF8))
	if m.Lang == notify.ZH {
		msg.SetEncoding(mail.EncodingB64) // a third of the size of quoted-printable
	}
	err := errors.Join(msg.EnvelopeFrom(s.from), msg.FromFormat(oneLine(m.Brand), s.from), msg.To(m.To))
	if s.reply != "" {
		err = errors.Join(err, msg.ReplyTo(s.reply))
	}
	if err != nil {
		return nil, "", errCompose // the cause would name the recipient
	}
	msg.SetMessageIDWithValue(id)
	msg.SetDate()
	msg.Subject(oneLine(m.Subject))
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: answering machines stay quiet
	msg.SetGenHeader("Content-Language", string(m.Lang))
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	}
	return msg, id, nil
}

// bare reports whether addr is one address and nothing else: what we put on the wire is
// then exactly one recipient.
func bare(addr string) bool {
	at := strings.LastIndexByte(addr, '@')
	if at < 1 || at == len(addr)-1 || len(addr) > 254 {
		return false
	}
	return !strings.ContainsFunc(addr, func(r rune) bool {
		return unicode.IsControl(r) || unicode.IsSpace(r) || strings.ContainsRune(`<>,;:"()[]\`, r)
	})
}

func plainID(id string) bool {
	return id != "" && len(id) <= 64 && !strings.ContainsFunc(id, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '.'
	})
}

// oneLine makes s fit for a header: no control character survives.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }), " ")
}
