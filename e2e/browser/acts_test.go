package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Goes opens a page by its address.
func (t *tab) Goes(path string) {
	t.Helper()
	at := path
	if strings.HasPrefix(path, "/") {
		at = t.base + path
	}
	t.does(chromedp.Navigate(at))
}

// Reloads asks for the page again.
func (t *tab) Reloads() {
	t.Helper()
	t.does(chromedp.Reload())
}

// At answers the path of the page, without its query.
func (t *tab) At() string {
	t.Helper()
	var at string
	t.evaluates(`location.pathname`, &at)
	return at
}

// words are what a key of lang says in the reader's language, or the words themselves.
func (t *tab) words(key string, pairs ...string) string {
	if !t.lang.Has(key) {
		return key
	}
	params := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		params[pairs[i]] = pairs[i+1]
	}
	return t.lang.Text(key, params)
}

// shown is an expression that holds while the page shows words to a reader.
func shown(words string) string {
	return fmt.Sprintf(`((document.body?.innerText ?? "").replace(/\s+/g, " ").includes(%s))`, quoted(strings.Join(strings.Fields(words), " ")))
}

// Sees waits until the page shows something: words, or a key of lang.
func (t *tab) Sees(key string, pairs ...string) {
	t.Helper()
	words := t.words(key, pairs...)
	if !t.waits(shown(words)) {
		t.fails(fmt.Sprintf("does not see %q (%s)", words, key))
	}
}

// DoesNotSee demands that the page, as it is, does not show something.
func (t *tab) DoesNotSee(key string, pairs ...string) {
	t.Helper()
	words := t.words(key, pairs...)
	var seen bool
	if t.evaluates(shown(words), &seen); seen {
		t.fails(fmt.Sprintf("sees %q (%s)", words, key))
	}
}

// Fills types a value into the field of a name, in place of what stands there. In a list it
// chooses the entry of that value.
func (t *tab) Fills(name, value string) {
	t.Helper()
	if !t.waits(fieldOf(name) + ` !== null`) {
		t.fails(fmt.Sprintf("there is no field %q", name))
	}
	var typed bool
	t.evaluates(fmt.Sprintf(`(() => {
		const field = %s, value = %s;
		field.scrollIntoView({ block: "center" });
		if (!field.matches("select, [type=date], [type=range], [type=color]")) return field.focus(), field.select?.(), true;
		field.value = value;
		for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
		if (field.value !== value) throw new Error("cannot hold " + value);
		return false;
	})()`, fieldOf(name), quoted(value)), &typed)
	switch {
	case typed && value == "":
		t.does(chromedp.KeyEvent("\b"))
	case typed:
		t.does(input.InsertText(value))
	}
}

// fieldOf is an expression for what can be filled under a name: on the page itself before
// what surrounds it, null if there is nothing.
func fieldOf(name string) string {
	field := fmt.Sprintf(`:is(input:not([type=hidden], [type=radio], [type=checkbox]), textarea, select)[name="%s"]`, name)
	return fmt.Sprintf(`(document.querySelector(%s) ?? document.querySelector(%s))`, quoted("main "+field), quoted(field))
}

// Ticks ticks a box, or chooses one of several: the entry of a name and a value.
func (t *tab) Ticks(name, value string) {
	t.Helper()
	box := fmt.Sprintf(`input[name="%s"][value="%s"]`, name, value)
	if !t.waits(`document.querySelector(` + quoted(box) + `) !== null`) {
		t.fails(fmt.Sprintf("there is nothing to tick at %s=%s", name, value))
	}
	t.checks(box, true)
}

// Unticks takes the tick from the box of a name.
func (t *tab) Unticks(name string) {
	t.Helper()
	t.checks(fmt.Sprintf(`input[type=checkbox][name="%s"]`, name), false)
}

// checks presses a box until it is as it should be, and opens what it is folded into.
func (t *tab) checks(box string, on bool) {
	t.Helper()
	var is bool
	t.evaluates(fmt.Sprintf(`(() => {
		const box = document.querySelector(%s);
		for (let fold = box.closest("details:not([open])"); fold; fold = fold.parentElement.closest("details:not([open])")) fold.open = true;
		box.focus();
		if (box.checked !== %t) box.click();
		return box.checked;
	})()`, quoted(box), on), &is)
	if is != on {
		t.fails(fmt.Sprintf("%s does not become %t", box, on))
	}
}

// Chord presses a key together with Ctrl.
func (t *tab) Chord(key string) {
	t.Helper()
	t.does(chromedp.KeyEvent(key, chromedp.KeyModifiers(input.ModifierCtrl)))
}

// Types types where the focus is.
func (t *tab) Types(text string) {
	t.Helper()
	t.does(input.InsertText(text))
}

// Key presses one key, as on a keyboard.
func (t *tab) Key(key string) {
	t.Helper()
	t.does(chromedp.KeyEvent(key))
}

// pressable are the roles of what can be pressed.
var pressable = []string{"button", "link", "menuitem", "tab", "DisclosureTriangle", "radio", "checkbox", "switch"}

// A control is something that can be pressed, as the browser tells it to assistive software.
type control struct {
	role string
	name string
	node cdp.BackendNodeID
}

// A described node of the accessibility tree: only what is asked here, since Chromium's own
// list of its other members grows faster than its Go types.
type described struct {
	Ignored bool              `json:"ignored"`
	Role    value             `json:"role"`
	Name    value             `json:"name"`
	Node    cdp.BackendNodeID `json:"backendDOMNodeId"`
}

