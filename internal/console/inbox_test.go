package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"amend/change"
)

func TestInboxShowsWhatIsPressingFirstAndItsPeek(t *testing.T) {
	w := newWorld(t)
	fang := w.fang()
	low, high := w.file("ada", fang, "name_spelling", "WANG Xiaofang"), w.bank(fang)
	bob := w.in("bob")

	a := bob.get("/inbox").is(200).says("For me 2", "High risk", "Low risk", "ada", "Approve change")
	if strings.Index(a.Body, string(high)) > strings.Index(a.Body, string(low)) {
		t.Error("the riskier request does not come first")
	}
	bob.get("/inbox?at=" + string(low)).says("Name spelling added as W*** X****")
	bob.get("/inbox?risk=low").hides("bank_account_no").says("Name spelling")
	bob.get("/inbox?risk=medium").says("No request fits", "Without the filter there are 2")
}

func TestInboxOfWhoFilesIsWhatTheyFiled(t *testing.T) {
	w := newWorld(t)
	w.file("ada", w.fang(), "phone", "13900139000")

	w.in("ada").get("/inbox").is(200).says("Filed by me 1", "138****8000", "139****9000").hides("Approve change")
	w.in("sam").get("/inbox").says("Nothing you filed is open")
}

func TestDecisionInTheInboxLeadsToTheNextOne(t *testing.T) {
	w := newWorld(t)
	fang := w.fang()
	first, second := w.file("ada", fang, "name_spelling", "WANG Xiaofang"), w.file("ada", w.fang(), "name_spelling", "WANG Fang")
	bob := w.in("bob")
	a := bob.get("/inbox?at=" + string(first)).is(200)
	m := regexp.MustCompile(`name="to" value="([^"]+)"`).FindStringSubmatch(a.Body)
	to := strings.ReplaceAll(m[1], "&amp;", "&")

	next := bob.follow(bob.post("/changes/"+string(first)+"/approve", "content_hash", a.hash(), "to", to))

	next.says("Approved; in effect in 10 seconds", "WANG Fang"[:1])
	if u, _ := url.Parse(to); u.Query().Get("at") != string(second) {
		t.Errorf("led to %s, not to %s", to, second)
	}
}

func TestOnlyLowRiskIsApprovedTogetherAndEachByItself(t *testing.T) {
	w := newWorld(t)
	fang := w.fang()
	low, other, high := w.file("ada", fang, "name_spelling", "WANG Xiaofang"), w.file("ada", w.fang(), "name_spelling", "WANG Fang"), w.bank(fang)
	bob := w.in("bob")
	a := bob.get("/inbox").is(200)
	if strings.Contains(a.Body, "pick-"+string(high)) || !strings.Contains(a.Body, "pick-"+string(low)) {
		t.Error("the boxes stand at the wrong requests")
	}
	pick := func(id change.ID) string { return string(id) + ":" + bob.get("/changes/"+string(id)).hash() }
	good, moved, risky := pick(low), string(other)+":00", pick(high)

	done := bob.post("/inbox/approve", "pick", good, "pick", moved, "pick", risky).is(200)

	done.says("1 of 3 approved", "The content changed since you opened it", "The risk of this one isn't low")
	bob.post("/inbox/approve").is(http.StatusUnprocessableEntity)
	if n := w.entries("intend"); n != 1 {
		t.Errorf("%d decisions, want 1", n)
	}
}

func TestViewIsKeptAsAQueryAndForgotten(t *testing.T) {
	w := newWorld(t)
	bob := w.in("bob")

	bob.follow(bob.post("/inbox/views", "name", "Risky ones", "query", "box=team&risk=high&phone=13800138000")).says("The query is saved", "Risky ones")
	bob.get("/inbox").says("Risky ones").hides("13800138000")
	w.in("bea").get("/inbox").hides("Risky ones")
	bob.post("/inbox/views", "name", "", "query", "box=team").is(http.StatusUnprocessableEntity).says("Fill this in")

	bob.follow(bob.post("/inbox/views/forget", "name", "Risky ones")).hides(">Risky ones<")
}

func TestPaceIsShownToTheReaderAlone(t *testing.T) {
	w := newWorld(t)
	bob := w.in("bob")
	for _, spelling := range []string{"WANG Xiaofang", "WANG Fang", "WANG Xiao Fang"} {
		id := w.file("ada", w.fang(), "name_spelling", spelling)
		bob.post("/changes/"+string(id)+"/reject", "content_hash", bob.get("/changes/"+string(id)).hash(), "reason_code", "not_needed").is(http.StatusSeeOther)
		w.later(40 * time.Second)
	}

	bob.get("/inbox").says("Decided today: 3, with a median of", "only you see this", "Last decision: 10:0")
	w.in("bea").get("/inbox").hides("Decided today")
}
