package browser

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"amend/customer"
	"amend/desk"
	"amend/fault"
	"amend/internal/lang"
)

// naughty are the lines of the Big List of Naughty Strings, which lies beside the tests of quality.
func naughty(t testing.TB) []string {
	t.Helper()
	raw, err := os.ReadFile("../../quality/testdata/blns.json")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	if err := json.Unmarshal(raw, &lines); err != nil || len(lines) < 400 {
		t.Fatalf("%d lines: %v", len(lines), err)
	}
	return slices.DeleteFunc(lines, func(s string) bool { return s == "" })
}

// handfuls are the lines in order, as many together as a field of 900 bytes takes.
func handfuls(lines []string) []string {
	all, at := []string{""}, 0
	for _, l := range lines {
		if len(all[at])+len(l) > 900 && all[at] != "" {
			all, at = append(all, ""), at+1
		}
		all[at] += l + "\n"
	}
	return all
}

// A form is one of a page, that sends text.
type form struct {
	page   string
	action string
	at     int // which form of the page
	fields url.Values
	texts  []string
}

// forms are those of a page that a reader may write into.
func (a answer) forms(t testing.TB) []form {
	t.Helper()
	var all []form
	n := -1
	for el := range a.document(t).Descendants() {
		if el.Type != html.ElementNode || el.Data != "form" {
			continue
		}
		n++
		if f := readForm(a.path, n, el); strings.EqualFold(attr(el, "method"), "post") && len(f.texts) > 0 {
			all = append(all, f)
		}
	}
	return all
}

func readForm(path string, at int, el *html.Node) form {
	f := form{page: path, at: at, action: attr(el, "action"), fields: url.Values{}}
	if f.action == "" {
		f.action = path
	}
	for n := range el.Descendants() {
		name := attr(n, "name")
		switch {
		case n.Type != html.ElementNode || name == "":
		case n.Data == "textarea":
			f.texts = append(f.texts, name)
		case n.Data == "select":
			f.fields.Set(name, chosenOf(n))
		case n.Data == "button" && f.fields.Get(name) == "" && attr(n, "formaction") == "":
			f.fields.Set(name, attr(n, "value"))
		case n.Data == "input" && slices.Contains([]string{"", "text", "search", "tel", "email", "password", "number", "url", "date"}, attr(n, "type")):
			f.texts = append(f.texts, name)
		case n.Data == "input" && (attr(n, "type") == "hidden" || f.fields.Get(name) == ""):
			f.fields.Set(name, attr(n, "value"))
		}
	}
	return f
}

// chosenOf is the last entry of a list: the first often means nothing.
func chosenOf(list *html.Node) string {
	last := ""
	for n := range list.Descendants() {
		if n.Type == html.ElementNode && n.Data == "option" {
			last = attr(n, "value")
		}
	}
	return last
}

// formsOf are the forms of every page, each form once.
func formsOf(t testing.TB, met map[place]answer) map[string][]form {
	t.Helper()
	all, seen := map[string][]form{}, map[string]bool{}
	for _, p := range pages(met) {
		for _, f := range met[p].forms(t) {
			if name := shape(f.action) + strings.Join(f.texts, " "); !seen[name] && shape(f.action) != "/console/sign-out" {
				seen[name] = true
				all[p.who] = append(all[p.who], f)
			}
		}
	}
	return all
}

func TestWhateverIsTypedComesBackAsText(t *testing.T) {
	h := fullHouse(t)
	lines := naughty(t)
	next, sent := 0, 0
	for who, all := range formsOf(t, h.everywhere(t, lang.EN)) {
		v := h.visits(t, who, lang.EN)
		for _, f := range all {
			for range f.share(len(lines)) {
				values := url.Values{}
				for name, value := range f.fields {
					values[name] = value
				}
				for _, name := range f.texts {
					values.Set(name, lines[next%len(lines)])
				}
				next, sent = next+1, sent+1
				v.plain(f, v.posts(f.action, values))
			}
		}
	}
	if sent < len(lines) {
		t.Errorf("only %d of %d lines were typed somewhere", sent, len(lines))
	}
}

// share is how many lines a form is given: every line comes to some form, and with -full to each.
func (f form) share(lines int) int {
	if *full {
		return lines
	}
	return 24
}

// plain demands of an answer to a form, and of the page that it leads to, that what was
// typed became neither an element nor an attribute that does something.
func (v *visitor) plain(f form, a answer) {
	v.t.Helper()
	if a.status >= http.StatusInternalServerError {
		v.t.Errorf("%s on %s answers %d", f.action, f.page, a.status)
	}
	if a.status == http.StatusSeeOther {
		if to := local(a.header.Get("Location")); to != "" {
			a = v.gets(to)
		}
	}
	if !a.page() {
		return
	}
	for n := range a.document(v.t).Descendants() {
		if what := live(n); what != "" {
			v.t.Errorf("%s on %s: what was typed became %s on %s", f.action, f.page, what, a.path)
		}
	}
}

