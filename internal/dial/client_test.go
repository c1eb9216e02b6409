package dial

import (
	"compress/gzip"
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"amend/fault"
)

// near makes a client that may reach the test servers of this machine.
func near(t *testing.T, c Config) *http.Client {
	t.Helper()
	c.Allow = append(c.Allow, "127.0.0.1")
	g, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	client := g.Client()
	t.Cleanup(client.CloseIdleConnections)
	return client
}

func TestRedirectIsReportedAndNotFollowed(t *testing.T) {
	followed := false
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		followed = followed || r.URL.Path == "/inside"
		http.Redirect(w, r, "/inside", http.StatusFound)
	}))
	defer srv.Close()
	resp, err := near(t, Config{}).Get(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusFound || followed {
		t.Errorf("status %d, followed %v", resp.StatusCode, followed)
	}
}

func TestProxyOfTheEnvironmentIsIgnored(t *testing.T) {
	proxied := false
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { proxied = true }))
	defer proxy.Close()
	t.Setenv("HTTP_PROXY", proxy.URL)
	g, _ := watched(t, Config{Allow: []string{"crm.test"}, Lookup: resolver([]string{"93.184.215.14"})})
	if resp, err := g.Client().Get("http://crm.test/"); err == nil {
		_ = resp.Body.Close()
	}
	if proxied {
		t.Error("the request went through the proxy")
	}
}

func TestCompressedReplyIsNotInflated(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = z.Write(make([]byte, 1<<20))
		_ = z.Close()
	}))
	defer srv.Close()
	resp, err := near(t, Config{}).Get(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || len(body) > 64<<10 {
		t.Errorf("read %d bytes, error %v", len(body), err)
	}
}

func TestSlowReceiverIsCutOff(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done() // says nothing until the caller hangs up
	}))
	defer srv.Close()
	resp, err := near(t, Config{Timeout: 30 * time.Millisecond}).Get(srv.URL)
	if err == nil {
		_, err = io.ReadAll(resp.Body)
		_ = resp.Body.Close()
	}
	if err == nil {
		t.Error("an endless reply was waited for")
	}
}

func TestSealedConnectionTrustsTheGivenAuthorities(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // the refused handshake is what is wanted
	srv.StartTLS()
	defer srv.Close()
	roots := x509.NewCertPool()
	roots.AddCert(srv.Certificate())
	resp, err := near(t, Config{Roots: roots}).Get(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp, err := near(t, Config{}).Get(srv.URL); err == nil {
		_ = resp.Body.Close()
		t.Error("a certificate of an unknown authority was accepted")
	}
}

func TestConfiguredAddressIsReadOneWayOnly(t *testing.T) {
	good := []string{"https://crm.example.com/hook?x=1", "http://crm:8080/in", "https://[2400:3200::1]:8443/", "https://xn--fiqs8s.cn/"}
	for _, raw := range good {
		if _, err := ParseURL(raw); err != nil {
			t.Errorf("%s: %v", raw, err)
		}
	}
	bad := map[string]string{
		"":                            "scheme_blocked",
		"crm.example.com/hook":        "scheme_blocked",
		"javascript:alert(1)":         "scheme_blocked",
		"https://a:b@crm.example.com": "url_with_user",
		"https://crm.example.com#x":   "bad_url",
		"https://crm.example.com\\x":  "bad_url",
		"https://crm.example.com /":   "bad_url",
		"https://客户.cn":               "bad_url",
		"https://":                    "bad_url",
		"https:crm.example.com":       "bad_url",
		"https://crm.example.com:25":  "port_blocked",
		"https://crm.example.com:x":   "bad_url",
		"https://crm..com":            "bad_host",
		"https://-crm.com":            "bad_host",
		"https://0x7f000001":          "bad_host",
		"https://127.1":               "bad_host",
		"https://0177.0.0.1":          "bad_host",
	}
	for raw, code := range bad {
		if _, err := ParseURL(raw); fault.CodeOf(err) != code {
			t.Errorf("%q: got %v, want %s", raw, err, code)
		}
	}
}

func FuzzConfiguredAddressNeverHidesItsHost(f *testing.F) {
	f.Add("https://crm.example.com:8443/hook")
	f.Add("http://x.test\\@127.0.0.1")
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := ParseURL(raw)
		if err != nil {
			return
		}
		again, err := ParseURL(u.String())
		if err != nil || again.Host != u.Host {
			t.Errorf("%q reads as %q, then as %v (%v)", raw, u, again, err)
		}
	})
}
