package browser

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

var (
	full  = flag.Bool("full", os.Getenv("AMEND_FULL") != "", "every combination of a journey, not only every pair")
	shots = flag.String("shots", "", "write pictures of every page into this folder instead of testing")
)

// TestMain starts the browser that all tests share, and ends it with them. Without one
// nothing here can be said, so that everything fails.
func TestMain(m *testing.M) {
	flag.Parse()
	if _, err := chromium(); err != nil {
		fmt.Fprintln(os.Stderr, "no browser, see scripts/ready:", err)
		os.Exit(1)
	}
	code := m.Run()
	if err := leave(); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// leave ends the browser, and takes away what the tests stood on.
func leave() error {
	b, err := chromium()
	if err != nil {
		return err
	}
	all := []error{chromedp.Cancel(b.ctx)}
	b.stop()
	for _, laid := range []func() (*ground, error){foundation, work} {
		if g, err := laid(); err == nil {
			all = append(all, os.RemoveAll(g.folder))
		}
	}
	return errors.Join(all...)
}

// A started browser, and how to make sure that it ends.
type started struct {
	ctx  context.Context
	stop context.CancelFunc
}

// chromium is the one browser of this process. It reaches nothing but this machine.
var chromium = sync.OnceValues(func() (started, error) {
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"),
		chromedp.Flag("font-render-hinting", "none"),
		chromedp.Flag("lang", "en"),
	)
	alloc, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, _ := chromedp.NewContext(alloc, chromedp.WithErrorf(hears))
	if err := chromedp.Run(ctx); err != nil {
		stop()
		return started{}, err
	}
	return started{ctx, stop}, nil
})

// hears keeps what chromedp has to complain of, but for news of Chromium's that its Go types
// do not know yet.
func hears(format string, args ...any) {
	what := fmt.Sprintf(format, args...)
	if !strings.Contains(what, "could not unmarshal event") && !strings.Contains(what, "unhandled node event") {
		fmt.Fprintln(os.Stderr, what)
	}
}

// window opens a window that shares neither cookies nor cache with any other.
func (b started) window() (id target.ID, dispose func(), err error) {
	ctx := cdp.WithExecutor(b.ctx, chromedp.FromContext(b.ctx).Browser)
	own, err := target.CreateBrowserContext().Do(ctx)
	if err != nil {
		return "", nil, err
	}
	id, err = target.CreateTarget("about:blank").WithBrowserContextID(own).WithNewWindow(true).Do(ctx)
	return id, func() { _ = target.DisposeBrowserContext(own).Do(ctx) }, err
}
