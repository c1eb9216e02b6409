package desk_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/fault"
	"amend/internal/store"
	"amend/notify"
	"amend/org"
	"amend/privacy"
)

var sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)

// seek asks to be found, and answers the code that arrived, "" for none.
func (h *house) seek(by, key string) (token, code string) {
	h.t.Helper()
	token, err := h.desk.Seek(h.ctx, desk.Search{By: by, Key: key, From: "here"})
	h.ok(err)
	return token, h.lastLogin()
}

// lastLogin is the code of the newest message that opens one's details.
func (h *house) lastLogin() string {
	h.t.Helper()
	before := len(h.sms.of(notify.CodeLogin)) + len(h.mail.of(notify.CodeLogin))
	h.tell()
	all := append(h.sms.of(notify.CodeLogin), h.mail.of(notify.CodeLogin)...)
	if len(all) == before {
		return ""
	}
	return sixDigits.FindString(all[len(all)-1].Text)
}

func TestCodeFromThePortalOpensOnesOwnRecord(t *testing.T) {
	for by, key := range map[string]string{"phone": "138 0013 8000", "email": "Fang@Example.com"} {
		h := open(t)
		fang := h.fang()
		token, code := h.seek(by, key)
		done, err := h.desk.Recognise(h.ctx, token, code[:3]+" "+code[3:], "Safari · iPhone")
		h.ok(err)
		who, err := h.visitor(done.Token)
		h.ok(err)
		if customer.ID(who.ID) != fang || !who.IsCustomer() || who.Weak || who.Via != "portal" {
			t.Errorf("%s: %+v", by, who.Actor)
		}
		_, err = h.desk.Recognise(h.ctx, token, code, "")
		h.refused(err, "seeking_over")
	}
}

func TestHitAndMissAnswerAlike(t *testing.T) {
	type heard struct {
		page  string
		codes []string
	}
	listen := func(phone string) heard {
		h := open(t)
		h.fang()
		token, _ := h.seek("phone", phone)
		sought, err := store.NewReader(h.store, org.China(time.UTC)).Sought(h.ctx, token)
		h.ok(err)
		sought.Word, sought.Typed = "", privacy.Masked{}
		out := heard{page: fmt.Sprintf("%+v", sought)}
		for range 6 {
			_, err := h.desk.Recognise(h.ctx, token, "abc", "")
			out.codes = append(out.codes, fmt.Sprint(err))
		}
		out.codes = append(out.codes, fault.CodeOf(h.desk.SeekAgain(h.ctx, token, true, "here")), fault.CodeOf(h.desk.SeekAgain(h.ctx, token, false, "here")))
		_, err = h.desk.Seek(h.ctx, desk.Search{By: "phone", Key: phone, From: "here"})
		out.codes = append(out.codes, fault.CodeOf(err))
		return out
	}
	hit, miss := listen("13800138000"), listen("13900139000")
	if fmt.Sprint(hit) != fmt.Sprint(miss) {
		t.Errorf("a stranger tells them apart:\n%v\n%v", hit, miss)
	}
}

func TestMissSendsNothingAndWritesAsMuch(t *testing.T) {
	written := func(phone string) string {
		h := open(t)
		h.fang()
		before := h.count(`SELECT COUNT(*) FROM entry`)
		_, err := h.desk.Seek(h.ctx, desk.Search{By: "phone", Key: phone, From: "here"})
		h.ok(err)
		entries := h.count(`SELECT COUNT(*) FROM entry`) - before
		return fmt.Sprint(h.lastLogin() != "", entries, h.count(`SELECT COUNT(*) FROM seeking`))
	}
	if hit, miss := written("13800138000"), written("13900139000"); hit != "true 1 1" || miss != "false 1 1" {
		t.Errorf("hit %s, miss %s", hit, miss)
	}
}

func TestContactThatWasNeverProvenOpensAWeakSession(t *testing.T) {
	h := open(t)
	fang := h.fang()
	h.ok(h.store.Write(h.ctx, string(fang), func(tx *store.Tx) error {
		rec, err := tx.Record(fang)
		if err != nil {
			return err
		}
		v := rec.Values["phone"]
		v.ProvenSince, v.Grade = time.Time{}, customer.GradeD
		var e store.Entry
		e.ID, e.At, e.Verb, e.Actor, e.Record = tx.NewID(), tx.Now(), "apply", "system", string(fang)
		if e.Effects, _, err = tx.Alter(fang, []customer.Effect{{Key: "phone", Value: &v, Keep: true}}, e.ID); err != nil {
			return err
		}
		return tx.Append(e)
	}))
	token, code := h.seek("phone", "13800138000")
	done, err := h.desk.Recognise(h.ctx, token, code, "")
	h.ok(err)
	who, err := h.visitor(done.Token)
	h.ok(err)
	if !who.Weak {
		t.Fatal("it counts as proven")
	}
	p := proposal(fang, "name_spelling", "Fang Wang")
	p.Channel = "portal"
	filed, err := h.desk.Preview(h.ctx, who.Actor, p)
	h.ok(err)
	strong, err := h.desk.Preview(h.ctx, self(fang), p)
	h.ok(err)
	if filed.Changes[0].Plan.Open() || !strong.Changes[0].Plan.Open() {
		t.Errorf("weak %v, strong %v", filed.Changes[0].Plan.Recipe, strong.Changes[0].Plan.Recipe)
	}
}

