package browser

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

func TestCustomerChangesTheirPhoneByKeyboardAlone(t *testing.T) {
	journeys(t, func(w *tab, me *somebody) {
		w.Goes("/")
		w.WalksTo("key")
		w.Types(me.phone[3:])
		w.Enter()
		w.WalksTo("code")
		w.Types(w.codeTo(me.phone))
		w.Enter()
		w.Walks(w.words("portal.me.change") + " " + w.field("phone"))
		w.Enter()
		w.WalksTo("value")
		w.Types(me.newPhone())
		w.Enter()
		w.Sees("portal.check.title")
		w.Walks("portal.check.do")
		w.Enter()
		w.Sees("state_customer.verifying")
	})
}

// WalksTo moves the focus to the field of a name by the Tab key, and fails if it is never met.
func (t *tab) WalksTo(name string) {
	t.Helper()
	for range 100 {
		t.does(chromedp.KeyEvent(kb.Tab))
		var at string
		if t.evaluates(`document.activeElement?.name ?? ""`, &at); at == name {
			return
		}
	}
	t.fails("Tab never meets the field " + name)
}

func TestReaderIsWarnedBeforeTheSessionEndsAndGoesOn(t *testing.T) {
	journeysBy(t, keyed(), func(w *tab, me *somebody) {
		w.Finds(me)
		w.Lets(19 * time.Minute)
		w.Sees("page.session.title")
		w.Presses("page.session.extend")
		w.Sees("said.extended")
		w.Sees("portal.me.title")
	})
}

// Lets time pass in the browser alone, as for a reader who does nothing.
func (t *tab) Lets(d time.Duration) {
	t.Helper()
	t.evaluates(fmt.Sprintf(`(() => { const now = Date.now; Date.now = () => now() + %d; return true })()`, d.Milliseconds()), new(bool))
}
