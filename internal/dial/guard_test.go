package dial

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"

	"amend/fault"
)

// resolver answers each look-up with the next list of addresses, the last one forever.
func resolver(answers ...[]string) func(context.Context, string) ([]netip.Addr, error) {
	n := 0
	return func(context.Context, string) ([]netip.Addr, error) {
		var ips []netip.Addr
		for _, s := range answers[min(n, len(answers)-1)] {
			ips = append(ips, netip.MustParseAddr(s))
		}
		n++
		return ips, nil
	}
}

// watched makes a guard whose connections are recorded instead of made; the dialler's
// own check still runs, as the kernel's would-be last step.
func watched(t *testing.T, c Config) (*Guard, *[]string) {
	t.Helper()
	g, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	var dialled []string
	g.connect = func(_ context.Context, d *net.Dialer, addr string) (net.Conn, error) {
		if err := d.Control("tcp", addr, nil); err != nil {
			return nil, err
		}
		dialled = append(dialled, addr)
		near, far := net.Pipe()
		_ = far.Close()
		return near, nil
	}
	return g, &dialled
}

func TestEveryForgedAddressIsBlockedBeforeAConnection(t *testing.T) {
	raw, err := os.ReadFile("testdata/ssrf-urls.json")
	if err != nil {
		t.Fatal(err)
	}
	var urls []string
	if err := json.Unmarshal(raw, &urls); err != nil {
		t.Fatal(err)
	}
	g, dialled := watched(t, Config{Lookup: resolver([]string{"127.0.0.1"})})
	for _, u := range urls {
		for _, form := range []string{u, strings.Replace(u, "http://", "https://", 1)} {
			resp, err := g.Client().Get(form)
			if err == nil {
				_ = resp.Body.Close()
				t.Errorf("%s was opened", form)
			}
		}
	}
	if len(*dialled) != 0 {
		t.Errorf("dialled %v", *dialled)
	}
}

func TestNameThatChangesItsAddressIsBlockedWhenDialled(t *testing.T) {
	g, dialled := watched(t, Config{Lookup: resolver([]string{"93.184.215.14"}, []string{"127.0.0.1"})})
	if _, err := g.DialSealed(t.Context(), "tcp", "rebind.test:443"); err != nil {
		t.Fatalf("a public address is open: %v", err)
	}
	_, err := g.DialSealed(t.Context(), "tcp", "rebind.test:443")
	if fault.CodeOf(err) != "address_blocked" {
		t.Errorf("after rebinding: got %v, want address_blocked", err)
	}
	if len(*dialled) != 1 || (*dialled)[0] != "93.184.215.14:443" {
		t.Errorf("dialled %v, want the judged address and nothing else", *dialled)
	}
}

func TestOneBadAddressSpoilsTheName(t *testing.T) {
	g, dialled := watched(t, Config{Lookup: resolver([]string{"93.184.215.14", "10.0.0.7"})})
	_, err := g.DialSealed(t.Context(), "tcp", "mixed.test:443")
	if fault.CodeOf(err) != "address_blocked" || len(*dialled) != 0 {
		t.Errorf("got %v after dialling %v", err, *dialled)
	}
}

func TestLastCheckIsMadeOnTheAddressTheKernelGets(t *testing.T) {
	g, _ := watched(t, Config{Lookup: resolver([]string{"93.184.215.14"})})
	g.connect = func(_ context.Context, d *net.Dialer, _ string) (net.Conn, error) {
		return nil, d.Control("tcp", "169.254.169.254:443", nil) // something below swapped it
	}
	if _, err := g.DialSealed(t.Context(), "tcp", "swap.test:443"); fault.CodeOf(err) != "address_blocked" {
		t.Errorf("got %v, want address_blocked", err)
	}
}

func TestPlainConnectionNeedsTheAllowList(t *testing.T) {
	public := resolver([]string{"93.184.215.14"})
	tests := map[string]struct {
		allow []string
		code  string
	}{
		"nothing listed":       {nil, "tls_required"},
		"host listed":          {[]string{"crm.test"}, ""},
		"host in other case":   {[]string{"CRM.test."}, ""},
		"another host listed":  {[]string{"erp.test"}, "tls_required"},
		"range listed":         {[]string{"93.184.0.0/16"}, ""},
		"single address":       {[]string{"93.184.215.14"}, ""},
		"another range listed": {[]string{"10.0.0.0/8"}, "tls_required"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			g, _ := watched(t, Config{Allow: tt.allow, Lookup: public})
			_, err := g.DialPlain(t.Context(), "tcp", "crm.test:80")
			if fault.CodeOf(err) != tt.code {
				t.Errorf("got %v, want %q", err, tt.code)
			}
		})
	}
}

