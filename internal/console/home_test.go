package console_test

import (
	"testing"
	"time"
)

func TestHomeSaysWhatWaitsForWhomAndHowTheHouseStands(t *testing.T) {
	w := newWorld(t)
	bob, ada, audrey, otto := w.in("bob"), w.in("ada"), w.in("audrey"), w.in("otto")
	fang := w.fang()
	w.bank(fang)
	w.settle()
	w.file("ada", fang, "name_spelling", "WANG Xiaofang")
	w.settle()

	bob.get("/").is(200).says("Good morning, bob", "For me 2", "High risk 1", "Disputed 0", "The next 5", "Start", "Record intact, checked", "Requests of the last 14 days")
	ada.get("/").says("Filed by me 2", "To be proven 0", "In approval 2").hides("Nearly late")
	audrey.get("/").says("Newest entries", "ada", "filed the request").hides("Nearly late")
	otto.get("/").says("Is the house well?", "What falls due is done on time", "There is no backup yet").hides("The next 5")

	w.ok(w.Desk.Backed(t.Context(), "digest", 7))
	otto.get("/").says("Last backup: 10:00").hides("There is no backup yet")
	w.Clock.Add(49 * time.Hour)
	w.in("otto").get("/").says("The last backup is from")
}

func TestHomeGreetsByTheTimeOfDay(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		after time.Duration
		want  string
	}{{0, "Good morning, bob"}, {4 * time.Hour, "Good afternoon, bob"}, {5 * time.Hour, "Good evening, bob"}} {
		w.Clock.Add(c.after)
		w.in("bob").get("/").says(c.want)
	}
}

func TestFlowCountsWhatWasDoneTheSameDay(t *testing.T) {
	w := newWorld(t)
	fast := w.file("ada", w.fang(), "name_spelling", "WANG Xiaofang")
	w.Clock.Add(2 * time.Hour)
	w.ok(w.Desk.Withdraw(t.Context(), w.staff["ada"], fast))
	slow := w.file("ada", w.fang(), "name_spelling", "WANG Fang")
	w.Clock.Add(20 * time.Hour)
	w.ok(w.Desk.Withdraw(t.Context(), w.staff["ada"], slow))
	w.file("ada", w.fang(), "name_spelling", "WANG Xiao Fang")

	flow, err := w.reader.Flow(t.Context(), w.staff["bob"], 3)
	w.ok(err)

	if len(flow) != 3 || flow[1].Filed != 2 || flow[1].Same != 1 || flow[1].Median < 19*time.Hour || flow[2].Filed != 1 || flow[2].Same != 0 {
		t.Errorf("%+v", flow)
	}
}

func TestHomeCountsWhatIsNewSinceTheLastDecision(t *testing.T) {
	w := newWorld(t)
	fang := w.fang()
	first := w.file("ada", fang, "name_spelling", "WANG Xiaofang")
	w.settle()
	bob := w.in("bob")
	bob.get("/").says("You may decide these")
	bob.post("/changes/"+string(first)+"/reject", "content_hash", bob.get("/changes/"+string(first)).hash(), "reason_code", "not_needed").is(303)
	w.later(time.Minute)
	w.later(26 * time.Hour)
	w.file("ada", fang, "name_spelling", "WANG Fang")
	w.settle()
	w.in("bob").get("/").says("1 new since your last decision, 2 Mar 2026")
}
