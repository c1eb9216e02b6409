package browser

import (
	"maps"
	"net/http"
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

// perShape bounds how many pages of one shape a visitor opens, and perHouse how many are
// looked at altogether; of what differs only by its query, fewer.
const (
	perShape = 2
	perHouse = 2
)

// everywhere walks every link that every visitor meets, and answers the places and what was
// answered there: what looks the same for several visitors, once.
func (h *house) everywhere(t testing.TB, l lang.Lang) map[place]answer {
	t.Helper()
	all := map[place]answer{}
	met, looked := map[string]bool{}, map[string]int{}
	for _, who := range visitors() {
		v := h.visits(t, who, l)
		queue := h.doors(who, l)
		fixed := len(queue)
		seen, opened := map[string]bool{}, map[string]int{}
		for i := 0; i < len(queue); i++ {
			path := queue[i]
			if like := shape(path); seen[path] || i >= fixed && opened[like] >= perShape {
				continue
			} else {
				opened[like]++
			}
			seen[path] = true
			a := v.gets(path)
			if a.page() || a.header.Get("Location") != "" {
				queue = append(queue, a.links(t)...)
			}
			if a.status == http.StatusForbidden || strings.HasPrefix(a.header.Get("Location"), "/console/sign-in?") {
				continue // another visitor may see it
			}
			own := path
			if !strings.HasPrefix(path, "/console/") {
				own = who + path // the same address is another customer's page
			}
			if like := shape(path); met[own] || i >= fixed && looked[like] >= max(1, perHouse-strings.Count(like, "&")) {
				continue
			}
			looked[shape(path)]++
			met[own], all[place{who, path}] = true, a
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
	if to := a.header.Get("Location"); to != "" {
		return []string{local(to)}
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
	if err != nil || u.Host != "" || strings.HasPrefix(u.Path, "/console/events") || u.Scheme != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "/api/") {
		return ""
	}
	u.Fragment = ""
	return u.String()
}

// identity is how an id, a token, a reference or a number stands in an address.
var identity = regexp.MustCompile(`^([0-9a-v]{20}|[A-Za-z0-9_-]{43}|REQ-[0-9A-Z]+|\d+)$`)

// shape is an address without what tells one request, customer, system or text from another.
func shape(path string) string {
	u, err := url.Parse(path)
	if err != nil {
		return path
	}
	parts := strings.Split(u.Path, "/")
	for i, p := range parts {
		if identity.MatchString(p) || i > 0 && (slices.Contains([]string{"texts", "systems", "edit"}, parts[i-1])) {
			parts[i] = "*"
		}
	}
	s := strings.Join(parts, "/")
	for _, name := range slices.Sorted(maps.Keys(u.Query())) {
		if !slices.Contains([]string{"to", "box", "said", "channel", "after"}, name) {
			s += "&" + name
		}
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
	quoted = regexp.MustCompile(`\\\{[a-z_]+(\\\.){3}\\\}`).ReplaceAllString(quoted, ".*")
	quoted = regexp.MustCompile(`\\\{[a-z_]+\\\}`).ReplaceAllString(quoted, "[^/]+")
	return regexp.MustCompile("^(/console|/me|/l)?" + quoted + "$").MatchString(path)
}

func TestEveryPageOfBothSitesIsMet(t *testing.T) {
	h := fullHouse(t)
	met := h.everywhere(t, lang.ZH)
	for _, pattern := range append(routes(t, "portal"), routes(t, "console")...) {
		found := pattern == "/events" || strings.Contains(pattern, "{token}") // news never end; secrets leave the address at once
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