func TestPrivateAddressNeedsTheAllowList(t *testing.T) {
	for _, ip := range []string{"10.1.2.3", "127.0.0.1", "192.168.4.5", "100.64.9.9", "169.254.7.7", "fd00::9", "::1"} {
		shut, _ := watched(t, Config{Lookup: resolver([]string{ip})})
		if _, err := shut.DialSealed(t.Context(), "tcp", "crm.test:8443"); fault.CodeOf(err) != "address_blocked" {
			t.Errorf("%s without a list: %v", ip, err)
		}
		open, _ := watched(t, Config{Lookup: resolver([]string{ip}), Allow: []string{ip}})
		if _, err := open.DialPlain(t.Context(), "tcp", "crm.test:8080"); err != nil {
			t.Errorf("%s on the list: %v", ip, err)
		}
	}
}

func TestMetadataIsClosedWhateverTheListSays(t *testing.T) {
	forms := []string{
		"169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1",
		"::169.254.169.254", "2001:0:0:0:0:0:5601:5601", "100.100.100.200", "192.0.0.192",
		"168.63.129.16", "fd00:ec2::254", "fd20:ce::254", "169.254.170.2",
	}
	for _, ip := range forms {
		g, dialled := watched(t, Config{Allow: []string{"0.0.0.0/0", "::/0", "meta.test"}, Lookup: resolver([]string{ip})})
		_, err := g.DialPlain(t.Context(), "tcp", "meta.test:80")
		if fault.CodeOf(err) != "address_blocked" || len(*dialled) != 0 {
			t.Errorf("%s: got %v", ip, err)
		}
	}
}

func TestOrdinaryPublicAddressesAreOpen(t *testing.T) {
	for _, ip := range []string{"1.1.1.1", "93.184.215.14", "223.5.5.5", "2400:3200::1", "2606:4700::1111"} {
		if !public(netip.MustParseAddr(ip)) {
			t.Errorf("%s is public", ip)
		}
	}
}

func TestNextAddressIsTriedWhenOneDoesNotAnswer(t *testing.T) {
	g, _ := watched(t, Config{Lookup: resolver([]string{"93.184.215.14", "93.184.215.15"})})
	var tried []string
	g.connect = func(_ context.Context, _ *net.Dialer, addr string) (net.Conn, error) {
		tried = append(tried, addr)
		return nil, errors.New("refused")
	}
	if _, err := g.DialSealed(t.Context(), "tcp", "two.test:443"); err == nil || len(tried) != 2 {
		t.Errorf("tried %v, error %v", tried, err)
	}
}

func TestOnlyTCPIsDialled(t *testing.T) {
	g, _ := watched(t, Config{Allow: []string{"127.0.0.1"}})
	for _, network := range []string{"unix", "udp", "ip"} {
		if _, err := g.DialPlain(t.Context(), network, "127.0.0.1:8080"); fault.CodeOf(err) != "network_blocked" {
			t.Errorf("%s: got %v", network, err)
		}
	}
}

func TestNameWithoutAddressIsAnError(t *testing.T) {
	g, _ := watched(t, Config{Lookup: resolver(nil)})
	var dns *net.DNSError
	if _, err := g.DialSealed(t.Context(), "tcp", "void.test:443"); !errors.As(err, &dns) {
		t.Errorf("got %v, want a DNS error", err)
	}
}

func TestUnreadableAllowEntryIsRefused(t *testing.T) {
	for _, entry := range []string{"", "10.0.0.0/40", "http://crm", "fe80::1%eth0", "127.1", "*.corp"} {
		if _, err := New(Config{Allow: []string{entry}}); fault.CodeOf(err) != "bad_allow_entry" {
			t.Errorf("%q: got %v", entry, err)
		}
	}
}

func TestBlockedRequestNamesItsReason(t *testing.T) {
	g, _ := watched(t, Config{Lookup: resolver([]string{"10.0.0.1"})})
	_, err := g.Client().Post("https://crm.test/hook", "text/plain", strings.NewReader("x"))
	if fault.CodeOf(err) != "address_blocked" {
		t.Errorf("got %v, want address_blocked through the client", err)
	}
	_, err = g.Client().Post("ftp://crm.test/hook", "text/plain", strings.NewReader("x"))
	if fault.CodeOf(err) != "scheme_blocked" {
		t.Errorf("got %v, want scheme_blocked through the client", err)
	}
}

func TestAddressInsideATransitionFormIsFound(t *testing.T) {
	for form, want := range map[string]string{
		"192.0.2.7":                "192.0.2.7",
		"::ffff:127.0.0.1":         "127.0.0.1",
		"::127.0.0.1":              "127.0.0.1",
		"64:ff9b::7f00:1":          "127.0.0.1",
		"64:ff9b:1::a9fe:a9fe":     "169.254.169.254",
		"2002:7f00:1::":            "127.0.0.1",
		"2001:0:0:0:0:0:80ff:fffe": "127.0.0.1",
		"2400:3200::1":             "2400:3200::1",
	} {
		if got := inner(netip.MustParseAddr(form)); got.String() != want {
			t.Errorf("%s carries %s, want %s", form, got, want)
		}
	}
}

func TestListedRangeCoversMappedForms(t *testing.T) {
	g, _ := watched(t, Config{Allow: []string{"10.0.0.0/8"}})
	if _, err := g.DialPlain(t.Context(), "tcp", "[::ffff:10.1.2.3]:8080"); err != nil {
		t.Errorf("got %v", err)
	}
}
