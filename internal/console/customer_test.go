package console_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"amend/customer"
	"amend/internal/lang"
	"amend/internal/store"
)

// path is where the page of a record is.
func path(id customer.ID) string { return "/customers/" + string(id) }

func TestSearchFindsByAWholeNumberAndNothingOfItStandsInAnAddress(t *testing.T) {
	w := newWorld(t)
	fang := w.fang()
	ada := w.in("ada")
	found := ada.post("/customers/search", "q", "138 0013 8000").is(http.StatusOK).says("王*芳", "Whole number", "Phone", "Records found: 1")
	if found.Header.Get("Location") != "" {
		t.Error("the search leads to an address")
	}
	for _, m := range regexp.MustCompile(`(?:href|action|hx-get|formaction)="([^"]*)"`).FindAllStringSubmatch(found.Body, -1) {
		if strings.Contains(m[1], "8000") {
			t.Errorf("an address holds what was typed: %s", m[1])
		}
	}
	if !strings.Contains(found.Body, path(fang)) {
		t.Error("it does not lead to the record")
	}
	ada.get("/customers/search").is(http.StatusSeeOther)
	if strings.Contains(w.log.String(), "8000") {
		t.Error("the log of the site holds what was typed")
	}
}

func TestSearchSaysWhatIsTooVagueAndWhatIsNowhere(t *testing.T) {
	w := newWorld(t)
	ada := w.in("ada")
	ada.post("/customers/search", "q", "*").is(http.StatusOK).says("almost anybody")
	ada.post("/customers/search", "q", "13700137000").is(http.StatusOK).says("No record matches")
	for range searchCap + 1 {
		w.customer(map[customer.Key]customer.Content{"legal_name": "王小芳"})
	}
	ada.post("/customers/search", "q", "王小芳").is(http.StatusOK).says("Only the first 20 are shown")
	w.in("otto").get("/customers").is(http.StatusForbidden)
}

// searchCap is how many records a search answers.
const searchCap = 20

func TestSearchForAReferenceLeadsToItsRequest(t *testing.T) {
	w := newWorld(t)
	r := w.file("ada", w.fang(), "phone", "13900139000")
	line, err := w.reader.Standing(t.Context(), w.staff["bob"], r)
	w.ok(err)
	to := w.in("bob").post("/customers/search", "q", strings.ToLower(line.Ref)).is(http.StatusSeeOther).Header.Get("Location")
	if !strings.HasSuffix(to, "/changes/"+string(r)) {
		t.Errorf("it leads to %s", to)
	}
}

func TestCustomerIsMaskedWithSourceGradeAndWhatWaits(t *testing.T) {
	w := newWorld(t)
	fang := w.fang()
	w.file("ada", fang, "phone", "13900139000")
	w.in("bob").get(path(fang)).is(http.StatusOK).
		says("王*芳", "138****8000", "139****9000", "Verifying", "Website · 22 Nov 2025", "Open requests: 1", "Answers for it: Customer service").
		hides("13800138000", "王小芳", "fang@example.com", "13900139000")
	w.in("otto").get(path(fang)).is(http.StatusForbidden)
	w.in("bob").get(path("06eaohgl000000000000")).is(http.StatusNotFound)
}

func TestTimeTravelShowsTheRecordAsTheReaderHasIt(t *testing.T) {
	w := newWorld(t)
	fang := w.customer(map[customer.Key]customer.Content{"legal_name": "王小芳", "title": "Dr"})
	w.later(48 * time.Hour)
	w.apply(fang, "title", "Professor")
	w.later(time.Hour)

	bob := w.in("bob")
	bob.get(path(fang)).is(http.StatusOK).says("Professor").hides("Different today")
	then := bob.get(path(fang)+"?at=2026-03-02").is(http.StatusOK).says("You're looking at 2 Mar 2026, 23:59", "Fields that are different today: 1", "Different today")
	day := time.Date(2026, 3, 2, 23, 59, 59, 0, cst)
	was, err := w.reader.Customer(t.Context(), w.staff["bob"], fang, store.Demand{AsOf: day})
	w.ok(err)
	for _, held := range was.Values {
		then.says(*held.Value)
	}
	then.hides("Professor")
	bob.get(path(fang) + "?at=2020-01-01").is(http.StatusOK).says("There was no record on 1 Jan 2020")
	bob.get(path(fang) + "?at=yesterday").is(http.StatusUnprocessableEntity)
	bob.get(path(fang) + "?at=2030-01-01").is(http.StatusOK).hides("You're looking at")
}

func TestRevealIsOnRecordAndIsGoneWhenThePageIsLoadedAgain(t *testing.T) {
	w := newWorld(t)
	fang := w.fang()
	ada := w.in("ada")
	ada.post(path(fang)+"/reveal", "field", "phone").is(http.StatusUnprocessableEntity).hides("138 0013 8000")
	if w.entries("reveal") != 0 {
		t.Error("a look without a purpose is on record")
	}
	ada.post(path(fang)+"/reveal", "field", "phone", "purpose", "service_call").is(http.StatusOK).
		says("138 0013 8000", "Shown in clear for 30 seconds", "Service call").hides("fang@example.com")
	if w.entries("reveal") != 1 {
		t.Error("the look is not on record")
	}
	ada.follow(ada.get(path(fang) + "/reveal")).is(http.StatusOK).says("138****8000").hides("138 0013 8000")
	w.in("bob").get(path(fang)).says("In clear in the last 30 days: 1", "ada").hides("Last: ada, 10:00 today, for:")
	w.in("audrey").get(path(fang)).says("for: Service call")
}

