package desk_test

import (
	"strings"
	"testing"
	"time"

	"amend/access"
	"amend/desk"
	"amend/fault"
	"amend/internal/store"
	"amend/org"
	"amend/verify"
)

const password = "seven calm otters knit"

// welcomed is a person who set a password and an app through their one-time link.
func (h *house) welcomed(name string) (secret []byte, opened desk.Opened) {
	h.t.Helper()
	link, err := h.desk.AddLink(h.ctx, name)
	h.ok(err)
	token := link[strings.LastIndex(link, "/")+1:]
	who, secret, err := h.desk.Invitation(h.ctx, token)
	h.ok(err)
	if who.Name != name {
		h.t.Fatalf("the link of %s is for %s", name, who.Name)
	}
	opened, err = h.desk.Welcome(h.ctx, desk.Welcome{Link: token, Password: password, Code: verify.TOTPCode(secret, h.clock.Now())})
	h.ok(err)
	return secret, opened
}

// enter signs a person in half a minute later, when their app shows another code.
func (h *house) enter(name, with string, secret []byte) (desk.Opened, error) {
	h.t.Helper()
	h.clock.Add(30 * time.Second)
	return h.desk.SignIn(h.ctx, desk.Credentials{Name: name, Password: with, Code: verify.TOTPCode(secret, h.clock.Now()), Device: "Firefox · Linux", From: "here"})
}

func (h *house) visitor(token string) (store.Visitor, error) {
	r := store.NewReader(h.store, org.China(time.UTC))
	return r.Visitor(h.ctx, r.Stamp(token))
}

func TestOneTimeLinkSetsPasswordAndCode(t *testing.T) {
	h := open(t)
	_, opened := h.welcomed("bob")
	who, err := h.visitor(opened.Token)
	h.ok(err)
	if who.Name != "bob" || !who.Has(access.Approver) || who.Sort != access.Staff {
		t.Errorf("%+v", who.Actor)
	}
}

func TestOneTimeLinkWorksOnce(t *testing.T) {
	h := open(t)
	link, err := h.desk.AddLink(h.ctx, "bob")
	h.ok(err)
	token := link[strings.LastIndex(link, "/")+1:]
	_, secret, err := h.desk.Invitation(h.ctx, token)
	h.ok(err)
	w := desk.Welcome{Link: token, Password: "short", Code: verify.TOTPCode(secret, h.clock.Now())}
	_, err = h.desk.Welcome(h.ctx, w)
	h.refused(err, "password_short")
	w.Password, w.Code = password, "000000"
	_, err = h.desk.Welcome(h.ctx, w)
	h.refused(err, "totp_wrong")
	w.Code = verify.TOTPCode(secret, h.clock.Now())
	_, err = h.desk.Welcome(h.ctx, w)
	h.ok(err)
	_, err = h.desk.Welcome(h.ctx, w)
	h.refused(err, "invitation_over")
	_, _, err = h.desk.Invitation(h.ctx, token)
	h.refused(err, "invitation_over")
}

func TestPersonSignsInWithPasswordAndCode(t *testing.T) {
	h := open(t)
	secret, _ := h.welcomed("bob")
	opened, err := h.enter("bob", password, secret)
	h.ok(err)
	if _, err := h.visitor(opened.Token); err != nil {
		t.Error(err)
	}
	// The same code again, as somebody would who read it over a shoulder.
	_, err = h.desk.SignIn(h.ctx, desk.Credentials{Name: "bob", Password: password, Code: verify.TOTPCode(secret, h.clock.Now())})
	h.refused(err, "sign_in_wrong")
}

