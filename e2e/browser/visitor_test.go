package browser

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"amend/access"
	"amend/desk"
	"amend/internal/lang"
)

// A visitor asks for pages without a browser, where no browser is needed to judge them.
type visitor struct {
	t      testing.TB
	h      *house
	lang   lang.Lang
	client *http.Client
}

// visits begins with somebody who is signed in, or with nobody.
func (h *house) visits(t testing.TB, who string, l lang.Lang) *visitor {
	t.Helper()
	return &visitor{t: t, h: h, lang: l, client: &http.Client{
		Jar:           jar(h.session(t, who, l)),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// session are the cookies of somebody who has just come: one of staff by name, "customer N"
// of a language, a "guest" whom the company's own app lets in, "link PURPOSE" for whoever
// followed one, a "seeker" who typed a number that two customers have, or nobody.
func (h *house) session(t testing.TB, who string, l lang.Lang) map[string]string {
	t.Helper()
	h.door.Lock() // a code is good for one of those who come at the same time
	defer h.door.Unlock()
	name := who + " " + string(l)
	if s, going := h.kept[name]; going {
		return maps.Clone(s)
	}
	s := h.comes(t, who, l)
	if h.kept != nil {
		h.kept[name] = maps.Clone(s)
	}
	return s
}

// keeps lets whoever comes again go on with the session that they have: a number is sent so
// many codes in a day, and time goes by with each of them.
func (h *house) keeps() { h.kept = map[string]map[string]string{} }

func (h *house) comes(t testing.TB, who string, l lang.Lang) map[string]string {
	t.Helper()
	kind, which, _ := strings.Cut(who, " ")
	switch kind {
	case "":
		return map[string]string{}
	case "customer":
		n, err := strconv.Atoi(which)
		h.must(err)
		return map[string]string{"amend-customer": h.recognised(t, h.known[l][n])}
	case "link":
		return map[string]string{"amend-link": h.followable[access.Purpose(which)]}
	case "guest":
		return map[string]string{"amend-seeking": h.admitted(t, h.known[l][0])}
	case "seeker", "chooser":
		return map[string]string{"amend-seeking": h.seeks(t, kind == "chooser")}
	}
	o, err := h.Desk.SignIn(t.Context(), desk.Credentials{Name: who, Password: h.people[who].password, Code: h.code(who), Device: "Chrome · Linux"})
	h.must(err)
	return map[string]string{"amend-staff": h.reader.Stamp(o.Token)}
}

// admitted is what the company's own app is given for somebody who is signed in there.
func (h *house) admitted(t testing.TB, s *somebody) string {
	t.Helper()
	app, _, err := h.Desk.AddToken(t.Context(), access.Actor{Name: "app " + rand.Text(), Roles: []access.Role{access.App}})
	h.must(err)
	address, _, err := h.Desk.Admit(t.Context(), app, s.id)
	h.must(err)
	return address[strings.LastIndex(address, "/")+1:]
}

// seeks types a number: one that nobody has, or one that two customers have, with its code.
func (h *house) seeks(t testing.TB, shared bool) string {
	t.Helper()
	number := "+86131" + fmt.Sprintf("%08d", networks.Add(1))
	if zh := h.known[lang.ZH]; shared {
		number = zh[len(zh)-1].phone
	}
	h.Clock.Add(2 * time.Minute) // codes to one number keep a distance
	token, err := h.Desk.Seek(t.Context(), desk.Search{By: "phone", Key: number})
	h.must(err)
	if shared {
		_, err := h.Desk.Recognise(t.Context(), token, h.codeTo(number), "Chrome · Linux")
		h.must(err)
	}
	return token
}

// recognised signs a customer in by the word of the company's own app, which sends no code.
func (h *house) recognised(t testing.TB, s *somebody) string {
	t.Helper()
	o, err := h.Desk.Choose(t.Context(), h.admitted(t, s), s.id, "Chrome · Linux")
	h.must(err)
	return h.reader.Stamp(o.Token)
}

// sixDigits is a code in a message, which is no part of a link or a number.
var sixDigits = regexp.MustCompile(`(?:^|[^\w/*-])(\d{6})(?:\W|$)`)

// codeTo is the code of the newest message to a number or address that has one.
func (h *house) codeTo(to string) string {
	h.t.Helper()
	h.settle()
	for _, m := range slices.Backward(h.Mailbox.To(to)) {
		if found := sixDigits.FindStringSubmatch(m.Text); found != nil {
			return found[1]
		}
	}
	h.t.Fatalf("no code came to %s", to)
	return ""
}

// A jar keeps the cookies of the one house that there is.
type jar map[string]string

func (j jar) SetCookies(_ *url.URL, cookies []*http.Cookie) {
	for _, c := range cookies {
		if j[c.Name] = c.Value; c.MaxAge < 0 {
			delete(j, c.Name)
		}
	}
}

func (j jar) Cookies(*url.URL) []*http.Cookie {
	var all []*http.Cookie
	for name, value := range j {
		all = append(all, &http.Cookie{Name: name, Value: value})
	}
	return all
}

// An answer is what came of asking.
type answer struct {
	path   string
	status int
	header http.Header
	body   []byte
}

// gets asks for a page.
func (v *visitor) gets(path string) answer {
	v.t.Helper()
	r, err := http.NewRequest("GET", v.h.base+path, nil)
	v.h.must(err)
	return v.sends(r)
}

// posts sends a form.
func (v *visitor) posts(path string, form url.Values) answer {
	v.t.Helper()
	r, err := http.NewRequest("POST", v.h.base+path, strings.NewReader(form.Encode()))
	v.h.must(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return v.sends(r)
}

func (v *visitor) sends(r *http.Request) answer {
	v.t.Helper()
	r.Header.Set("Accept-Language", v.lang.Tag())
	r.Header.Set("X-Forwarded-For", freshAddress())
	res, err := v.client.Do(r)
	v.h.must(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	v.h.must(err)
	return answer{r.URL.RequestURI(), res.StatusCode, res.Header, body}
}

// page reports whether the answer is a page that a browser shows: no file to keep, no part
// of a page.
func (a answer) page() bool {
	return strings.HasPrefix(a.header.Get("Content-Type"), "text/html") && a.header.Get("Content-Disposition") == "" && bytes.Contains(a.body, []byte("<html"))
}

// document is the page as a tree.
func (a answer) document(t testing.TB) *html.Node {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// packed is how long b is once it is compressed.
func packed(b []byte) int {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
	_, _ = w.Write(b)
	_ = w.Close()
	return out.Len()
}

// attr is an attribute of an element, "" if it has none of that name.
func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
