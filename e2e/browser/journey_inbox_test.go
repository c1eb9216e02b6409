package browser

import (
	"fmt"
	"testing"
	"time"

	"amend/change"
)

// maxStrokes is how many keys a decision from the inbox may take.
const maxStrokes = 4

func TestApproverClearsTheInboxByKeyboard(t *testing.T) {
	journeysBy(t, keyed(), func(w *tab, me *somebody) {
		var waiting []change.ID
		for _, s := range w.known[w.lang][:3] {
			waiting = append(waiting, w.files("ada", s, fieldValue{"name_spelling", "WANG Xiaofang"}).ID)
		}
		w.SignsIn("bob")
		w.Goes("/console/inbox")
		strokes := 0
		for range waiting {
			w.Strikes("1", "said.approved")
			strokes++
		}
		w.Sees("console.inbox.empty.mine")
		w.Clock.Add(change.UndoWithin + time.Second)
		w.settle()
		for _, id := range waiting {
			if !w.decidedBy(id, "bob") {
				w.Errorf("%s waits for bob", id)
			}
		}
		if strokes > maxStrokes*len(waiting) {
			w.Errorf("%d decisions took %d keys", len(waiting), strokes)
		}
	})
}

// Strikes presses a key that leads to another page, and waits until that page says so.
func (t *tab) Strikes(key, says string) {
	t.Helper()
	loads, _ := t.loads.heard()
	t.Key(key)
	t.loaded(loads)
	t.Sees(says)
}

func TestDecisionIsUndoneWithinTenSeconds(t *testing.T) {
	journeysBy(t, keyed(), func(w *tab, me *somebody) {
		id := w.files("ada", me, fieldValue{"name_spelling", "WANG Xiaofang"}).ID
		w.SignsIn("bob")
		w.Goes("/console/inbox")
		w.Strikes("1", "said.approved")
		w.Strikes("z", "said.undone")
		w.Clock.Add(2 * change.UndoWithin)
		w.settle()
		if w.decidedBy(id, "bob") {
			w.Errorf("it was undone, and counts")
		}
	})
}

func TestKeysMoveThroughTheInboxAndCanBeSwitchedOff(t *testing.T) {
	journeysBy(t, keyed(), func(w *tab, me *somebody) {
		for _, s := range w.known[w.lang][:2] {
			w.files("ada", s, fieldValue{"name_spelling", "WANG Xiaofang"})
		}
		w.SignsIn("bob")
		w.Goes("/console/")
		w.Key("g")
		w.Strikes("i", "console.inbox.title")
		w.Key("?")
		w.Sees("console.keys.decide")
		w.Key("\x1b")
		w.Key("j")
		w.Key("j")
		if !w.waits(`document.activeElement?.matches("[data-row]") === true`) {
			w.fails("j does not move through the list")
		}

		w.Goes("/console/account")
		w.Unticks("keys")
		w.Presses("console.account.save")
		w.Goes("/console/inbox")
		w.Key("?")
		w.DoesNotSee("console.keys.decide")
	})
}

func TestMovingBeginsBehindWhatIsShownAndAtTheFirstRowWhereNothingIs(t *testing.T) {
	journeysBy(t, scripted(), func(w *tab, me *somebody) {
		for _, s := range w.known[w.lang][:3] {
			w.files("ada", s, fieldValue{"name_spelling", "WANG Xiaofang"})
		}
		w.SignsIn("bob")
		w.Goes("/console/inbox")
		for _, row := range [][]int{{0, 1}, {1, 2}}[min(1, w.width/900)] {
			w.Key("j")
			if !w.waits(fmt.Sprintf(`document.activeElement === document.querySelectorAll("[data-row]")[%d]`, row)) {
				w.fails(fmt.Sprintf("j does not lead to row %d", row))
			}
		}
	})
}

func TestNewTasksAreCountedAboveAListThatStaysAsItIs(t *testing.T) {
	journeysBy(t, scripted(), func(w *tab, me *somebody) {
		w.SignsIn("bob")
		w.Goes("/console/inbox")
		w.files("ada", w.known[w.lang][1], fieldValue{"name_spelling", "WANG Xiaofang"})
		w.Sees("console.inbox.fresh_one")
		second := w.files("ada", w.known[w.lang][2], fieldValue{"name_spelling", "WANG Xiaofang"})
		w.Sees("console.inbox.fresh", "n", "2")
		w.DoesNotSee(second.Ref())
		w.Presses("console.inbox.fresh", "n", "2")
		w.Sees(second.Ref())
		w.DoesNotSee("console.inbox.fresh", "n", "2")
	})
}

func TestCommandMenuFindsAPlaceByItsName(t *testing.T) {
	journeysBy(t, keyed(), func(w *tab, _ *somebody) {
		w.SignsIn("ada")
		w.Goes("/console/")
		w.Chord("k")
		w.Types(w.words("console.command.intake"))
		loads, _ := w.loads.heard()
		w.Key("\r")
		w.loaded(loads)
		w.Sees("console.intake.lede")
	})
}
