package browser

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"amend/internal/lang"
)

// A reader is who looks at a page, and through what.
type reader struct {
	lang     lang.Lang
	width    int // of the window, in CSS pixels
	noScript bool
	dark     bool
	large    bool // text at 200 %
}

// String names a reader as a subtest: "zh-360-noscript".
func (r reader) String() string {
	s := fmt.Sprintf("%s-%d", r.lang, r.width)
	for _, o := range []struct {
		on   bool
		name string
	}{{r.noScript, "noscript"}, {r.dark, "dark"}, {r.large, "large"}} {
		if o.on {
			s += "-" + o.name
		}
	}
	return s
}

// A tab is a window of a browser that nobody used before, and the test that looks into it.
// Whatever a page must never do fails the test: see watch.
type tab struct {
	*testing.T
	*house
	reader
	ctx   context.Context
	close func()
	loads *bell
	watch *watch
	role  string // who is signed in, "" for nobody
}

// patience is how long a page may take until it shows what a test waits for.
const patience = 10 * time.Second

// opens opens a tab on a house; it closes when the test ends, which then fails if anything
// was seen that must not be.
func (h *house) opens(t *testing.T, r reader) *tab {
	t.Helper()
	b, err := chromium()
	if err != nil {
		t.Fatal(err)
	}
	w := &tab{T: t, house: h.in(t), reader: r, loads: newBell(), watch: &watch{base: h.base}}
	id, dispose, err := b.window()
	if err != nil {
		t.Fatal(err)
	}
	ctx, closeTab := chromedp.NewContext(b.ctx, chromedp.WithTargetID(id))
	w.ctx, w.close = ctx, func() { closeTab(); dispose() }
	t.Cleanup(w.ends)
	if err := chromedp.Run(w.ctx); err != nil {
		t.Fatal(err)
	}
	chromedp.ListenTarget(w.ctx, w.hears)
	w.does(
		network.Enable(), audits.Enable(), page.Enable(), page.SetLifecycleEventsEnabled(true),
		network.SetExtraHTTPHeaders(network.Headers{"Accept-Language": r.lang.Tag(), "X-Forwarded-For": freshAddress()}),
		emulation.SetScriptExecutionDisabled(r.noScript),
		page.SetFontSizes(&page.FontSizes{Standard: r.text(), Fixed: r.text() * 13 / 16}),
	)
	w.Resizes(r.width)
	w.Theme(r.dark)
	return w
}

// text is the size of ordinary text, in pixels.
func (r reader) text() int64 {
	if r.large {
		return 32
	}
	return 16
}

// networks counts the networks that tabs came from.
var networks atomic.Uint32

// freshAddress is an address in a network that no other tab came from.
func freshAddress() string {
	n := networks.Add(1)
	return fmt.Sprintf("10.%d.%d.7", n>>8&0xff, n&0xff)
}

// Resizes gives the window another width.
func (t *tab) Resizes(width int) {
	t.Helper()
	t.width = width
	height := int64(900)
	if width < 600 {
		height = 780
	}
	t.does(emulation.SetDeviceMetricsOverride(int64(width), height, 1, false))
}

// Theme lets the device prefer dark or light colours. Nothing moves on it.
func (t *tab) Theme(dark bool) {
	t.Helper()
	t.dark = dark
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	t.does(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}))
}

// does carries actions out within the patience that a test has.
func (t *tab) does(actions ...chromedp.Action) {
	t.Helper()
	if err := t.tries(actions...); err != nil {
		t.fails(err)
	}
}

// tries is does for what may go wrong.
func (t *tab) tries(actions ...chromedp.Action) error {
	ctx, done := context.WithTimeout(t.ctx, patience)
	defer done()
	return chromedp.Run(ctx, actions...)
}

// fails ends the test with what the page shows.
func (t *tab) fails(what any) {
	t.Helper()
	var at, shown string
	ctx, done := context.WithTimeout(t.ctx, time.Second)
	defer done()
	_ = chromedp.Run(ctx, chromedp.Evaluate(`location.href`, &at), chromedp.Evaluate(`document.body?.innerText ?? ""`, &shown))
	t.Fatalf("%v\nat %s (%s):\n%s", what, at, t.reader, clip(shown, 1500))
}

// ends closes the tab, and tells what was seen in it that must not be.
func (t *tab) ends() {
	t.close()
	for _, trouble := range t.watch.all() {
		t.Errorf("%s: %s", t.reader, trouble)
	}
}

// A watch keeps what a page did that none may do.
type watch struct {
	mu      sync.Mutex
	base    string
	at      string
	trouble []string
}

func (w *watch) add(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.trouble = append(w.trouble, fmt.Sprintf("on %s: ", strings.TrimPrefix(w.at, w.base))+fmt.Sprintf(format, args...))
}

func (w *watch) all() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.trouble
}

func (w *watch) moves(at string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = at
}

// A bell rings whenever a page has loaded; who waits for it says which ring they have heard.
type bell struct {
	mu   sync.Mutex
	n    int
	rung chan struct{}
}

func newBell() *bell { return &bell{rung: make(chan struct{})} }

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.n++
	close(b.rung)
	b.rung = make(chan struct{})
}

// heard answers how often it rang, and what closes when it rings again.
func (b *bell) heard() (int, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.n, b.rung
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + " …"
	}
	return s
}