// runs is an address that runs.
var runs = regexp.MustCompile(`(?i)^[\s\x00-\x20]*(javascript|vbscript|data):`)

// live says what of an element does something that no page of ours does, "" for nothing.
func live(n *html.Node) string {
	if n.Type != html.ElementNode {
		return ""
	}
	if slices.Contains([]string{"iframe", "object", "embed", "style", "base", "marquee", "audio", "video", "math", "isindex", "plaintext", "xss"}, n.Data) {
		return "<" + n.Data + ">"
	}
	if src := attr(n, "src"); (n.Data == "script" || n.Data == "img") && !strings.HasPrefix(src, "/static/") {
		return fmt.Sprintf("<%s src=%q>", n.Data, src)
	}
	for _, a := range n.Attr {
		leads := slices.Contains([]string{"href", "src", "action", "formaction", "xlink:href"}, a.Key)
		if strings.HasPrefix(a.Key, "on") || a.Key == "style" || leads && runs.MatchString(a.Val) {
			return fmt.Sprintf("%s=%q", a.Key, clip(a.Val, 40))
		}
	}
	return ""
}

func TestNaughtyTextIsOnlyTextInTheBrowser(t *testing.T) {
	h := fullHouse(t)
	met := h.everywhere(t, lang.EN)
	all := handfuls(naughty(t))
	for who, forms := range formsOf(t, met) {
		w := h.opens(t, reader{lang: lang.EN, width: 1024})
		w.Enters(who)
		for i, f := range forms {
			times := 1
			if *full {
				times = len(all)
			}
			for n := range times {
				w.Goes(f.page)
				w.Sends(f, all[(i+n)%len(all)])
			}
		}
	}
}

// Sends puts a text into every field of a form, and sends it.
func (t *tab) Sends(f form, text string) {
	t.Helper()
	loads, _ := t.loads.heard()
	var sent bool
	t.evaluates(fmt.Sprintf(`(() => {
		const form = document.forms[%d], names = %s;
		if (!form) return false;
		for (const name of names) for (const el of [form.elements[name] ?? []].flat()) if (el.value !== undefined && el.type !== "date") el.value = %s;
		const button = [...form.elements].find((el) => el.type === "submit" && !el.matches(".vh"));
		form.noValidate = true;
		form.removeAttribute("hx-post");
		setTimeout(() => form.requestSubmit(button ?? null));
		return true;
	})()`, f.at, quotedAll(f.texts), quoted(text)), &sent)
	if sent {
		t.loaded(loads)
	}
}

func quotedAll(list []string) string {
	raw, _ := json.Marshal(list)
	return string(raw)
}

func TestStoredNaughtyTextIsOnlyTextWhereverItIsShown(t *testing.T) {
	h := fullHouse(t)
	me := h.known[lang.EN][9]
	var paths, mine []string
	for _, some := range handfuls(naughty(t)) {
		filed, err := h.Desk.Propose(t.Context(), h.actor("ada"), desk.Proposal{
			Record: me.id, Channel: "hotline", Reason: some, Items: []desk.Proposed{{Key: "interests", Value: h.takes(me, some)}},
		})
		if err != nil && fault.KindOf(err) != fault.Invalid {
			t.Fatal(err)
		}
		for _, r := range filed.Changes {
			paths, mine = append(paths, "/console/changes/"+string(r.ID)), append(mine, "/me/changes/"+string(r.ID))
		}
	}
	h.settle()
	if len(paths) < 20 {
		t.Fatalf("only %d requests hold such text", len(paths))
	}
	w := h.opens(t, reader{lang: lang.EN, width: 1440})
	w.Enters("sue")
	for _, p := range append(paths, "/console/inbox", "/console/customers/"+string(me.id)) {
		w.Goes(p)
	}
	w = h.opens(t, reader{lang: lang.EN, width: 360})
	w.keeps("amend-customer", h.recognised(t, me))
	for _, p := range append(mine, "/me", "/me/history") {
		w.Goes(p)
	}
}

// takes are the lines of a handful that a list of interests accepts, as it is proposed.
func (h *house) takes(of *somebody, some string) json.RawMessage {
	h.t.Helper()
	var lines []string
	for _, l := range strings.Split(some, "\n") {
		value, _ := json.Marshal([]string{l})
		_, err := h.Desk.Preview(h.t.Context(), h.actor("ada"), desk.Proposal{Record: of.id, Channel: "hotline", Reason: "x", Items: []desk.Proposed{{Key: customer.Key("interests"), Value: value}}})
		var refused *fault.Error
		if !errors.As(err, &refused) {
			h.must(err)
			lines = append(lines, l)
		}
	}
	raw, _ := json.Marshal(lines[:min(len(lines), 50)])
	return raw
}
