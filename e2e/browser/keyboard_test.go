package browser

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

func TestEverythingIsReachedByKeyboardAndSeenThere(t *testing.T) {
	survey(t, func(w *tab, p place) { w.finds(p, "keyboard", w.unreached()) })
}

// recorder notes, for everything that takes the focus, whether one sees that it did: an
// outline or a shadow, and not wholly behind something else (WCAG 2.4.11).
const recorder = `(() => {
	const tabbable = (el) => el.tabIndex >= 0 && !el.disabled && !el.closest("[inert]") && el.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });
	const chosen = (el) => el.type !== "radio" || el.checked || ![...document.querySelectorAll("input[type=radio]")].some((o) => o.name === el.name && o.form === el.form && o.checked);
	const firstOf = (el, i, all) => el.type !== "radio" || el.checked || all.findIndex((o) => o.type === "radio" && o.name === el.name && o.form === el.form) === i;
	const shows = (s) => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 1 || s.boxShadow !== "none";
	const seen = (el) => [el, el.closest("label"), el.labels?.[0], el.parentElement, el.nextElementSibling].some((e) => e && shows(getComputedStyle(e)));
	const inFront = (el) => {
		const r = el.getClientRects()[0] ?? el.getBoundingClientRect(); // a link may be on two lines
		if (r.width < 2 || r.height < 2) return false;
		const others = (x, y) => {
			const at = document.elementFromPoint(Math.min(innerWidth - 1, Math.max(0, x)), Math.min(innerHeight - 1, Math.max(0, y)));
			return at && at !== el && !el.contains(at) && !at.contains(el) && ![...(el.labels ?? [])].some((l) => l.contains(at));
		};
		return [0.5, 0.1, 0.9].every((h) => [0.5, 0.1, 0.9].every((w) => others(r.left + r.width * w, r.top + r.height * h)));
	};
	const name = (el) => el.tagName.toLowerCase() + (el.id && "#" + el.id) + [...el.classList].map((c) => "." + c).join("") + " " + JSON.stringify((el.getAttribute("aria-label") ?? el.textContent ?? el.name ?? "").trim().slice(0, 30));
	window.walk = { met: new Set(), wrong: [], all: [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex], [contenteditable]")].filter(tabbable).filter(chosen).filter(firstOf), name };
	document.addEventListener("focusin", ({ target: el }) => {
		if (walk.met.has(el)) return;
		walk.met.add(el);
		if (!seen(el)) walk.wrong.push("does not show its focus: " + name(el));
		else if (inFront(el)) walk.wrong.push("is hidden while it has the focus: " + name(el));
	});
	document.activeElement?.blur?.();
	const parts = (el) => ({ date: 5, time: 4, month: 4, "datetime-local": 8 })[el.type] ?? 1; // Chromium stops at each part of a date
	return walk.all.reduce((sum, el) => sum + parts(el), 0);
})()`

// unreached walks through a page with the Tab key, and names what it does not meet, or
// meets without seeing it. Scrolled parts take the focus too, so that it takes some more.
func (t *tab) unreached() []string {
	t.Helper()
	var n, left int
	t.evaluates(recorder, &n)
	for left = n; left > 0 && n > -40; n -= stride {
		t.strides()
		t.evaluates(`walk.all.filter((el) => el.isConnected && !walk.met.has(el)).length`, &left)
	}
	var wrong []string
	t.evaluates(`[...walk.wrong, ...walk.all.filter((el) => el.isConnected && !walk.met.has(el)).map((el) => "is never reached: " + walk.name(el))].slice(0, 6)`, &wrong)
	return wrong
}

// stride is how many times Tab is pressed before the page is asked what it met.
const stride = 12

// strides presses Tab some times, without waiting for the page each time.
func (t *tab) strides() {
	t.Helper()
	t.does(chromedp.ActionFunc(func(ctx context.Context) error {
		pressed := make(chan error, stride)
		for range stride {
			go func() {
				pressed <- input.DispatchKeyEvent(input.KeyRawDown).WithKey("Tab").WithCode("Tab").WithWindowsVirtualKeyCode(9).WithNativeVirtualKeyCode(9).Do(ctx)
			}()
		}
		var all []error
		for range stride {
			all = append(all, <-pressed)
		}
		return errors.Join(all...)
	}))
}

// Walks moves the focus to the control of a name by the Tab key, and fails if it is never met.
func (t *tab) Walks(key string) {
	t.Helper()
	words := t.words(key)
	for range 200 {
		t.does(chromedp.KeyEvent(kb.Tab))
		var at string
		if t.evaluates(`(document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.innerText ?? "").replace(/\s+/g, " ").trim()`, &at); at == words {
			return
		}
	}
	t.fails(fmt.Sprintf("Tab never meets %q (%s)", words, key))
}