func TestHistoryIsWholeAndMayBeNarrowed(t *testing.T) {
	w := newWorld(t)
	fang := w.fang()
	w.file("ada", fang, "phone", "13900139000")
	ada := w.in("ada")
	ada.post(path(fang)+"/reveal", "field", "phone", "purpose", "audit").is(http.StatusOK)
	bob := w.in("bob")
	bob.get(path(fang)+"/history").is(http.StatusOK).says("ada revealed values", "ada filed the request")
	looks := bob.get(path(fang) + "/history?act=looks").is(http.StatusOK).says("ada revealed values")
	if strings.Contains(looks.text(), "filed the request") {
		t.Error("another act stands among the looks")
	}
	bob.get(path(fang)+"/history?field=phone").is(http.StatusOK).says("Phone, version by version", "138****8000").hides("13800138000")
}

func TestLineageLeadsFromTheSourceToEverySystem(t *testing.T) {
	w := newWorld(t)
	w.ok(w.Connect(t.Context(), w.staff["ivy"]))
	fang := w.fang()
	r := w.apply(fang, "preferred_name", "Fang")
	w.settle()
	page := w.in("sue").get(path(fang)+"?field=preferred_name").is(http.StatusOK).says("Where Preferred name came from", "Hotline, from staff", "Policy version", "Record, version 2", "In sync")
	if !strings.Contains(page.Body, "/changes/"+string(r)) {
		t.Error("the request is not linked")
	}
}

func TestHintIsLeftAndJudgedOnThePage(t *testing.T) {
	w := newWorld(t)
	fang := w.fang()
	ada, sue := w.in("ada"), w.in("sue")
	ada.post(path(fang)+"/hints", "field", "shoe", "words", "41").is(http.StatusUnprocessableEntity)
	ada.follow(ada.post(path(fang)+"/hints", "field", "employer", "words", "works at Lanshi now")).says("The hint is on record", "works at Lanshi now")
	w.in("bob").get(path(fang)).says("Employer", "to be judged by 4 Mar 2026").hides("Lanshi")
	d, err := w.reader.Dossier(t.Context(), w.staff["sue"], fang)
	w.ok(err)
	sue.follow(sue.post(path(fang)+"/hints/"+d.Hints[0].ID, "outcome", "followed")).says("The hint is judged").hides("Lanshi")
}

func TestAValueThatLooksWrongIsSaidByOnePress(t *testing.T) {
	w := newWorld(t)
	fang := w.fang()
	w.Clock.Add(300 * 24 * time.Hour)
	ada := w.in("ada")
	ada.get(path(fang)).says("Value looks wrong")
	ada.follow(ada.post(path(fang)+"/hints", "field", "phone")).says("The hint is on record", "Hints to judge")
	ada.get("/intake/" + string(fang)).says("Value looks wrong").hides(values...)
	ada.follow(ada.post("/intake/"+string(fang)+"/hint", "field", "phone", "channel", "shop")).says("The hint is on record").hides(values...)
	w.in("bob").get(path(fang)).hides("Value looks wrong")
	d, err := w.reader.Dossier(t.Context(), w.staff["sue"], fang)
	if w.ok(err); len(d.Hints) != 1 || d.Hints[0].Field != "phone" {
		t.Errorf("a steward has %+v", d.Hints)
	}
}

// bareKey is a key that has no sentence, on a page.
var bareKey = regexp.MustCompile(`\b(console|said|page|choice|meaning|verb|task|state|channel|method)\.[a-z_]+(\.[a-z_]+)*\b`)

func TestEveryPageOfCustomersSpeaksBothLanguages(t *testing.T) {
	w := newWorld(t)
	w.ok(w.Connect(t.Context(), w.staff["ivy"]))
	fang := w.fang()
	r := w.file("ada", fang, "phone", "13900139000")
	w.ok(w.Desk.Hint(t.Context(), w.staff["ada"], fang, "employer", "works elsewhere"))
	sue := w.in("sue")
	paths := []string{"/customers", path(fang), path(fang) + "?view=say", path(fang) + "?at=2026-03-01", path(fang) + "/history", path(fang) + "/history?field=phone",
		"/intake", "/intake/" + string(fang), "/intake/" + string(fang) + "?field=address&field=phone&field=gender&field=interests", "/intake/handover/" + string(fang),
		"/intake/new", "/intake/new?kind=organization", "/intake/new?kind=account", "/intake/changes/" + string(r)}
	for _, l := range []lang.Lang{lang.ZH, lang.EN} {
		sue.cookies["amend-lang"] = string(l)
		for _, p := range paths {
			text := sue.get(p).is(http.StatusOK).text()
			if bare := bareKey.FindAllString(text, -1); len(bare) > 0 {
				t.Errorf("%s in %s shows %v", p, l, slices.Compact(bare))
			}
		}
	}
}
