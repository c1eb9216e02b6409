package browser

import (
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"amend/internal/lang"
)

// A place is one page, and who was there.
type place struct {
	who  string
	path string
}

// visitors are who walks through the house: each page is looked at by the first of them who
// gets there.
func visitors() []string {
	return []string{"", "customer", "sue", "bob", "ada", "olga", "otto", "ivy", "aud", "sid"}
}

// perShape bounds how many pages of one shape are looked at.
const perShape = 2

// everywhere walks every link that every visitor meets, and answers the places and what was
// answered there. A page of many requests or customers is looked at as often as perShape says.
func (h *house) everywhere(t testing.TB, l lang.Lang) map[place]answer {
	t.Helper()
	all := map[place]answer{}
	seen := map[string]bool{}
	shapes := map[string]int{}
	for _, who := range visitors() {
		v := h.visits(t, who, l)
		queue := h.doors(who)
		fixed := len(queue)
		for i := 0; i < len(queue); i++ {
			path := queue[i]
			if seen[path] && i >= fixed || i >= fixed && shapes[shape(path)] >= perShape {
				continue
			}
			a := v.gets(path)
			if a.status == 303 && who != "" {
				queue = append(queue, local(a.header.Get("Location")))
			}
			if a.status == 403 || a.status == 303 {
				continue // another visitor may see it
			}
			seen[path], all[place{who, path}] = true, a
			shapes[shape(path)]++
			if a.page() {
				queue = append(queue, a.links(t)...)
			}
		}
	}
	return all
}

// links are the addresses of this house that a page leads to.
func (a answer) links(t testing.TB) []string {
	t.Helper()
	at, err := url.Parse(a.path)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for n := range a.document(t).Descendants() {
		if n.Type != html.ElementNode || n.Data != "a" || attr(n, "href") == "" {
			continue
		}
		to, err := at.Parse(attr(n, "href"))
		if err != nil {
			t.Errorf("%s leads to %q: %v", a.path, attr(n, "href"), err)
			continue
		}
		if path := local(to.String()); path != "" && !slices.Contains(all, path) {
			all = append(all, path)
		}
	}
	return all
}

// local is an address of this house without its fragment, "" for any other.
func local(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "/api/") {
		return ""
	}
	u.Fragment = ""
	return u.String()
}

// identity is how an id, a token, a reference or a number stands in an address.
var identity = regexp.MustCompile(`^([0-9a-v]{20}|[A-Za-z0-9_-]{43}|REQ-[0-9A-Z]+|\d+)$`)

// shape is an address without what tells one request or customer from another.
func shape(path string) string {
	u, err := url.Parse(path)
	if err != nil {
		return path
	}
	parts := strings.Split(u.Path, "/")
	for i, p := range parts {
		if identity.MatchString(p) {
			parts[i] = "*"
		}
	}
	s := strings.Join(parts, "/")
	for _, name := range slices.Sorted(maps.Keys(u.Query())) {
		s += "&" + name
	}
	return s
}

// getRoute is how a site says which pages it has; parts of a path may stand in variables.
var (
	getRoute  = regexp.MustCompile(`get\(("/[^,]*),`)
	quotation = regexp.MustCompile(`"[^"]*"`)
)

// routes are the patterns of every page of a site, from its source.
func routes(t testing.TB, site string) []string {
	t.Helper()
	files, err := filepath.Glob("../../internal/" + site + "/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no routes of", site, err)
	}
	var all []string
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		source, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range getRoute.FindAllStringSubmatch(string(source), -1) {
			all = append(all, strings.ReplaceAll(strings.Join(quotation.FindAllString(m[1], -1), ""), `"`, ""))
		}
	}
	return all
}

// matches reports whether a path belongs to a pattern of net/http, below one of the places
// where pages stand.
func matches(pattern, path string) bool {
	path, _, _ = strings.Cut(path, "?")
	quoted := regexp.QuoteMeta(pattern)
	quoted = strings.ReplaceAll(quoted, `\{\$\}`, "")
	quoted = regexp.MustCompile(`\\\{[a-z_]+\.\.\.\\\}`).ReplaceAllString(quoted, ".*")
	quoted = regexp.MustCompile(`\\\{[a-z_]+\\\}`).ReplaceAllString(quoted, "[^/]+")
	return regexp.MustCompile("^(/console|/me|/l)?" + quoted + "$").MatchString(path)
}

func TestEveryPageOfBothSitesIsMet(t *testing.T) {
	h := fullHouse(t)
	met := h.everywhere(t, lang.ZH)
	for _, pattern := range append(routes(t, "portal"), routes(t, "console")...) {
		found := false
		for p := range met {
			found = found || matches(pattern, p.path)
		}
		if !found {
			t.Errorf("no test looks at %s", pattern)
		}
	}
}

func TestEveryLinkLeadsSomewhere(t *testing.T) {
	h := fullHouse(t)
	for p, a := range h.everywhere(t, lang.EN) {
		if a.status >= 400 && !slices.Contains(h.troubled(), p.path) {
			t.Errorf("%s: %s answers %d", p.who, p.path, a.status)
		}
	}
}
