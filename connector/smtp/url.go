package smtp

import (
	"net/netip"
	"net/url"
	"strconv"

	"amend/fault"
)

// Security is how a line is protected.
type Security string

// The three ways. A line that leaves this machine is always encrypted.
const (
	StartTLS Security = "starttls" // RFC 3207, and nothing is sent without it
	TLS      Security = "tls"      // RFC 8314, from the first byte
	Plain    Security = "plain"    // loopback only
)

// Server is where mail is submitted.
type Server struct {
	Host     string
	Port     int
	User     string
	Security Security
	password string
}

// What New refuses, and what keeps a message from being sent at all. None of them, nor
// anything they wrap, says whom the message was for.
var (
	errURL     = fault.New(fault.Invalid, "smtp_url_bad")
	errPlain   = fault.New(fault.Invalid, "smtp_plain_remote")
	errSender  = fault.New(fault.Invalid, "smtp_sender_bad")
	errSetup   = fault.New(fault.Internal, "smtp_setup_failed")
	errID      = fault.New(fault.Internal, "message_id_bad")
	errCompose = fault.New(fault.Internal, "message_not_composed")
)

// ParseURL reads smtp://user:pass@host:port?starttls=required and smtps://user:pass@host:port.
// The ports are 587 and 465 unless given. starttls=off is for a server on loopback only;
// "if offered" does not exist, because whoever sits on the line could withdraw the offer.
func ParseURL(raw string) (Server, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" || u.Opaque != "" || (u.Path != "" && u.Path != "/") || u.Fragment != "" {
		return Server{}, errURL
	}
	s := Server{Host: u.Hostname(), User: u.User.Username()}
	s.password, _ = u.User.Password()
	for name, values := range u.Query() {
		if name != "starttls" || len(values) != 1 || u.Scheme != "smtp" {
			return Server{}, errURL
		}
	}
	switch want := u.Query().Get("starttls"); {
	case u.Scheme == "smtps":
		s.Security, s.Port = TLS, 465
	case u.Scheme == "smtp" && (want == "" || want == "required"):
		s.Security, s.Port = StartTLS, 587
	case u.Scheme == "smtp" && want == "off":
		s.Security, s.Port = Plain, 587
	default:
		return Server{}, errURL
	}
	if p := u.Port(); p != "" {
		if s.Port, err = strconv.Atoi(p); err != nil || s.Port < 1 || s.Port > 65535 {
			return Server{}, errURL
		}
	}
	if s.Security == Plain && !loopback(s.Host) {
		return Server{}, errPlain
	}
	return s, nil
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || (err == nil && ip.IsLoopback())
}
