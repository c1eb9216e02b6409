package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"amend/access"
	"amend/internal/console"
	"amend/internal/lang"
	"amend/notify"
)

func TestWhoseAccountIsClosedIsOutAtTheNextClick(t *testing.T) {
	w := newWorld(t)
	ada, otto := w.in("ada"), w.in("otto")
	path := "/admin/people/" + w.staff["ada"].ID
	otto.post(path+"/leave", "leave", "Ada").is(422).says("That isn't ada, so nothing was done")
	ada.get("/admin").is(200)

	otto.follow(otto.post(path+"/leave", "leave", "ada")).says("The account is closed", "Left ")
	out := ada.get("/admin").is(303)
	if !strings.Contains(out.Header.Get("Location"), "/sign-in") {
		t.Errorf("ada is led to %s", out.Header.Get("Location"))
	}
	ada.post("/account", "lang", "zh").is(401)
	otto.post("/admin/people/"+w.staff["otto"].ID+"/leave", "leave", "otto").is(409).says("otto is the last operator")
}

func TestOperatorLetsSomebodyInWithALinkThatIsShownOnce(t *testing.T) {
	w := newWorld(t)
	otto := w.in("otto")
	otto.post("/admin/people", "name", "mia").is(422).says("Pick at least one role")
	otto.post("/admin/people", "name", "ada", "roles", "agent").is(409).says("The name ada is taken")
	otto.post("/admin/people", "name", "mia", "roles", "operator", "roles", "auditor").is(422).says("can't hold these roles together")
	made := otto.post("/admin/people", "name", "mia", "roles", "agent", "department", "sales", "mail", "mia@house.example.com").is(200)
	link := regexp.MustCompile(`/console/sign-in/[A-Za-z0-9_-]{43}`).FindString(made.Body)
	if link == "" {
		t.Fatalf("no link: %s", made.text())
	}
	w.nobody().get(link).is(200).says("Welcome, mia")
	otto.get("/admin/people").is(200).says("mia", "Sales", "Link works until").hides(link)
	w.in("bob").get("/admin/people").is(200).says("mia", "People are managed by: Operator").hides("Link works until", "mia@house.example.com")
	w.in("bob").post("/admin/people", "name", "max", "roles", "agent").is(403).says("Operator")
}

func TestAbsenceOfAnotherAndANewLinkAreTheOperators(t *testing.T) {
	w := newWorld(t)
	otto, path := w.in("otto"), "/admin/people/"+w.staff["bob"].ID
	otto.follow(otto.post(path+"/absence", "from", "2026-03-02", "until", "2026-03-04", "delegate", w.staff["bea"].ID)).says("2 Mar 2026 to 4 Mar 2026", "bea stands in")
	otto.get("/admin/people").says("Away, bea stands in")
	otto.post(path+"/absence", "from", "soon").is(422).says("Write the date")
	otto.post(path+"/link", "link", "bea").is(422)
	otto.post(path+"/link", "link", "bob").is(200).says("Sign-in link for bob", "/sign-in/")
	w.in("ada").post(path+"/link", "link", "bob").is(403)
}

func TestTokenIsShownOnceAndListedByItsHolder(t *testing.T) {
	w := newWorld(t)
	w.in("audrey").get("/admin/tokens").is(403).says("Operator")
	otto := w.in("otto")
	made := otto.post("/admin/tokens", "name", "shop app", "roles", "app").is(200).says("Token for shop app", "Shown only once")
	token := regexp.MustCompile(`<code class="strong">([^<]+)</code>`).FindStringSubmatch(made.Body)[1]
	if who, err := w.reader.SignIn(t.Context(), token); err != nil || who.Name != "shop app" {
		t.Errorf("%+v %v", who, err)
	}
	otto.get("/admin/tokens").is(200).says("shop app", "App", "Works").hides(token, `value="approver"`)
	otto.post("/admin/tokens", "name", "bob", "roles", "approver").is(422).says("Leave that role out")
}

func TestPeopleTokensAndSystemsAskForTheSecondFactorAgain(t *testing.T) {
	w := newWorld(t)
	otto, ivy := w.in("otto"), w.in("ivy")
	person := "/admin/people/" + w.staff["ada"].ID
	w.Clock.Add(6 * time.Minute)
	for path, form := range map[string]string{
		"/admin/people": "/admin/people", "/admin/tokens": "/admin/tokens", person + "/link": person, person + "/leave": person,
	} {
		otto.post(path, "name", "mia", "roles", "agent", "link", "ada", "leave", "ada").asksAgain(form)
	}
	for path, form := range map[string]string{"/systems": "/systems/new", "/systems/crm/load": "/systems/crm"} {
		ivy.post(path, "confirm", "crm").asksAgain(form)
	}
	ivy.get("/systems/new").asksAgain("/systems/new")
	if m, err := w.reader.Member(t.Context(), w.staff["otto"], w.staff["ada"].ID); err != nil || !m.Left.IsZero() {
		t.Errorf("%+v %v", m, err)
	}
}

