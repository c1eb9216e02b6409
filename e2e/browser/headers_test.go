package browser

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"amend/internal/lang"
)

// changing are the headers that say something else with every answer.
var changing = []string{"Date", "X-Request-Id", "Content-Length", "Set-Cookie", "Location", "Content-Language", "Content-Disposition", "Clear-Site-Data"}

// around are the headers that every page of both sites carries, and no other.
const around = `Cache-Control: no-store
Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'
Content-Type: text/html; charset=utf-8
Cross-Origin-Opener-Policy: same-origin
Cross-Origin-Resource-Policy: same-origin
Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()
Referrer-Policy: no-referrer
Vary: Accept-Language, Cookie, HX-Request
X-Content-Type-Options: nosniff
`

func TestEveryPageCarriesItsProtection(t *testing.T) {
	h := fullHouse(t)
	for p, a := range h.everywhere(t, lang.EN) {
		if a.header.Get("Location") != "" || a.header.Get("Content-Disposition") != "" || !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
			guarded(t, a)
			continue
		}
		if got := snapshot(a.header); got != around {
			t.Errorf("%s as %q carries other headers:\n%s", p.path, p.who, got)
		}
	}
}

// guarded demands what also a file carries: nothing is kept, sniffed, framed or told.
func guarded(t *testing.T, a answer) {
	t.Helper()
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s: %s is %q", a.path, name, got)
		}
	}
	if policy := a.header.Get("Content-Security-Policy"); !strings.Contains(policy, "frame-ancestors 'none'") || !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
		t.Errorf("%s: its policy is %q", a.path, policy)
	}
}

// snapshot writes headers in their order, without those that always change.
func snapshot(h http.Header) string {
	s := ""
	for _, name := range slices.Sorted(maps.Keys(h)) {
		if !slices.Contains(changing, name) {
			s += fmt.Sprintf("%s: %s\n", name, strings.Join(h[name], ", "))
		}
	}
	return s
}

// maxPage is how much a page of the portal may weigh, compressed, with all that it loads.
const maxPage = 60 << 10

func TestPortalPagesWeighLittle(t *testing.T) {
	h := fullHouse(t)
	v := h.visits(t, "", lang.ZH)
	loaded := map[string]int{}
	for p, a := range h.everywhere(t, lang.ZH) {
		if !a.page() || strings.HasPrefix(p.path, "/console/") {
			continue
		}
		weight := packed(a.body)
		for _, file := range a.files(t) {
			if loaded[file] == 0 {
				loaded[file] = packed(v.gets(file).body)
			}
			weight += loaded[file]
		}
		if weight > maxPage {
			t.Errorf("%s weighs %d KB", p.path, weight>>10)
		}
	}
}

// files are what a page loads.
func (a answer) files(t testing.TB) []string {
	t.Helper()
	var all []string
	for n := range a.document(t).Descendants() {
		if n.Type != html.ElementNode || n.Data == "a" {
			continue
		}
		for _, name := range []string{"src", "href"} {
			file, _, _ := strings.Cut(attr(n, name), "#")
			if strings.HasPrefix(file, "/") && !slices.Contains(all, file) {
				all = append(all, file)
			}
		}
	}
	return all
}

func TestFormsOfAnotherSiteAreRefused(t *testing.T) {
	h := openHouse(t)
	for _, path := range []string{"/find", "/language", "/sign-out", "/console/sign-in", "/console/sign-out", "/console/choose", "/console/account"} {
		r, err := http.NewRequest("POST", h.base+path, strings.NewReader("lang=en"))
		h.must(err)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		if a := h.visits(t, "sue", lang.EN).sends(r); a.status != http.StatusForbidden {
			t.Errorf("POST %s from another site answers %d", path, a.status)
		}
	}
}
