package browser

import (
	"bufio"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"amend/internal/lang"
)

// maxActs is how many acts lead from what amend demo prints to a finished approval. The
// README lists them.
const maxActs = 12

func TestDemoLeadsToAFinishedApprovalInTwelveActs(t *testing.T) {
	for _, l := range lang.Langs() {
		t.Run(string(l), func(t *testing.T) {
			t.Parallel()
			d := demonstrates(t, l)
			w := (&house{t: t, base: d.base}).opens(t, reader{lang: l, width: 1440})
			code, ref := "", ""
			acts := []func(){
				func() { w.Goes("/console/") },
				func() { w.Fills("name", d.approver) },
				func() { w.Fills("password", d.password) },
				func() { code = d.code(d.approver) },
				func() { w.Fills("code", code) },
				func() { w.Presses("console.sign_in.do") },
				func() { w.Presses("console.rail.inbox") },
				func() { w.Key("j") }, // the first one is frozen; the next one is to be decided
			}
			for _, act := range acts {
				act()
			}
			w.Sees("console.approve.do")
			w.evaluates(`document.querySelector("[data-row][aria-current] code").innerText`, &ref)
			w.Presses("console.approve.do")
			w.Sees("said.approved")
			if acts := len(acts) + 1; acts > maxActs {
				t.Errorf("it takes %d acts", acts)
			}
			d.takesEffect(w, ref)
		})
	}
}

// A demonstration is amend demo, running, and what it printed.
type demonstration struct {
	t        *testing.T
	base     string
	mailbox  string
	password string
	approver string
}

// demonstrates runs amend demo until the test ends, and reads what it prints for its reader.
func demonstrates(t *testing.T, l lang.Lang) demonstration {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "amend")
	if out, err := exec.Command("go", "build", "-o", binary, "amend/cmd/amend").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	ctx, stop := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(stop)
	demo := exec.CommandContext(ctx, binary, "demo", "--no-color")
	demo.Env = append(os.Environ(), "AMEND_ADDR=127.0.0.1:0", "AMEND_LANG="+string(l), "AMEND_DATA="+filepath.Join(t.TempDir(), "data"))
	demo.Stderr = t.Output()
	out, err := demo.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = demo.Process.Signal(os.Interrupt)
		if err := demo.Wait(); err != nil {
			t.Errorf("the demo ends badly: %v", err)
		}
	})
	d := demonstration{t: t}
	said := ""
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if said += lines.Text() + "\n"; d.read(strings.Join(strings.Fields(said), " ")) {
			return d
		}
	}
	t.Fatalf("the demo does not say how to go on:\n%s", said)
	return d
}

// What the demo says of where everything is, of whom one may be, and last of all.
var (
	consoleAt  = regexp.MustCompile(`(http://127\.0\.0\.1:\d+)/console/ .*?/ .*? (http://127\.0\.0\.1:\d+/) `)
	everybodys = regexp.MustCompile(`(?:密码都是|the password) ([a-z ]+)[，,]`)
	tryAs      = regexp.MustCompile(`(?:以(\S+?)登录，|sign in as ([A-Z][a-z]+ [A-Z][a-z]+)\.)`)
	lastly     = "13900139000"
)

// read finds all of it in what was said so far, once that is everything.
func (d *demonstration) read(said string) bool {
	if !strings.Contains(said, lastly) || !consoleAt.MatchString(said) {
		return false
	}
	at, password, who := consoleAt.FindStringSubmatch(said), everybodys.FindStringSubmatch(said), tryAs.FindStringSubmatch(said)
	if at == nil || password == nil || who == nil {
		return false
	}
	d.base, d.mailbox, d.password, d.approver = at[1], at[2], password[1], who[1]+who[2]
	return true
}

// code is what somebody's app shows on the page of the mailbox.
func (d demonstration) code(name string) string {
	d.t.Helper()
	res, err := http.Get(d.mailbox)
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	doc, err := html.Parse(res.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	var row []string
	for n := range doc.Descendants() {
		if n.Type == html.TextNode && strings.TrimSpace(n.Data) != "" {
			row = append(row, strings.TrimSpace(n.Data))
		}
	}
	for i := range row[:len(row)-1] {
		if row[i] == name {
			return row[i+1]
		}
	}
	d.t.Fatalf("the mailbox shows no code of %s", name)
	return ""
}

// takesEffect waits until a decision counts, which is ten seconds by the real clock: then
// its request is among what its author has done.
func (d demonstration) takesEffect(w *tab, ref string) {
	d.t.Helper()
	ctx, done := context.WithTimeout(w.ctx, time.Minute)
	defer done()
	for counts := false; !counts; {
		w.Goes("/console/inbox?box=done")
		if w.evaluates(shown(ref), &counts); ctx.Err() != nil {
			w.fails("the decision never takes effect")
		}
	}
}
