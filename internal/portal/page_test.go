package portal_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"amend/internal/lang"
)

// Every key that the portal's source names, so that no page shows a key for a sentence.
func TestEveryWordOfThePortalIsThere(t *testing.T) {
	named := regexp.MustCompile(`"((?:portal|said)\.[a-z0-9_./]*[a-z0-9_])"`)
	files, err := filepath.Glob("*.templ")
	if err != nil {
		t.Fatal(err)
	}
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, file := range append(files, sources...) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllStringSubmatch(string(data), -1) {
			n++
			for _, l := range lang.Langs() {
				if !l.Has(m[1]) && !l.Has(m[1]+".1") && !l.Has(m[1]+".true") {
					t.Errorf("%s: %s has no words for %s", file, l, m[1])
				}
			}
		}
	}
	if n < 200 {
		t.Errorf("only %d keys found: the search itself is broken", n)
	}
}

// Every word that is made from a code of the catalogue or of the desk.
func TestEveryCodeThatThePortalShowsHasAWord(t *testing.T) {
	w := open(t)
	for _, f := range w.House.Catalog {
		for _, c := range f.Choices {
			for _, l := range lang.Langs() {
				if key := "portal.choice." + f.Name + "." + c; !l.Has(key) {
					t.Errorf("%s has no word for %s", l, key)
				}
			}
		}
	}
	for _, key := range []string{"hold.payout", "hold.password_reset", "hold.credit", "proof.sms_code", "proof.mail_code", "proof.mail_link", "proof.callback", "proof.sighted", "proof.letter"} {
		for _, l := range lang.Langs() {
			if !l.Has("portal." + key) {
				t.Errorf("%s has no word for portal.%s", l, key)
			}
		}
	}
}

func TestEveryPageHasOneTitleAndAtMostOneMainButton(t *testing.T) {
	for _, l := range []string{"en", "zh"} {
		w := open(t)
		w.fang()
		b := w.browser(l)
		id := string(b.newPhone())
		b.get("/me/edit/email").press("/me/edit/email", "value", "new@example.com", "do", "keep").is(200)
		for _, path := range []string{
			"/help", "/lost", "/l", "/l/other", "/l/mine", "/me", "/me/history", "/me/received", "/me/check", "/me/edit/phone", "/me/edit/address", "/me/edit/address?abroad=yes",
			"/me/edit/gender", "/me/edit/marketing_optout", "/me/edit/interests", "/me/edit/birthday", "/me/edit/messenger", "/me/edit/legal_name",
			"/me/changes/" + id, "/me/changes/" + id + "/withdraw", "/me/changes/" + id + "/dispute", "/nowhere",
		} {
			b.get(path)
			b.lookedAt(path)
		}
		stranger := w.browser(l)
		stranger.get("/").lookedAt("/")
		stranger.press("/find", "by", "email", "key", "nobody@example.com").lookedAt("/prove")
	}
}

// lookedAt checks what holds for every page.
func (b *browser) lookedAt(path string) {
	b.t.Helper()
	heads, main := 0, 0
	title, h1 := "", ""
	for n := range b.doc.Descendants() {
		switch {
		case n.Data == "title" && n.Parent.Data == "head":
			title = words(n)
		case n.Data == "h1":
			heads++
			h1 = words(n)
		case strings.Contains(attribute(n, "class"), "btn-primary") && !inDialog(n):
			main++
		}
		for _, name := range []string{"style", "onclick", "onsubmit"} {
			if attribute(n, name) != "" {
				b.t.Errorf("%s %s: inline %s", b.lang, path, name)
			}
		}
	}
	if heads != 1 || !strings.HasPrefix(title, h1) || h1 == "" {
		b.t.Errorf("%s %s: %d heads, %q titled %q", b.lang, path, heads, h1, title)
	}
	if main > 1 {
		b.t.Errorf("%s %s: %d main buttons", b.lang, path, main)
	}
	if hole := regexp.MustCompile(`\b(portal|page|said)\.[a-z_]+|…`).FindString(strings.ReplaceAll(b.text(), "portal.example.com", "")); hole != "" {
		b.t.Errorf("%s %s has a hole: %q", b.lang, path, hole)
	}
	for _, c := range canaries() {
		if strings.Contains(b.Body, c) {
			b.t.Errorf("%s %s shows %q", b.lang, path, c)
		}
	}
}

func words(n *html.Node) string {
	var all []string
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			all = append(all, strings.TrimSpace(c.Data))
		}
	}
	return strings.TrimSpace(strings.Join(all, " "))
}

func inDialog(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n.Data == "dialog" {
			return true
		}
	}
	return false
}