// asksAgain demands that the second factor is asked for, and leads back to a page.
func (a answer) asksAgain(back string) {
	a.t.Helper()
	want := console.Base + "/step-up?" + url.Values{"to": {console.Base + back}}.Encode()
	if to := a.is(http.StatusSeeOther).Header.Get("Location"); to != want {
		a.t.Errorf("%s leads to %s, want %s", a.what, to, want)
	}
}

func TestPermissionsShownAreThoseEnforced(t *testing.T) {
	w := newWorld(t)
	a := w.in("ada").get("/admin/roles").is(200)
	rows := regexp.MustCompile(`(?s)<tr>(.*?)</tr>`).FindAllStringSubmatch(a.Body[strings.Index(a.Body, "table matrix"):], -1)[1:]
	if len(rows) != len(access.Acts()) {
		t.Fatalf("%d rows for %d acts", len(rows), len(access.Acts()))
	}
	for i, act := range access.Acts() {
		cells := regexp.MustCompile(`data-is="([a-z]*)"`).FindAllStringSubmatch(rows[i][1], -1)
		for j, r := range access.Roles() {
			if shown := cells[j][1] == "ok"; shown != slices.Contains(act.Who(), r) {
				t.Errorf("%s of %s is shown as %v", act, r, shown)
			}
		}
	}
	a.says("Auditor and Operator together: not allowed", "Operator and Security together: not allowed")
	w.in("ada").get("/admin/roles?act=people.manage").says("these roles may: Operator", "otto")
	w.in("ada").get("/admin/roles?act=change.confirm").says("only the customer may")
}

func TestEveryMessageIsShownInBothLanguagesWithItsParts(t *testing.T) {
	w := newWorld(t)
	sue := w.in("sue")
	for _, k := range notify.Kinds() {
		a := sue.get("/admin/texts/"+string(k)).is(200).says("中文", "English", "billed part")
		if left := regexp.MustCompile(`\{[a-z_]+\}`).FindString(strings.Join(previews(a), " ")); left != "" {
			t.Errorf("the sample of %s leaves %s open", k, left)
		}
	}
	sue.get("/admin/texts/none").is(404)
}

// previews are the samples of a page: not the templates behind them.
func previews(a answer) []string {
	return regexp.MustCompile(`<p class="preview">[^<]*</p>`).FindAllString(a.Body, -1)
}

// bare finds a key that has no sentence, and words of the families that these pages use.
var bare = regexp.MustCompile(`\b(console|said|page|verb|act|fact|text_kind|system_state|connector|group|warning|search_way|delivery_why|concern|kind)\.[a-z_.]+`)

func TestPagesOfTheHouseSpeakBothLanguages(t *testing.T) {
	w := connected(t)
	fang := w.fang()
	w.CRM.Refuse(string(fang), true)
	w.self(fang, "preferred_name", "Fang")
	w.file("ada", fang, "phone", "13911112222")
	w.settle()
	entries := regexp.MustCompile(`/console/audit/[0-9a-v]{20}`)
	for _, l := range lang.Langs() {
		for path, who := range map[string]string{
			"/systems": "ivy", "/systems/crm": "ivy", "/systems/new": "ivy", "/supervision": "sue", "/audit": "audrey", "/audit/checkpoints": "audrey", "/admin": "otto",
			"/admin/people": "otto", "/admin/people/" + w.staff["bob"].ID: "otto", "/admin/roles": "bob", "/admin/departments": "bob", "/admin/catalog": "bob",
			"/admin/texts": "bob", "/admin/texts/confirm": "bob", "/admin/tokens": "otto",
		} {
			b := w.in(who).speaks(l)
			a := b.get(path).is(200)
			w.speaks(a, l)
			for _, entry := range entries.FindAllString(a.Body, 5) {
				w.speaks(b.get(entry).is(200), l)
			}
		}
	}
}

// speaks demands that a page is in a language and has no key without a sentence. Codes of
// acts are shown beside their words.
func (w *world) speaks(a answer, l lang.Lang) {
	w.t.Helper()
	if !strings.Contains(a.Body, `<html lang="`+l.Tag()+`"`) {
		w.t.Errorf("%s is in another language than %s", a.what, l)
	}
	for _, key := range bare.FindAllString(a.text(), -1) {
		if slices.Contains(access.Acts(), access.Act(key)) || strings.HasPrefix(key, "page.") && strings.Contains(a.what, "/audit/") {
			continue
		}
		w.t.Errorf("%s shows the key %s in %s", a.what, key, l)
	}
}