func TestWrongNamePasswordAndCodeAnswerAlikeAndRest(t *testing.T) {
	h := open(t)
	secret, _ := h.welcomed("bob")
	for _, c := range []struct{ name, name2, password string }{{"bob", "a wrong password", "wrong"}, {"nobody", "a name that nobody has", password}, {"ada", "a person who never set one", password}} {
		var said []string
		for range 6 {
			_, err := h.enter(c.name, c.password, secret)
			said = append(said, fault.CodeOf(err))
		}
		if got := strings.Join(said, " "); got != "sign_in_wrong sign_in_wrong sign_in_wrong sign_in_wrong channel_rests channel_rests" {
			t.Errorf("%s: %s", c.name2, got)
		}
	}
	_, err := h.enter("bob", password, secret)
	h.refused(err, "channel_rests")
	h.clock.Add(16 * time.Minute)
	_, err = h.enter("bob", password, secret)
	h.ok(err)
}

func TestSignedOutSessionOpensNothing(t *testing.T) {
	h := open(t)
	_, opened := h.welcomed("bob")
	h.ok(h.desk.SignOut(h.ctx, h.staff["bob"], opened.Session))
	_, err := h.visitor(opened.Token)
	h.refused(err, "session_over")
	h.refused(h.desk.SignOut(h.ctx, h.staff["bob"], opened.Session), "session_over")
}

func TestSigningOutElsewhereLeavesThisSession(t *testing.T) {
	h := open(t)
	secret, first := h.welcomed("bob")
	second, err := h.enter("bob", password, secret)
	h.ok(err)
	h.ok(h.desk.SignOutElsewhere(h.ctx, h.staff["bob"], second.Session))
	_, err = h.visitor(first.Token)
	h.refused(err, "session_over")
	_, err = h.visitor(second.Token)
	h.ok(err)
}

func TestStepUpRenewsTheSession(t *testing.T) {
	h := open(t)
	secret, opened := h.welcomed("bob")
	h.clock.Add(10 * time.Minute)
	if access.Stepped(opened.Session.Stepped, h.clock.Now()) {
		t.Error("ten minutes later it still counts")
	}
	_, err := h.desk.StepUp(h.ctx, h.staff["bob"], opened.Session, "000000")
	h.refused(err, "sign_in_wrong")
	renewed, err := h.desk.StepUp(h.ctx, h.staff["bob"], opened.Session, verify.TOTPCode(secret, h.clock.Now()))
	h.ok(err)
	_, err = h.visitor(opened.Token)
	h.refused(err, "session_over")
	who, err := h.visitor(renewed.Token)
	h.ok(err)
	if !access.Stepped(who.Session.Stepped, h.clock.Now()) {
		t.Error("it does not count")
	}
}

func TestSessionEndsWhenIdleAtItsEndAndWithItsPerson(t *testing.T) {
	h := open(t)
	_, opened := h.welcomed("bob")
	r := store.NewReader(h.store, org.China(time.UTC))
	old := r.Stamp(opened.Token)
	h.clock.Add(14 * time.Minute)
	_, err := r.Visitor(h.ctx, old)
	h.ok(err)
	h.clock.Add(time.Minute)
	_, err = r.Visitor(h.ctx, old)
	h.refused(err, "session_idle")
	_, err = r.Visitor(h.ctx, r.Stamp(opened.Token)) // who was seen meanwhile goes on
	h.ok(err)
	for _, forged := range []string{"", "x", opened.Token, opened.Token + ".zzzzzz.AAAA", strings.Replace(old, ".", ".z", 1), old + "A"} {
		_, err = r.Visitor(h.ctx, forged)
		h.refused(err, "session_over")
	}
	h.clock.Add(12 * time.Hour)
	_, err = r.Visitor(h.ctx, r.Stamp(opened.Token))
	h.refused(err, "session_over")
}

func TestLookingAtAPageWritesNothing(t *testing.T) {
	h := open(t)
	_, opened := h.welcomed("bob")
	before := h.rows()
	for range 3 {
		_, err := h.visitor(opened.Token)
		h.ok(err)
	}
	if after := h.rows(); after != before {
		t.Errorf("%s\n%s", before, after)
	}
}