type value struct {
	Value any `json:"value"`
}

// controls are everything that can be pressed now.
func (t *tab) controls() []control {
	t.Helper()
	var tree struct {
		Nodes []described `json:"nodes"`
	}
	t.does(chromedp.ActionFunc(func(ctx context.Context) error {
		return cdp.Execute(ctx, accessibility.CommandGetFullAXTree, nil, &tree)
	}))
	var all []control
	for _, n := range tree.Nodes {
		role, _ := n.Role.Value.(string)
		name, _ := n.Name.Value.(string)
		if !n.Ignored && slices.Contains(pressable, role) {
			all = append(all, control{role, strings.Join(strings.Fields(name), " "), n.Node})
		}
	}
	return all
}

// Presses presses the button or the link of an accessible name (words, or a key of lang),
// with the mouse, and waits for the page that follows.
func (t *tab) Presses(key string, pairs ...string) {
	t.Helper()
	t.presses(t.control(t.words(key, pairs...), key))
}

// control finds what is to be pressed: by its whole name, a button before a link, otherwise
// by how its name begins.
func (t *tab) control(words, key string) control {
	t.Helper()
	words = strings.Join(strings.Fields(words), " ")
	var all []control
	var found control
	if !t.until(func() bool {
		all = t.controls()
		i := slices.IndexFunc(all, func(c control) bool { return c.name == words && c.role == "button" })
		if i < 0 {
			i = slices.IndexFunc(all, func(c control) bool { return c.name == words })
		}
		if i < 0 {
			i = slices.IndexFunc(all, func(c control) bool { return strings.HasPrefix(c.name, words) })
		}
		if i >= 0 {
			found = all[i]
		}
		return i >= 0
	}) {
		names := ""
		for _, c := range all {
			names += fmt.Sprintf("\n  %s %q", c.role, c.name)
		}
		t.fails(fmt.Sprintf("nothing to press is called %q (%s); there is:%s\n", words, key, names))
	}
	return found
}

// presses clicks a control in its middle, and waits for what follows: a page, a part of
// one, or nothing.
func (t *tab) presses(c control) {
	t.Helper()
	loads, _ := t.loads.heard()
	leads := t.leads(c)
	t.does(chromedp.ActionFunc(func(ctx context.Context) error {
		if err := dom.ScrollIntoViewIfNeeded().WithBackendNodeID(c.node).Do(ctx); err != nil {
			return err
		}
		quads, err := dom.GetContentQuads().WithBackendNodeID(c.node).Do(ctx)
		if err != nil || len(quads) == 0 {
			return fmt.Errorf("%q cannot be seen: %w", c.name, err)
		}
		q := quads[0]
		return chromedp.MouseClickXY((q[0]+q[4])/2, (q[1]+q[5])/2).Do(ctx)
	}))
	if leads {
		t.loaded(loads)
	}
}

// leads reports whether a press leads to another page, by what the element is. For a part
// that is swapped, and for whatever opens, a test waits for the words in it.
func (t *tab) leads(c control) (leads bool) {
	t.Helper()
	t.does(chromedp.ActionFunc(func(ctx context.Context) error {
		o, err := dom.ResolveNode().WithBackendNodeID(c.node).Do(ctx)
		if err != nil {
			return err
		}
		res, failed, err := runtime.CallFunctionOn(`function (scripts) {
			const el = this.nodeType === 1 ? this : this.parentElement;
			const at = el.closest("a[href], button, input[type=submit], summary, label") ?? el;
			const form = at.form ?? null;
			const asks = scripts && [at, form].some((e) => e && ["hx-get", "hx-post"].some((n) => e.hasAttribute(n)));
			const here = at.hash && at.pathname === location.pathname && at.search === location.search;
			if (at.matches("a[href]")) return !asks && !here && !at.target && !at.hasAttribute("download");
			return !asks && at.matches("button, input") && form !== null && at.type === "submit" && form.method !== "dialog";
		}`).WithObjectID(o.ObjectID).WithArguments([]*runtime.CallArgument{{Value: []byte(fmt.Sprint(!t.noScript))}}).WithReturnByValue(true).Do(ctx)
		if err == nil && failed != nil {
			err = failed
		}
		if err != nil {
			return err
		}
		return unquote(res.Value, &leads)
	}))
	return leads
}

// loaded waits until a page has loaded since.
func (t *tab) loaded(since int) {
	t.Helper()
	ctx, done := context.WithTimeout(t.ctx, patience)
	defer done()
	for {
		n, again := t.loads.heard()
		if n > since {
			return
		}
		select {
		case <-again:
		case <-ctx.Done():
			t.fails("no page followed")
		}
	}
}

// Picture takes a picture of the whole page, in a window as high as the page, so that what
// sticks to the window's edges stands at its ends.
func (t *tab) Picture() []byte {
	t.Helper()
	var high int64
	t.evaluates(`document.documentElement.scrollHeight`, &high)
	var png []byte
	t.does(emulation.SetDeviceMetricsOverride(int64(t.width), min(max(high, 700), 12_000), 1, false),
		chromedp.ActionFunc(func(ctx context.Context) (err error) {
			png, err = page.CaptureScreenshot().WithFromSurface(true).Do(ctx)
			return err
		}))
	t.Resizes(t.width)
	return png
}

// quoted writes words as JavaScript has them.
func quoted(s string) string {
	raw, _ := json.Marshal(s)
	return string(raw)
}

func unquote(raw []byte, into any) error { return json.Unmarshal(raw, into) }
