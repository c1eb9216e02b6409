package audit_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"amend/audit"
)

// browser starts Chromium for one test. Without a browser the test fails: the page's
// verdict is a promise to customers, and only a browser can keep it.
func browser(t *testing.T) context.Context {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-quic", true))
	alloc, stop := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(alloc)
	t.Cleanup(closeTab)
	ctx, giveUp := context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(giveUp)
	return ctx
}

// open loads html from a file and waits until the page has reached a verdict.
func open(t *testing.T, ctx context.Context, html string) (verdict, detail string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "receipt.html")
	if err := os.WriteFile(file, []byte(html), 0o600); err != nil {
		t.Fatal(err)
	}
	err := chromedp.Run(ctx, chromedp.Navigate("file://"+file),
		chromedp.WaitReady(`#page:not([data-verdict="pending"])`),
		chromedp.AttributeValue("#page", "data-verdict", &verdict, nil),
		chromedp.Text("#verdict", &detail))
	if err != nil {
		t.Fatal(err)
	}
	return verdict, detail
}

func TestGoodReceiptVerifiesItselfInTheBrowser(t *testing.T) {
	ctx := browser(t)
	for _, size := range []int{6, 7, 64, 100, 1000} {
		s := newSample(t, size)
		if verdict, detail := open(t, ctx, page(t, s, "en")); verdict != "ok" || !strings.Contains(detail, "Checked") || !strings.Contains(detail, "witnesses 2/2") {
			t.Errorf("%d leaves: %s: %s", size, verdict, detail)
		}
	}
	if verdict, detail := open(t, ctx, page(t, newSample(t, 100), "zh")); verdict != "ok" || !strings.Contains(detail, "已核对") {
		t.Errorf("zh: %s: %s", verdict, detail)
	}
}

// failures are the page's words for each check, in English.
var failures = map[audit.Check]string{
	audit.CheckForm: "incomplete", audit.CheckSeal: "words don't match", audit.CheckCheckpoint: "checkpoint's signature",
	audit.CheckInclusion: "doesn't lead to the checkpoint", audit.CheckOpenings: "fingerprints", "page": "other words than those signed",
}

func TestBrowserFindsEveryAlterationThatTheProgramFinds(t *testing.T) {
	ctx, s := browser(t), newSample(t, 100)
	html := page(t, s, "en")
	data := regexp.MustCompile(`(id="receipt">)[^<]*`)
	for _, a := range alterations {
		var compact json.RawMessage = s.file(t, a.alter)
		escaped, err := json.Marshal(compact)
		if err != nil {
			t.Fatal(err)
		}
		bad := data.ReplaceAllString(html, "${1}"+strings.ReplaceAll(string(escaped), "$", "$$"))
		if verdict, detail := open(t, ctx, bad); verdict != "bad" || !strings.Contains(detail, failures[a.check]) {
			t.Errorf("%s: %s: %s, want the check %s", a.name, verdict, detail, a.check)
		}
	}
}

func TestBrowserFindsAPageThatShowsOtherWords(t *testing.T) {
	ctx := browser(t)
	html := page(t, newSample(t, 100), "en")
	for name, edit := range map[string][2]string{
		"value":     {">王医生</td>", ">王院长</td>"},
		"number":    {"REQ-7KQ2H</code>", "REQ-0000X</code>"},
		"date":      {">22 Nov 2026, 15:30<", ">22 Nov 2025, 15:30<"},
		"extra row": {"</tbody>", `<tr><td data-say="now.9">x</td></tr></tbody>`},
		"hidden":    {`<span data-say="system.1">Appointment texts</span>`, ""},
	} {
		edited := strings.Replace(html, edit[0], edit[1], 1)
		if edited == html {
			t.Fatalf("%s: nothing to edit", name)
		}
		if verdict, detail := open(t, ctx, edited); verdict != "bad" || !strings.Contains(detail, failures["page"]) {
			t.Errorf("%s: %s: %s", name, verdict, detail)
		}
	}
}

func TestWitnessThatHasNotSignedIsShownAsWaiting(t *testing.T) {
	s := newSample(t, 100)
	st := s.Statement
	st.Witnesses = append(st.Witnesses, audit.WitnessName{Key: newParty(t, "late", 70).Key, Name: audit.Text{ZH: "迟到", EN: "Late"}})
	r, err := audit.Issue(st, s.Entries, []byte(s.Checkpoint), s.Log, s.Log.Key)
	if err != nil {
		t.Fatal(err)
	}
	s.Receipt = r
	if verdict, detail := open(t, browser(t), page(t, s, "en")); verdict != "ok" || !strings.Contains(detail, "2/3, waiting") {
		t.Fatalf("%s: %s", verdict, detail)
	}
}

func TestPageClaimsNothingWhereScriptsDoNotRun(t *testing.T) {
	ctx := browser(t)
	file := filepath.Join(t.TempDir(), "receipt.html")
	if err := os.WriteFile(file, []byte(page(t, newSample(t, 100), "en")), 0o600); err != nil {
		t.Fatal(err)
	}
	var shown string
	err := chromedp.Run(ctx, emulation.SetScriptExecutionDisabled(true),
		chromedp.Navigate("file://"+file), chromedp.Text("#verdict", &shown))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(shown, "Not checked yet") || !strings.Contains(shown, "amend receipt verify REQ-7KQ2H.html --key lanshi-2026-2+") {
		t.Fatalf("got %q", shown)
	}
}

func TestReceiptFitsAPhoneAndASheetOfPaper(t *testing.T) {
	ctx := browser(t)
	for _, lang := range []string{"zh", "en"} {
		open(t, ctx, page(t, newSample(t, 100), lang))
		var wide int64
		var style string
		var pdf []byte
		err := chromedp.Run(ctx, chromedp.EmulateViewport(360, 800),
			chromedp.Evaluate(`document.documentElement.scrollWidth`, &wide),
			chromedp.Evaluate(`getComputedStyle(document.querySelector('.receipt')).borderTopStyle`, &style),
			chromedp.ActionFunc(func(ctx context.Context) (err error) {
				pdf, _, err = cdppage.PrintToPDF().WithPreferCSSPageSize(true).Do(ctx)
				return err
			}), chromedp.EmulateReset())
		if err != nil {
			t.Fatal(err)
		}
		if wide > 360 {
			t.Errorf("%s: %d px wide on a phone of 360", lang, wide)
		}
		if style != "double" {
			t.Errorf("%s: the policy keeps the page's own style out", lang)
		}
		if n := len(regexp.MustCompile(`/Type /Page\b[^s]`).FindAll(pdf, -1)); n != 1 {
			t.Errorf("%s: printed on %d pages", lang, n)
		}
	}
}
