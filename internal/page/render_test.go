package page_test

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"amend/change"
	"amend/internal/lang"
	"amend/internal/page"
	"amend/notify"
)

func at(l lang.Lang) *page.Page {
	return &page.Page{
		Lang: l, House: notify.House{Brand: "Lan", Hotline: "400-000-2288", Domain: "portal.example.com"}, Zone: time.UTC,
		Now: time.Date(2026, 11, 21, 14, 50, 0, 0, time.UTC), Path: "/console/design", Title: "Design",
	}
}

func rendered(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestNotABlankComesBetweenThePiecesOfAValue(t *testing.T) {
	a, _ := page.Differ("138 **** 8000", "139 **** 9000")
	if got := rendered(t, page.Spans("del", a)); got != "<del>138</del> **** <del>8</del>000" {
		t.Errorf("got %s", got)
	}
	if got := rendered(t, page.Spans("ins", page.Whole(`<script>"&`))); strings.Contains(got, "<script") {
		t.Errorf("not escaped: %s", got)
	}
}

func TestEveryPartIsDrawnInBothLanguagesWithoutAHole(t *testing.T) {
	for _, l := range lang.Langs() {
		html := rendered(t, page.Specimens(at(l)))
		for _, family := range []string{"page.", "specimen.", "grade.", "channel.", "seal.", "freshness."} {
			if m := regexp.MustCompile(`[>"]` + regexp.QuoteMeta(family) + `[a-z_.]+[<"]`).FindString(html); m != "" {
				t.Errorf("%s: a text is missing: %s", l, m)
			}
		}
		mustBeStrict(t, html)
		ids := regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(html, -1)
		seen := map[string]bool{}
		for _, m := range ids {
			if seen[m[1]] {
				t.Errorf("%s: two elements are called %s", l, m[1])
			}
			seen[m[1]] = true
		}
		for _, m := range regexp.MustCompile(` (?:for|aria-describedby|aria-labelledby)="([^"]+)"`).FindAllStringSubmatch(html, -1) {
			for _, id := range strings.Fields(m[1]) {
				if !seen[id] {
					t.Errorf("%s: nothing is called %s", l, id)
				}
			}
		}
	}
}

// mustBeStrict fails for what the policy of our pages forbids.
func mustBeStrict(t *testing.T, html string) {
	t.Helper()
	for _, never := range []string{` style="`, "<style", "javascript:", "about:invalid"} {
		if strings.Contains(html, never) {
			t.Errorf("holds %s", never)
		}
	}
	if m := regexp.MustCompile(`<[^>]* on[a-z]+=`).FindString(html); m != "" {
		t.Errorf("handles an event inline: %s", m)
	}
	if m := regexp.MustCompile(`<script(?:>| [^>]*>)[^<]`).FindString(html); m != "" {
		t.Errorf("a script stands inline: %s", m)
	}
}

func TestFramesCarryWhatEveryPageNeeds(t *testing.T) {
	p := at(lang.ZH)
	p.Theme = page.Dark
	child := page.Head(p, "")
	frames := map[string]templ.Component{
		"portal": page.PortalShell(p, page.PortalFrame{
			Help: "/help", Back: page.Link{Href: "/find"}, Step: 2, Steps: 4, SignOut: "/sign-out", Session: page.Session{Left: time.Hour, Extend: "/session", End: "/sign-out"},
		}),
		"console": page.ConsoleShell(p, page.ConsoleFrame{
			Rail: []page.RailLink{{Href: "/console/inbox", Icon: "inbox", Label: "收件箱", Count: "14", Current: true, Key: "g i"}, {}}, Badge: "测试",
			Notices: page.Link{Href: "/console/notices", Text: "3"}, Who: "周岚", Role: "审批人", Account: "/console/account", SignOut: "/console/sign-out",
			Keys: []page.KeyGroup{{Title: "收件箱", Keys: []page.KeyHelp{{Keys: "j", Does: "下一条"}}}}, Events: "/console/events",
			Doc: page.Doc{KeysOff: true},
		}),
		"plain": page.PlainShell(p, page.PlainFrame{Console: true}),
	}
	for name, frame := range frames {
		var b strings.Builder
		if err := frame.Render(templ.WithChildren(t.Context(), child), &b); err != nil {
			t.Fatal(err)
		}
		html := b.String()
		mustBeStrict(t, html)
		for _, want := range []string{
			`<html lang="zh-CN" data-theme="dark"`, "<title>Design · Lan</title>", `class="skip" href="#main"`, `id="main"`, "<h1>Design</h1>",
			`name="robots" content="noindex, nofollow"`, `name="referrer" content="no-referrer"`, page.Asset("amend.css"), page.Asset("amend.js"),
			`method="post" action="/language"`, `name="back" value="/console/design"`, `name="lang" value="en" lang="en">English</button>`,
		} {
			if !strings.Contains(html, want) {
				t.Errorf("%s: no %s", name, want)
			}
		}
	}
	console := rendered(t, frames["console"])
	if !strings.Contains(console, `data-keys="off"`) || !strings.Contains(console, `data-key="g i"`) || !strings.Contains(console, `aria-current="page"`) {
		t.Error("the console's frame lost its keys or its place")
	}
	portal := rendered(t, frames["portal"])
	if !strings.Contains(portal, `href="tel:4000002288"`) || !strings.Contains(portal, "第 2 步，共 4 步") || !strings.Contains(portal, `name="amend-session" content="3600"`) {
		t.Error("the portal's frame lost its phone, its step or its clock")
	}
}

func TestFormComesBackAsItWasTypedExceptForPasswords(t *testing.T) {
	p := at(lang.EN)
	f := page.Form{
		Values: url.Values{"phone": {"139 <b>"}, "secret": {"hunter2"}, "reason": {"line one\nline two"}, "way": {"mail"}},
		Wrong:  []page.Wrong{{Name: "phone", Text: "11 digits"}, {Text: "as a whole"}},
	}
	phone := rendered(t, page.TelField(p, f, page.Field{Name: "phone", Label: "Phone", Hint: "As printed", Value: "before"}))
	for _, want := range []string{`value="139 &lt;b&gt;"`, `aria-invalid="true"`, `aria-describedby="f-phone-h f-phone-e"`, `id="f-phone-e"`, "11 digits", `for="f-phone"`} {
		if !strings.Contains(phone, want) {
			t.Errorf("no %s in %s", want, phone)
		}
	}
	if html := rendered(t, page.PasswordField(p, f, page.Field{Name: "secret", Label: "Password"})); strings.Contains(html, "hunter2") {
		t.Error("a password comes back")
	}
	if html := rendered(t, page.TextArea(p, f, page.Field{Name: "reason", Label: "Reason"})); !strings.Contains(html, ">line one\nline two</textarea>") {
		t.Errorf("a text is altered: %s", html)
	}
	ways := rendered(t, page.Radios(p, f, page.Field{Name: "way", Label: "Way", Value: "sms"}, []page.Choice{{Value: "sms", Text: "SMS"}, {Value: "mail", Text: "Mail"}}))
	if strings.Count(ways, " checked") != 1 || !regexp.MustCompile(`value="mail"[^>]* checked`).MatchString(ways) {
		t.Errorf("not what was chosen: %s", ways)
	}
	summary := rendered(t, page.Errors(p, f))
	if !strings.Contains(summary, `href="#f-phone">11 digits</a>`) || !strings.Contains(summary, "as a whole") {
		t.Errorf("got %s", summary)
	}
	if rendered(t, page.Errors(p, page.Form{})) != "" {
		t.Error("a form without a fault has a summary")
	}
}

func TestABoxThatWasUntickedStaysUnticked(t *testing.T) {
	p, x := at(lang.EN), page.Field{Name: "agree", Label: "Agree", Value: "yes"}
	if !strings.Contains(rendered(t, page.Checkbox(p, page.Form{}, x)), " checked") {
		t.Error("a box that begins ticked is not")
	}
	if strings.Contains(rendered(t, page.Checkbox(p, page.Form{Values: url.Values{"other": {"x"}}}, x)), " checked") {
		t.Error("a box that was unticked came back ticked")
	}
}

func TestReaderSeesOnlyTheFewStateWords(t *testing.T) {
	p := at(lang.EN)
	if p.State(change.Cooling) != p.State(change.Scheduled) || p.State(change.Applied) != p.State(change.Kept) {
		t.Error("two states that a reader takes for one have two words")
	}
	p.Roomy = true
	if got := p.State(change.Reviewing); got != "We're checking it" {
		t.Errorf("the customer reads %s", got)
	}
}

func TestASealNeverLiesByDefault(t *testing.T) {
	if html := rendered(t, page.Seal(at(lang.EN), page.Proof("odd"), "")); !strings.Contains(html, `data-proof="failed"`) {
		t.Errorf("got %s", html)
	}
}

func TestInitialStandsForAName(t *testing.T) {
	for name, want := range map[string]string{"周岚": "周", "Li Mei": "LM", "ada": "A", "Ada King Lovelace": "AK", "": "·", " 王*": "王", "Å b": "ÅB"} {
		if got := page.Initial(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func TestEveryIconThatIsNamedIsDrawn(t *testing.T) {
	sheet, err := os.ReadFile("icons.svg")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`(?:Icon(?:Large)?\("|Icon: +"|EndIcon: +")([a-z-]+)"`)
	for _, folder := range []string{".", "../console", "../portal"} {
		files, err := filepath.Glob(folder + "/*")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if !slices.Contains([]string{".go", ".templ"}, filepath.Ext(name)) {
				continue
			}
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range named.FindAllStringSubmatch(string(source), -1) {
				if m[1] != "seal-" && !strings.Contains(string(sheet), `id="i-`+m[1]+`"`) {
					t.Errorf("%s: no icon is called %s", name, m[1])
				}
			}
		}
	}
	if html := rendered(t, page.Icon("check")); !strings.Contains(html, "<path") || !strings.Contains(html, `aria-hidden="true"`) {
		t.Errorf("got %s", html)
	}
}
