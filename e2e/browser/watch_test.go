package browser

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// hears takes what the browser tells of a tab, and keeps what no page may do: a dialog, an
// error of a script, a breach of the policy, an answer that failed, another host.
func (t *tab) hears(event any) {
	switch e := event.(type) {
	case *page.EventJavascriptDialogOpening:
		t.watch.add("a dialog says %q", e.Message)
		go func() { _ = chromedp.Run(t.ctx, page.HandleJavaScriptDialog(false)) }() // an open one stops everything
	case *page.EventFrameNavigated:
		if e.Frame.ParentID == "" {
			t.watch.moves(e.Frame.URL)
		}
	case *page.EventLoadEventFired:
		t.loads.ring()
	case *runtime.EventExceptionThrown:
		t.watch.add("a script fails: %s", e.ExceptionDetails.Error())
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.APITypeError || e.Type == runtime.APITypeAssert {
			t.watch.add("console: %s", said(e.Args))
		}
	case *log.EventEntryAdded:
		// A failed answer is judged by its status: Chromium calls a refused form an error too.
		if e.Entry.Level == log.LevelError && e.Entry.Source != log.SourceNetwork {
			t.watch.add("browser: %s", e.Entry.Text)
		}
	case *audits.EventIssueAdded:
		t.breach(e.Issue)
	case *network.EventRequestWillBeSent:
		t.asks(e.Request.URL)
	case *network.EventResponseReceived:
		if e.Response.Status >= 500 {
			t.watch.add("%s answers %d", e.Response.URL, e.Response.Status)
		}
	case *network.EventLoadingFailed:
		if !e.Canceled && e.ErrorText != "net::ERR_ABORTED" {
			t.watch.add("a request fails: %s %s", e.ErrorText, e.BlockedReason)
		}
	}
}

// breach keeps what the browser reports of the policy of a page.
func (t *tab) breach(i *audits.InspectorIssue) {
	switch i.Code {
	case audits.InspectorIssueCodeContentSecurityPolicyIssue:
		d := i.Details.ContentSecurityPolicyIssueDetails
		t.watch.add("breaks its policy: %s %s %s", d.ViolatedDirective, d.BlockedURL, d.ContentSecurityPolicyViolationType)
	case audits.InspectorIssueCodeMixedContentIssue, audits.InspectorIssueCodeBlockedByResponseIssue, audits.InspectorIssueCodeCookieIssue:
		raw, _ := json.Marshal(i.Details)
		t.watch.add("%s: %s", i.Code, raw)
	}
}

// asks keeps a request that leaves the house. What is in the page already asks nobody; the
// policy of the page judges it, and breach keeps that.
func (t *tab) asks(url string) {
	for _, own := range []string{t.base + "/", "about:", "blob:" + t.base, "data:"} {
		if strings.HasPrefix(url, own) {
			return
		}
	}
	t.watch.add("asks another host: %s", clip(url, 120))
}

func said(args []*runtime.RemoteObject) string {
	var words []string
	for _, a := range args {
		if a.Value != nil {
			words = append(words, string(a.Value))
		} else {
			words = append(words, a.Description)
		}
	}
	return strings.Join(words, " ")
}

// evaluates answers what an expression gives on the page as it is now. It works where the
// page's own scripts do not run.
func (t *tab) evaluates(js string, into any) {
	t.Helper()
	t.does(chromedp.Evaluate(js, into, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(!t.noScript) }))
}

// waits waits until an expression holds on the page.
func (t *tab) waits(holds string) bool {
	return t.until(func() bool {
		var held bool
		return t.tries(chromedp.Evaluate(holds, &held)) == nil && held // a page that goes away cannot answer
	})
}

// tick is how soon a page is looked at again while it changes.
const tick = 20 * time.Millisecond

// until asks whether something holds, now, after every load and with every tick, for as
// long as a test has patience.
func (t *tab) until(holds func() bool) bool {
	ctx, done := context.WithTimeout(t.ctx, patience)
	defer done()
	again := time.NewTicker(tick)
	defer again.Stop()
	for {
		_, loaded := t.loads.heard()
		if holds() {
			return true
		}
		select {
		case <-loaded:
		case <-again.C:
		case <-ctx.Done():
			return false
		}
	}
}
