package dial

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"amend/fault"
)

// maxURL bounds a configured address, in bytes.
const maxURL = 2048

// ParseURL reads an address that a person configured: http or https, a plain host, a
// sensible port, and nothing in it that two parsers could read differently.
func ParseURL(raw string) (*url.URL, error) {
	if len(raw) > maxURL || strings.ContainsFunc(raw, odd) {
		return nil, fault.New(fault.Invalid, "bad_url")
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, fault.New(fault.Invalid, "bad_url")
	}
	if err := checkURL(u); err != nil {
		return nil, err
	}
	return u, nil
}

// odd are the characters that browsers, proxies and libraries disagree about.
func odd(r rune) bool { return r <= ' ' || r == '\\' || r >= 0x7f }

func checkURL(u *url.URL) error {
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return fault.New(fault.Invalid, "scheme_blocked")
	case u.User != nil:
		return fault.New(fault.Invalid, "url_with_user")
	case u.Fragment != "" || u.Opaque != "" || u.Host == "":
		return fault.New(fault.Invalid, "bad_url")
	}
	_, _, err := splitAddr(addrOf(u))
	return err
}

func addrOf(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// splitAddr reads "host:port". Below 1024 only the web's own ports are left open, so
// that no mail, shell or file server can be spoken to.
func splitAddr(addr string) (string, uint16, error) {
	h, p, err := net.SplitHostPort(addr)
	if err != nil {
		return "", 0, fault.New(fault.Invalid, "bad_host")
	}
	host, err := plainHost(h)
	if err != nil {
		return "", 0, err
	}
	port, err := strconv.ParseUint(p, 10, 16)
	if err != nil || (port < 1024 && port != 80 && port != 443) {
		return "", 0, fault.New(fault.Invalid, "port_blocked")
	}
	return host, uint16(port), nil
}

// plainHost is host in lower case without its final dot: an address in canonical form,
// or a name of ASCII labels. Names that end in a number are refused, because some
// resolvers read "127.1" or "0x7f000001" as addresses. An international name is
// configured in its xn-- form.
func plainHost(host string) (string, error) {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if ip, err := netip.ParseAddr(host); err == nil && ip.Zone() == "" {
		return ip.String(), nil
	}
	labels := strings.Split(host, ".")
	for _, l := range labels {
		if !label(l) {
			return "", fault.New(fault.Invalid, "bad_host")
		}
	}
	if numeric(labels[len(labels)-1]) || len(host) > 253 {
		return "", fault.New(fault.Invalid, "bad_host")
	}
	return host, nil
}

// numeric reports whether some resolver could read l as a number: decimal, octal or hexadecimal.
func numeric(l string) bool {
	if hex, ok := strings.CutPrefix(l, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return strings.Trim(l, "0123456789") == ""
}

func label(l string) bool {
	if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
		return false
	}
	for _, c := range []byte(l) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}
