package sandbox

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-smtp"
)

// Message is one SMS or mail that arrived.
type Message struct {
	Medium  string // sms or mail
	To      string
	Subject string // of a mail
	Text    string
	At      time.Time // by the world's clock; zero for a mailbox without a world
}

// Mailbox receives every SMS and mail of the sandbox: an SMS gateway over HTTP and an
// SMTP server, both on loopback. It is safe for concurrent use.
type Mailbox struct {
	mu       sync.Mutex
	messages []Message
	seen     map[string]bool // ids of SMS taken: a repeat is taken once
	clock    *Clock          // nil: messages carry no time
	closers  []func() error

	GatewayURL string // where the SMS gateway listens
	MailURL    string // where the SMTP server listens
}

// GatewayToken is what the SMS gateway asks for.
const GatewayToken = "sandbox-gateway"

// OpenMailbox starts both servers.
func OpenMailbox() (*Mailbox, error) {
	m := &Mailbox{seen: map[string]bool{}}
	address, closeGateway, err := serve(http.HandlerFunc(m.takeSMS))
	if err != nil {
		return nil, err
	}
	m.GatewayURL = "http://" + address + "/sms"
	m.closers = append(m.closers, closeGateway)
	if err := m.openSMTP(); err != nil {
		return nil, m.fail(err)
	}
	return m, nil
}

func (m *Mailbox) fail(err error) error {
	for _, c := range m.closers {
		_ = c()
	}
	return err
}

// Close stops both servers.
func (m *Mailbox) Close() error {
	var first error
	for _, c := range m.closers {
		if err := c(); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// To answers what arrived at one number or address, oldest first.
func (m *Mailbox) To(to string) []Message {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(m.messages), func(x Message) bool { return x.To != to })
}

// All answers everything that arrived, oldest first.
func (m *Mailbox) All() []Message {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.messages)
}

// maxKept bounds what the mailbox remembers.
const maxKept = 10_000

func (m *Mailbox) keep(x Message) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.clock != nil {
		x.At = m.clock.Now()
	}
	if m.messages = append(m.messages, x); len(m.messages) > maxKept {
		m.messages = m.messages[len(m.messages)-maxKept:]
	}
}

// takeSMS is the gateway: it takes a message once and answers with a reference.
func (m *Mailbox) takeSMS(w http.ResponseWriter, r *http.Request) {
	var in struct{ ID, To, Text string }
	if r.Header.Get("Authorization") != "Bearer "+GatewayToken || json.NewDecoder(io.LimitReader(r.Body, 64<<10)).Decode(&in) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	m.mu.Lock()
	repeat := m.seen[in.ID]
	m.seen[in.ID] = true
	m.mu.Unlock()
	if !repeat {
		m.keep(Message{Medium: "sms", To: in.To, Text: in.Text})
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{"ref": "sms-" + in.ID})
}

func (m *Mailbox) openSMTP() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := smtp.NewServer(m)
	server.Domain, server.ReadTimeout, server.MaxMessageBytes = "localhost", 10*time.Second, 1<<20
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // ends with Close
	}()
	m.MailURL = "smtp://" + listener.Addr().String() + "?starttls=off" // loopback
	m.closers = append(m.closers, func() error {
		err := server.Close()
		<-done
		return err
	})
	return nil
}

// NewSession begins a mail session (smtp.Backend).
func (m *Mailbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{box: m}, nil }

type session struct {
	box *Mailbox
	to  []string
}

func (s *session) Mail(string, *smtp.MailOptions) error { return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	letter, err := mail.CreateReader(r)
	if err != nil {
		return err
	}
	subject, _ := letter.Header.Subject()
	text := ""
	for {
		part, err := letter.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if kind, _, _ := part.Header.(*mail.InlineHeader).ContentType(); kind == "text/plain" || kind == "" {
			body, _ := io.ReadAll(part.Body)
			text += string(body)
		}
	}
	for _, to := range s.to {
		s.box.keep(Message{Medium: "mail", To: to, Subject: subject, Text: strings.ReplaceAll(text, "\r\n", "\n")})
	}
	return nil
}

func (s *session) Reset()        { s.to = nil }
func (s *session) Logout() error { return nil }
