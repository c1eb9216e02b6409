package browser

import (
	"strings"
	"testing"
	"time"

	"amend/access"
	"amend/change"
)

func TestCustomerChangesTheirAddress(t *testing.T) {
	journeys(t, func(w *tab, me *somebody) {
		w.Finds(me)
		w.PressesFor("portal.me.change", "address")
		w.Region("province", "11")
		w.Region("city", "1101")
		w.Region("area", "110108")
		w.Fills("line", "中关村大街 27 号 6 层")
		w.Presses("portal.edit.do")

		w.Sees("portal.check.title")
		w.Sees("portal.next.authority")
		w.Sees("portal.next.systems")
		w.Presses("portal.check.do")
		w.Sees("state_customer.verifying")
		id := w.followed()

		w.Clock.Add(2 * time.Minute)
		phone := w.words("portal.contact.old", "field", w.field("phone"))
		w.PressesBeside(phone, "portal.contact.send")
		w.Sees("said.code_on_its_way")
		w.Beside(phone, w.codeTo(me.phone))
		w.Sees("said.you_proved")
		w.settle()
		w.Goes("/me/changes/" + string(id))
		w.Sees("state_customer.applied")

		w.Presses("portal.track.confirm")
		w.Presses("portal.confirm.yes")
		w.Sees("portal.line.confirmed")
		w.Presses("portal.track.receipt")
		w.Sees("portal.receipt.checked")
		w.Presses("portal.receipt.back")
		w.Goes("/me")
		w.Presses("portal.tab/history")
		w.Sees(w.request(id).Ref())
		w.Presses("portal.tab/received")
		w.Sees("CRM")
		if !strings.Contains(w.holds(me, "address"), `"region":"110108"`) || w.state(id) != change.Confirmed {
			w.Errorf("the record has %s, and the request is %s", w.holds(me, "address"), w.state(id))
		}
	})
}

// Region chooses a division from the list of its level. Without a script, the list is only
// there once the page was asked for it.
func (t *tab) Region(level, code string) {
	t.Helper()
	option := `document.querySelector(` + quoted(`select[name="`+level+`"] option[value="`+code+`"]`) + `) !== null`
	var there bool
	if t.evaluates(option, &there); !there && t.noScript {
		t.Presses("portal.address.show")
	}
	if !t.waits(option) {
		t.fails("the list " + level + " does not offer " + code)
	}
	t.Fills(level, code)
}

// followed is the request that the page follows.
func (t *tab) followed() change.ID {
	t.Helper()
	_, id, found := strings.Cut(t.At(), "/changes/")
	if !found {
		t.fails("this page follows no request")
	}
	id, _, _ = strings.Cut(id, "/")
	return change.ID(id)
}

func TestCustomerChangesTheirPhoneByOldAndNewNumberInEitherOrder(t *testing.T) {
	journeys(t, func(w *tab, me *somebody) {
		w.Finds(me)
		w.PressesFor("portal.me.change", "phone")
		w.Fills("value", me.newPhone())
		w.Presses("portal.edit.do")
		w.Sees("portal.next.reachability")
		w.Presses("portal.check.do")
		id := w.followed()

		w.Clock.Add(2 * time.Minute)
		before, after := w.words("portal.contact.old", "field", w.field("phone")), w.words("portal.contact.new", "field", w.field("phone"))
		w.PressesBeside(before, "portal.contact.send")
		w.PressesBeside(after, "portal.contact.send")
		codes := map[string]string{before: w.codeTo(me.phone), after: w.codeTo("+86" + strings.ReplaceAll(me.newPhone(), " ", ""))}
		order := []string{before, after}
		if w.width == 1024 {
			order = []string{after, before}
		}
		for _, contact := range order {
			w.Beside(contact, codes[contact])
			w.Sees("said.you_proved")
		}
		w.settle()
		if state := w.state(id); state == change.Verifying {
			w.Errorf("both were proven, and the request is %s", state)
		}
		w.Reloads()
		w.DoesNotSee("state_customer.verifying")
	})
}

func TestWrongCodesAreCountedAndSaid(t *testing.T) {
	journeys(t, func(w *tab, me *somebody) {
		w.Goes("/")
		w.Ticks("by", "email")
		w.Fills("key", me.mail)
		w.Presses("portal.find.do")
		right := w.codeTo(me.mail)
		wrong := "000000"
		if right == wrong {
			wrong = "000001"
		}
		w.Fills("code", wrong)
		w.Presses("portal.prove.do")
		w.Sees(w.words("fault.wrong_code", "left", "4"))
		w.Fills("code", right[:3]+" "+right[3:])
		w.Presses("portal.prove.do")
		w.Sees("portal.me.title")
	})
}

func TestStrangerLearnsNothingFromTheAnswer(t *testing.T) {
	journeys(t, func(w *tab, me *somebody) {
		seen := map[string]bool{}
		for _, key := range []string{me.phone, "+86131" + me.phone[6:]} {
			w.Goes("/")
			w.Fills("key", key)
			w.Presses("portal.find.do")
			var text string
			w.evaluates(`document.querySelector("main").innerText.replace(/[A-Z]\d\b/g, "").replace(/[\d: ]+/g, "")`, &text)
			seen[text] = true
		}
		if len(seen) != 1 {
			w.Errorf("hit and miss read differently: %v", seen)
		}
	})
}

func TestThisWasNotMeFreezesWithoutSigningIn(t *testing.T) {
	journeys(t, func(w *tab, me *somebody) {
		r := w.files("ada", me, fieldValue{"phone", strings.ReplaceAll(me.newPhone(), " ", "")})
		w.Goes(w.linkFor(me.phone, access.Dispute))
		w.Presses("portal.confirm.no")
		w.Sees("portal.freeze.title")
		w.Sees(r.Ref())
		if state := w.state(r.ID); state != change.Disputed {
			w.Errorf("it is %s", state)
		}
		w.Reloads()
		w.Sees("portal.freeze.title")
	})
}

func TestDraftGoesOnOnAnotherDevice(t *testing.T) {
	journeys(t, func(w *tab, me *somebody) {
		w.Finds(me)
		w.PressesFor("portal.me.change", "email")
		w.Fills("value", "new."+me.mail)
		w.Presses("portal.edit.do")
		w.Presses("portal.check.later")

		w.Clock.Add(2 * time.Minute)
		other := w.opens(w.T, reader{lang: w.lang, width: 1024, noScript: !w.noScript})
		other.Finds(me)
		other.Sees("portal.me.draft")
		other.Presses("portal.me.draft_do")
		other.Presses("portal.check.do")
		other.Sees("state_customer.verifying")
	})
}

func TestCustomerSignsOut(t *testing.T) {
	journeys(t, func(w *tab, me *somebody) {
		w.Finds(me)
		w.Presses("page.sign_out")
		w.Sees("said.signed_out")
		w.Goes("/me")
		w.Sees("portal.find.title")
		w.DoesNotSee("portal.me.title")
	})
}