func TestFamilyOfOnePhoneIsAskedWhoItIs(t *testing.T) {
	h := open(t)
	fang := h.fang()
	guo := h.customer(map[customer.Key]customer.Content{"legal_name": "陈国", "phone": "+8613800138000"})
	stranger := h.customer(map[customer.Key]customer.Content{"legal_name": "李强", "phone": "+8613700137000"})
	token, code := h.seek("phone", "13800138000")
	_, err := h.desk.Choose(h.ctx, token, guo, "")
	h.refused(err, "seeking_over") // not before the code
	done, err := h.desk.Recognise(h.ctx, token, code, "")
	h.ok(err)
	if !done.Choose || done.Token != "" {
		t.Fatalf("%+v", done)
	}
	sought, err := store.NewReader(h.store, org.China(time.UTC)).Sought(h.ctx, token)
	h.ok(err)
	if len(sought.Choices) != 2 || sought.Choices[0].Name.Text == "王小芳" {
		t.Errorf("%+v", sought.Choices)
	}
	_, err = h.desk.Choose(h.ctx, token, stranger, "")
	h.refused(err, "seeking_over")
	opened, err := h.desk.Choose(h.ctx, token, guo, "")
	h.ok(err)
	who, err := h.visitor(opened.Token)
	h.ok(err)
	if customer.ID(who.ID) != guo || customer.ID(who.ID) == fang {
		t.Error(who.ID)
	}
}

func TestSecondCodeAndTheOneBeforeAreGood(t *testing.T) {
	h := open(t)
	h.fang()
	token, first := h.seek("phone", "13800138000")
	h.refused(h.desk.SeekAgain(h.ctx, token, false, "here"), "resend_wait")
	h.clock.Add(time.Minute)
	h.ok(h.desk.SeekAgain(h.ctx, token, false, "here"))
	if second := h.lastLogin(); second == "" || second == first {
		t.Fatal("no second code")
	}
	_, err := h.desk.Recognise(h.ctx, token, first, "")
	h.ok(err)
}

func TestOtherWayGoesToTheOtherKindOfContact(t *testing.T) {
	h := open(t)
	h.fang()
	token, _ := h.seek("phone", "13800138000")
	h.ok(h.desk.SeekAgain(h.ctx, token, true, "here"))
	h.tell()
	if got := h.mail.of(notify.CodeLogin); len(got) != 1 || got[0].To != "fang@example.com" {
		t.Fatalf("%+v", got)
	}
}

// A thief's record may hold the victim's phone; a mailbox speaks for its own record alone.
func TestCodeSpeaksOnlyForTheContactItWentTo(t *testing.T) {
	h := open(t)
	owners := map[string]customer.ID{
		"fang@example.com": h.fang(),
		"jia@example.com":  h.customer(map[customer.Key]customer.Content{"legal_name": "贾贵", "phone": "+8613800138000", "email": "jia@example.com"}),
	}
	token, _ := h.seek("phone", "13800138000")
	h.ok(h.desk.SeekAgain(h.ctx, token, true, "here"))
	code := h.lastLogin()
	mail := h.mail.of(notify.CodeLogin)
	if len(mail) != 1 || owners[mail[0].To] == "" {
		t.Fatalf("%+v", mail)
	}
	done, err := h.desk.Recognise(h.ctx, token, code, "")
	h.ok(err)
	if done.Choose {
		t.Fatal("one mailbox may choose between two records")
	}
	who, err := h.visitor(done.Token)
	h.ok(err)
	if customer.ID(who.ID) != owners[mail[0].To] {
		t.Errorf("the mailbox of %s opened %s", owners[mail[0].To], who.ID)
	}
}

func TestCodeOfAContactThatWasReplacedOpensNothing(t *testing.T) {
	h := open(t)
	fang := h.fang()
	token, code := h.seek("phone", "13800138000")
	h.ok(h.store.Write(h.ctx, string(fang), func(tx *store.Tx) error {
		rec, err := tx.Record(fang)
		if err != nil {
			return err
		}
		v := rec.Values["phone"]
		v.Content = "+8613900139000"
		var e store.Entry
		e.ID, e.At, e.Verb, e.Actor, e.Record = tx.NewID(), tx.Now(), "apply", "system", string(fang)
		if e.Effects, _, err = tx.Alter(fang, []customer.Effect{{Key: "phone", Value: &v, Keep: true}}, e.ID); err != nil {
			return err
		}
		return tx.Append(e)
	}))
	_, err := h.desk.Recognise(h.ctx, token, code, "")
	h.refused(err, "wrong_code")
}

