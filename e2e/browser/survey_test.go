package browser

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"

	"amend/internal/lang"
)

// surveys are how every page is looked at: both languages and both colour schemes once,
// and with -full each language in each scheme.
func surveys() []reader {
	all := []reader{{lang: lang.ZH, width: 1440}, {lang: lang.EN, width: 1440, dark: true}}
	if *full {
		all = append(all, reader{lang: lang.ZH, width: 1440, dark: true}, reader{lang: lang.EN, width: 1440})
	}
	return all
}

// survey lets look judge every page of a house in the middle of its work, through the eyes
// of whoever may see it.
func survey(t *testing.T, look func(w *tab, p place)) {
	h := fullHouse(t)
	for _, r := range surveys() {
		met := h.everywhere(t, r.lang)
		t.Run(r.String(), func(t *testing.T) {
			t.Parallel()
			tabs := map[string]*tab{}
			for _, p := range pages(met) {
				w := tabs[p.who]
				if w == nil {
					w = h.opens(t, r)
					w.Enters(p.who)
					tabs[p.who] = w
				}
				w.Goes(p.path)
				look(w, p)
			}
		})
	}
}

// pages are the places where a browser shows something, in an order that does not change.
func pages(met map[place]answer) []place {
	var all []place
	for p, a := range met {
		if a.page() {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b place) int { return cmp.Or(cmp.Compare(a.who, b.who), cmp.Compare(a.path, b.path)) })
	return all
}

// Enters makes the tab the one of somebody who has just signed in, as visits does.
func (t *tab) Enters(who string) {
	t.Helper()
	for name, value := range t.session(t, who, t.lang) {
		t.keeps(name, value)
	}
}

// finds reports what is wrong with a page.
func (t *tab) finds(p place, what string, wrong []string) {
	t.Helper()
	for _, w := range wrong {
		t.Errorf("%s as %q (%s, %d px): %s: %s", p.path, p.who, t.lang, t.width, what, w)
	}
}

// axe is Deque's axe-core, which judges a page by WCAG.
//
//go:embed testdata/axe.min.js
var axe string

func TestAxeFindsNothingSeriousOnAnyPage(t *testing.T) {
	surveyed(t)
	survey(t, func(w *tab, p place) { w.finds(p, "axe", w.violations()) })
}

// violations are what axe calls serious or critical.
func (t *tab) violations() []string {
	t.Helper()
	t.evaluates(axe+"\n;true", new(bool))
	var found []struct {
		ID, Impact, Help string
		Nodes            []struct {
			Target         []any
			FailureSummary string
		}
	}
	var raw string
	t.evaluates(`axe.run(document, { resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }).then((r) => JSON.stringify(r.violations.filter((v) => v.impact === "serious" || v.impact === "critical")))`, &raw)
	if err := json.Unmarshal([]byte(raw), &found); err != nil {
		t.fails(err)
	}
	var all []string
	for _, v := range found {
		for _, n := range v.Nodes[:min(3, len(v.Nodes))] {
			all = append(all, fmt.Sprintf("%s (%s): %v: %s", v.ID, v.Impact, n.Target, strings.Join(strings.Fields(n.FailureSummary), " ")))
		}
	}
	return all
}

func TestNoPageScrollsSideways(t *testing.T) {
	surveyed(t)
	survey(t, func(w *tab, p place) {
		for _, width := range []int{320, 360, 1024, 1440} {
			w.Resizes(width)
			w.finds(p, "is wider than its window", w.beyond())
		}
		w.Enlarges(true)
		for _, width := range []int{1440, 1024, 640} {
			w.Resizes(width)
			w.finds(p, "is wider than its window with text at 200 %", w.beyond())
		}
		w.Enlarges(false)
	})
}

// Enlarges sets text to 200 % of its size, or back.
func (t *tab) Enlarges(large bool) {
	t.Helper()
	t.large = large
	t.does(page.SetFontSizes(&page.FontSizes{Standard: t.text(), Fixed: t.text() * 13 / 16}))
}

// beyond names what makes a page wider than its window.
func (t *tab) beyond() []string {
	t.Helper()
	var wide []string
	t.evaluates(`(() => {
		const width = document.documentElement.clientWidth;
		if (document.documentElement.scrollWidth <= width + 1) return [];
		const right = (el) => el.getBoundingClientRect().right;
		const over = [...document.body.querySelectorAll("*")].filter((el) => right(el) > width + 1 && Math.abs(right(el) + scrollX - document.documentElement.scrollWidth) < 2);
		const names = over.slice(-3).map((el) => el.tagName.toLowerCase() + (el.id && "#" + el.id) + [...el.classList].map((c) => "." + c).join("") + " " + JSON.stringify(el.textContent.trim().slice(0, 30)));
		return ["page is " + document.documentElement.scrollWidth + ": " + names.join("; ")];
	})()`, &wide)
	return wide
}

func TestTargetsAreLargeEnoughToHit(t *testing.T) {
	surveyed(t)
	survey(t, func(w *tab, p place) {
		if strings.HasPrefix(p.path, "/console/") {
			w.finds(p, "target under 24 px", w.small(24))
			return
		}
		w.Resizes(360)
		w.finds(p, "target under 44 px", w.small(44))
	})
}

// small names what is too small to hit. A link within a sentence may be as high as its line,
// and in the console what keeps its distance may be smaller (WCAG 2.5.8); a box counts with
// its label.
func (t *tab) small(least int) []string {
	t.Helper()
	var found []string
	t.evaluates(fmt.Sprintf(`(() => {
		const least = %d;
		const inSentence = (el) => {
			if (!el.matches("a, summary, .btn-link") || !getComputedStyle(el).display.startsWith("inline")) return false;
			return [...el.parentElement.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim().length > 1);
		};
		const box = (el) => {
			const labels = el.matches("input[type=checkbox], input[type=radio]") ? [...el.labels] : [];
			const all = [el, ...labels].map((e) => e.getBoundingClientRect());
			return { width: Math.max(...all.map((r) => r.width)), height: Math.max(...all.map((r) => r.height)) };
		};
		const middle = (e) => { const r = e.getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2]; };
		const crowded = (el) => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, summary")].some((o) => {
			if (o === el || o.contains(el) || el.contains(o) || !o.checkVisibility()) return false;
			const [x, y] = middle(el), r = o.getBoundingClientRect();
			const away = Math.hypot(Math.max(r.left - x, 0, x - r.right), Math.max(r.top - y, 0, y - r.bottom));
			return away < 12;
		});
		return [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
			.filter((el) => el.checkVisibility({ visibilityProperty: true, opacityProperty: false }) && el.getBoundingClientRect().width > 1)
			.filter((el) => !el.matches(".skip, [aria-hidden=true], .vh") && !inSentence(el))
			.map((el) => ({ el, size: box(el) }))
			.filter(({ size }) => size.width < least - 0.5 || size.height < least - 0.5)
			.filter(({ el }) => least > 24 || crowded(el))
			.slice(0, 5)
			.map(({ el, size }) => el.tagName.toLowerCase() + [...el.classList].map((c) => "." + c).join("") + " " + JSON.stringify((el.getAttribute("aria-label") ?? el.textContent ?? el.name).trim().slice(0, 30)) + " " + Math.round(size.width) + "×" + Math.round(size.height));
	})()`, least), &found)
	return found
}
