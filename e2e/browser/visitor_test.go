package browser

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

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

// session are the cookies of somebody who has just signed in: one of staff by name, a
// customer, whoever follows the link of a purpose, or nobody.
func (h *house) session(t testing.TB, who string, l lang.Lang) map[string]string {
	t.Helper()
	switch {
	case who == "":
		return map[string]string{}
	case who == "customer":
		return map[string]string{"amend-customer": h.recognised(t, h.known[l][0])}
	case strings.HasPrefix(who, "link "):
		return map[string]string{}
	}
	o, err := h.Desk.SignIn(t.Context(), desk.Credentials{Name: who, Password: h.people[who].password, Code: h.code(who), Device: "Chrome · Linux"})
	h.must(err)
	return map[string]string{"amend-staff": h.reader.Stamp(o.Token)}
}

// recognised signs a customer in by the code that their phone gets.
func (h *house) recognised(t testing.TB, s *somebody) string {
	t.Helper()
	token, err := h.Desk.Seek(t.Context(), desk.Search{By: "phone", Key: s.phone})
	h.must(err)
	done, err := h.Desk.Recognise(t.Context(), token, h.codeTo(s.phone), "Chrome · Linux")
	h.must(err)
	return h.reader.Stamp(done.Token)
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

// page reports whether the answer is a page that a browser shows.
func (a answer) page() bool { return strings.HasPrefix(a.header.Get("Content-Type"), "text/html") }

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
