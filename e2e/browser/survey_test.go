package browser

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"

	"amend/internal/lang"
)

// surveyors are through what pages are looked at: every two of language, colours and width
// meet, and with -full all three.
func surveyors() []reader {
	all := []reader{{lang: lang.ZH, width: 1440}, {lang: lang.EN, width: 360}, {lang: lang.ZH, width: 360, dark: true}, {lang: lang.EN, width: 1440, dark: true}}
	if !*full {
		return all
	}
	for _, r := range slices.Clone(all) {
		r.dark = !r.dark
		all = append(all, r)
	}
	return all
}

// shares are what each surveyor looks at: one page of each shape in all, since a template
// that is well through some eyes and on some data is mostly well through others, and with
// -full every page.
func shares(met map[lang.Lang][]place) [][]place {
	eyes := surveyors()
	all := make([][]place, len(eyes))
	if *full {
		for i, r := range eyes {
			all[i] = met[r.lang]
		}
		return all
	}
	seen := map[string]bool{}
	for _, p := range slices.Concat(met[lang.ZH], met[lang.EN]) {
		like := likeness(p)
		if seen[like] {
			continue
		}
		i := len(seen) % len(eyes)
		seen[like] = true
		for ; ; i = (i + 1) % len(eyes) { // a page may be in one language alone
			at := slices.IndexFunc(met[eyes[i].lang], func(o place) bool { return likeness(o) == like })
			if at >= 0 {
				all[i] = append(all[i], met[eyes[i].lang][at])
				break
			}
		}
	}
	for _, share := range all {
		slices.SortStableFunc(share, func(a, b place) int { return cmp.Compare(a.who, b.who) })
	}
	return all
}

// likeness is what pages of one template have in common: their shape, and for a link, which
// has one address, what it is for.
func likeness(p place) string {
	if strings.HasPrefix(p.who, "link ") {
		return p.who + shape(p.path)
	}
	return shape(p.path)
}

// survey lets look judge the pages of a house in the middle of its work, one for each
// language, through the eyes of whoever may see them.
func survey(t *testing.T, look func(w *tab, p place)) {
	houses, met := map[lang.Lang]*house{}, map[lang.Lang][]place{}
	for _, l := range lang.Langs() {
		houses[l] = fullHouse(t)
		houses[l].keeps()
		met[l] = pages(houses[l].everywhere(t, l))
	}
	all := shares(met)
	for i, r := range surveyors() {
		t.Run(r.String(), func(t *testing.T) {
			t.Parallel()
			w := houses[r.lang].opens(t, r)
			for _, p := range all[i] {
				w.Becomes(p.who)
				w.Resizes(r.width)
				w.Goes(p.path)
				if path, _, _ := strings.Cut(p.path, "?"); w.At() != path {
					w.Errorf("%s as %q leads to %s", p.path, p.who, w.At())
				}
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

// Becomes makes the tab the one of somebody else, as Enters does.
func (t *tab) Becomes(who string) {
	t.Helper()
	if t.role != who {
		t.does(network.ClearBrowserCookies())
		t.Enters(who)
	}
	t.role = who
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