func TestBadlyFormedKeyIsRefusedWithItsRemedy(t *testing.T) {
	h := open(t)
	for by, key := range map[string]string{"phone": "138", "email": "nobody", "number": "", "iris": "x"} {
		_, err := h.desk.Seek(h.ctx, desk.Search{By: by, Key: key})
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s %q: %v", by, key, err)
		}
	}
}

func TestDraftIsResumedOnAnotherDevice(t *testing.T) {
	h := open(t)
	fang := h.fang()
	r := store.NewReader(h.store, org.China(time.UTC))
	by := access.Actor{ID: string(fang), Sort: access.Customer, Via: "portal"}
	h.ok(h.desk.KeepDraft(h.ctx, by, []byte("139 0013 9000")))
	body, at, err := r.Draft(h.ctx, by)
	h.ok(err)
	if string(body) != "139 0013 9000" || h.clock.Now().Sub(at) > time.Second {
		t.Errorf("%s %v", body, at)
	}
	if n := h.count(`SELECT COUNT(*) FROM draft WHERE body LIKE '%139%'`); n != 0 {
		t.Error("it stands there in the clear")
	}
	h.clock.Add(25 * time.Hour)
	if body, _, err := r.Draft(h.ctx, by); err != nil || body != nil {
		t.Errorf("a day later: %s %v", body, err)
	}
	link := access.Actor{ID: string(fang), Sort: access.Customer, Via: "link"}
	h.refused(h.desk.KeepDraft(h.ctx, link, []byte("x")), "customer_only")
}

func TestPreviewSaysWhatProposeWouldDoAndStoresNothing(t *testing.T) {
	h := open(t)
	fang := h.fang()
	p := proposal(fang, "phone", "13900139000", "preferred_name", "Fang")
	before := h.rows()
	seen, err := h.desk.Preview(h.ctx, self(fang), p)
	h.ok(err)
	if after := h.rows(); after != before {
		t.Errorf("%s\n%s", before, after)
	}
	did, err := h.desk.Propose(h.ctx, self(fang), p)
	h.ok(err)
	if len(seen.Changes) != len(did.Changes) {
		t.Fatalf("%d lanes, then %d", len(seen.Changes), len(did.Changes))
	}
	for i, r := range did.Changes {
		if was := seen.Changes[i]; was.Plan.Recipe != r.Plan.Recipe || len(was.Plan.Gates) != len(r.Plan.Gates) {
			t.Errorf("%+v, then %+v", was.Plan, r.Plan)
		}
	}
	_, err = h.desk.Preview(h.ctx, self(fang), proposal(fang, "phone", "138"))
	if fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
}

func TestVerdictThatWaitsIsAskedAgainWhoMay(t *testing.T) {
	h := open(t)
	fang := h.fang()
	r := h.review(fang)
	bob := h.staff["bob"]
	h.ok(h.desk.Intend(h.ctx, bob, r.ID, change.Decision{Verdict: change.Approved, Hash: r.Hash()}))
	h.ok(h.store.Write(h.ctx, "", func(tx *store.Tx) error { // he leaves in these ten seconds
		tx.Exec(`UPDATE actor SET disabled_at = $2 WHERE id = $1`, bob.ID, tx.Now())
		return nil
	}))
	h.clock.Add(change.UndoWithin)
	h.ok(h.desk.Due(h.ctx, r.ID))
	if got := h.request(r.ID); len(got.Decisions) != 0 || got.Pending != nil || len(got.Voided) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestAppLetsItsSignedInCustomerIntoThePortal(t *testing.T) {
	h := open(t)
	fang := h.fang()
	app := access.Actor{ID: "the app", Sort: access.Client, Roles: []access.Role{access.App}}
	address, until, err := h.desk.Admit(h.ctx, app, fang)
	h.ok(err)
	token := address[strings.LastIndex(address, "/")+1:]
	opened, err := h.desk.Choose(h.ctx, token, fang, "")
	h.ok(err)
	who, err := h.visitor(opened.Token)
	h.ok(err)
	if customer.ID(who.ID) != fang || who.Weak || !until.Equal(h.clock.Now().Add(5*time.Minute)) && until.Sub(h.clock.Now()) > 5*time.Minute {
		t.Errorf("%+v until %v", who.Actor, until)
	}
	_, err = h.desk.Choose(h.ctx, token, fang, "")
	h.refused(err, "seeking_over")
	_, _, err = h.desk.Admit(h.ctx, app, "00000000000000000000")
	h.refused(err, "no_customer")
	_, _, err = h.desk.Admit(h.ctx, h.staff["ada"], fang)
	h.refused(err, "not_allowed")
}
