package server

import (
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestAddressIsBelievedOnlyFromAProxyOfOurs(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.1/32")}
	for _, c := range []struct{ peer, header, want string }{
		{"203.0.113.9:1000", "", "203.0.113.9"},
		{"203.0.113.9:1000", "198.51.100.1", "203.0.113.9"},
		{"127.0.0.1:1000", "198.51.100.1", "198.51.100.1"},
		{"127.0.0.1:1000", "198.51.100.1, 10.1.2.3", "198.51.100.1"},
		{"127.0.0.1:1000", "1.1.1.1, 198.51.100.1, 10.1.2.3", "198.51.100.1"},
		{"127.0.0.1:1000", "nonsense", "127.0.0.1"},
		{"127.0.0.1:1000", "", "127.0.0.1"},
		{"[::ffff:127.0.0.1]:1000", "2001:db8::1", "2001:db8::1"},
		{"[2001:db8::2]:1000", "198.51.100.1", "2001:db8::2"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.peer
		if c.header != "" {
			r.Header.Set("X-Forwarded-For", c.header)
		}
		if got := Address(proxies)(r).String(); got != c.want {
			t.Errorf("%s behind %q: %s, want %s", c.peer, c.header, got, c.want)
		}
	}
}
