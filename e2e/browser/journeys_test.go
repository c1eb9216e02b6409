package browser

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"amend/internal/lang"
)

// ways are through what a journey is made: so that every two of language, script and width
// meet, and with -full all three.
func ways() []reader {
	var all []reader
	for i, width := range []int{360, 1024, 1440} {
		for _, l := range lang.Langs() {
			all = append(all, reader{lang: l, width: width, noScript: (l == lang.EN) == (i%2 == 0), dark: i == 1})
		}
	}
	if !*full {
		return all
	}
	for _, r := range slices.Clone(all) {
		r.noScript = !r.noScript
		all = append(all, r)
	}
	return all
}

// journeys lets a journey be made in every way, each time in a house of its own, with a
// customer who speaks the reader's language.
func journeys(t *testing.T, made func(w *tab, me *somebody)) { journeysBy(t, ways(), made) }

func journeysBy(t *testing.T, ways []reader, made func(w *tab, me *somebody)) {
	for _, r := range ways {
		t.Run(r.String(), func(t *testing.T) {
			t.Parallel()
			h := openHouse(t)
			made(h.opens(t, r), h.known[r.lang][0])
		})
	}
}

// keyed are the ways of somebody who sits before a keyboard, where scripts run.
func keyed() []reader {
	return slices.DeleteFunc(ways(), func(r reader) bool { return r.noScript || r.width < 900 })
}

// newPhone is a number that nobody of these tests has, as people write it.
func (s *somebody) newPhone() string { return "139 " + s.phone[6:10] + " " + s.phone[10:] }

// Finds finds oneself in the portal by a phone number, and shows that it is one's own.
func (t *tab) Finds(me *somebody) {
	t.Helper()
	t.Goes("/")
	t.Fills("key", me.phone[3:6]+" "+me.phone[6:10]+" "+me.phone[10:])
	t.Presses("portal.find.do")
	t.Sees("portal.prove.title")
	t.Fills("code", t.codeTo(me.phone))
	t.Presses("portal.prove.do")
	t.Sees("portal.me.title")
}

// field is what a field is called in the reader's language.
func (t *tab) field(name string) string { return t.House.Catalog[name].Label[string(t.lang)] }

// PressesFor presses the button of a name that is about a field.
func (t *tab) PressesFor(key, field string) {
	t.Helper()
	t.Presses(t.words(key) + " " + t.field(field))
}

// Enter sends the form that one types into, and waits for the page that follows.
func (t *tab) Enter() {
	t.Helper()
	loads, _ := t.loads.heard()
	t.does(chromedp.KeyEvent(kb.Enter))
	t.loaded(loads)
}

// row is an expression for the smallest row of a page that says something.
func row(words string) string {
	return fmt.Sprintf(`[...document.querySelectorAll("li, tr, fieldset, section, article")].filter((e) => e.innerText.replace(/\s+/g, " ").includes(%s)).at(-1)`, quoted(words))
}

// Beside types a value into the field that stands in the same row as some words, and sends it.
func (t *tab) Beside(words, value string) {
	t.Helper()
	var found bool
	t.evaluates(fmt.Sprintf(`(() => {
		const field = %s?.querySelector("input:not([type=hidden]), textarea");
		field?.focus();
		return Boolean(field);
	})()`, row(words)), &found)
	if !found {
		t.fails(fmt.Sprintf("there is no field beside %q", words))
	}
	t.does(input.InsertText(value))
	t.Enter()
}

// PressesBeside presses the button of a name that stands in the same row as some words.
func (t *tab) PressesBeside(words, key string) {
	t.Helper()
	name := t.words(key)
	var node cdp.BackendNodeID
	t.does(chromedp.ActionFunc(func(ctx context.Context) error {
		o, failed, err := runtime.Evaluate(fmt.Sprintf(`[...(%s?.querySelectorAll("button, a[href]") ?? [])].find((b) => b.innerText.replace(/\s+/g, " ").trim() === %s)`, row(words), quoted(name))).Do(ctx)
		if err != nil || failed != nil || o.ObjectID == "" {
			return fmt.Errorf("no %q stands beside %q (%v, %v)", name, words, err, failed)
		}
		n, err := dom.DescribeNode().WithObjectID(o.ObjectID).Do(ctx)
		if err == nil {
			node = n.BackendNodeID
		}
		return err
	}))
	t.presses(control{role: "button", name: name, node: node})
}
